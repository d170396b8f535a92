//! Texts that people wrote, with the addresses in them as links.

use std::fmt::{self, Display, Formatter};

use askama::filters::{Escaper as _, Html, HtmlSafe};
use linkify::{LinkFinder, LinkKind};

/// A text as HTML: everything escaped, `http`, `https` and e-mail addresses as links. Other schemes stay text.
pub(crate) struct Linked<'a>(&'a str);

/// [`Linked`], as templates call it.
pub(crate) fn linked(text: &str) -> Linked<'_> {
    Linked(text)
}

impl HtmlSafe for Linked<'_> {}

impl Display for Linked<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for span in LinkFinder::new().spans(self.0) {
            let text = span.as_str();
            let (scheme, more) = match span.kind() {
                Some(LinkKind::Url) if is_of_the_web(text) => ("", r#" target="_blank" rel="noopener noreferrer""#),
                Some(LinkKind::Email) => ("mailto:", ""),
                _ => {
                    Html.write_escaped_str(&mut *out, text)?;
                    continue;
                }
            };
            write!(out, r#"<a href="{scheme}"#)?;
            Html.write_escaped_str(&mut *out, text)?;
            write!(out, r#""{more}>"#)?;
            Html.write_escaped_str(&mut *out, text)?;
            out.write_str("</a>")?;
        }
        Ok(())
    }
}

fn is_of_the_web(address: &str) -> bool {
    let begins = |scheme: &str| {
        address
            .get(..scheme.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(scheme))
    };
    begins("http://") || begins("https://")
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn addresses_are_links_and_everything_else_is_text() {
        let html = |text| linked(text).to_string();
        assert_eq!(
            html("См. https://example.ru/a?b=1&c=2, там <b>всё</b>"),
            "См. <a href=\"https://example.ru/a?b=1&#38;c=2\" target=\"_blank\" rel=\"noopener noreferrer\">\
             https://example.ru/a?b=1&#38;c=2</a>, там &#60;b&#62;всё&#60;/b&#62;"
        );
        assert_eq!(
            html("Пишите на ivan@example.ru."),
            "Пишите на <a href=\"mailto:ivan@example.ru\">ivan@example.ru</a>."
        );
        for text in ["javascript:alert(1)", "ftp://example.ru/", "data:text/html,x", "a:b"] {
            assert_eq!(html(text), text);
        }
        assert!(!html("https://example.ru/\"onclick=alert(1)").contains("\"onclick"));
    }
}
