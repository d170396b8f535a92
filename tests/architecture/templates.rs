//! What a template may not have.

use super::assert_none;
use super::sources::{files, is_word};

#[test]
fn templates_have_no_raw_text_and_no_inline_style_or_script() {
    let mut broken = Vec::new();
    for (path, text) in files("templates", "html") {
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(what) = breach(line) {
                broken.push(format!("{path}:{number}: {what}"));
            }
        }
    }
    assert_none(&broken, "Templates escape everything, and the CSP needs no nonce:");
}

/// What a line of a template may not have.
fn breach(line: &str) -> Option<&'static str> {
    let squeezed: String = line.chars().filter(|c| *c != ' ').collect();
    if squeezed.contains("|safe") || squeezed.contains("|escape(\"none\")") {
        return Some("|safe");
    }
    if line.contains("<style") || attributes(line).any(|name| name == "style") {
        return Some("style");
    }
    if attributes(line).any(|name| name.len() > 2 && name.starts_with("on")) {
        return Some("on…=");
    }
    let scripts = line.split("<script").skip(1);
    let mut bare = scripts.filter(|rest| !rest.split('>').next().unwrap_or_default().contains("src="));
    if bare.next().is_some() {
        return Some("<script> without src");
    }
    line.contains("javascript:").then_some("javascript:")
}

/// Names before `="`.
fn attributes(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('=').filter_map(|(at, _)| {
        let quoted = line[at + 1..].starts_with(['"', '\'']);
        let name = line[..at]
            .rsplit(|c: char| !(is_word(c) || c == '-' || c == ':' || c == '@'))
            .next();
        name.filter(|name| quoted && !name.is_empty())
    })
}

#[test]
fn inline_styles_and_scripts_are_seen() {
    for bad in [
        "{{ x|safe }}",
        "{{ x | safe }}",
        "<p style=\"a\">",
        "<a onclick='b()'>",
        "<script>x</script>",
    ] {
        assert!(breach(bad).is_some(), "{bad}");
    }
    for good in [
        "<script src=\"/a.js\" type=\"module\"></script>",
        "<p data-style=\"x\">",
        "<option value=\"on\">",
    ] {
        assert_eq!(breach(good), None, "{good}");
    }
}
