//! The house rules that no compiler knows, read from the sources.
#![expect(clippy::unwrap_used, reason = "a test that reads our own sources")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The layers from the ground up; a layer uses those before it. `audit` comes first: changes of people are logged too.
const LAYERS: &str = "values config / policy error / db store / app / jobs web / audit / accounts / system / \
     notifications / dictionaries / views files / companies / contacts / notes / tasks / calls / mailings / imports / \
     trash / search / analytics / card / dashboard / settings / demo verify doctor / cli server main lib";

/// Modules inside another module that are part of its face, each with the reason.
const INNER_FACES: &[(&str, &str)] = &[
    ("companies::paths", "an address is asked for by its room's name"),
    ("companies::bulk", "an import writes thousands of rows at once"),
    ("contacts::paths", "as companies::paths"),
    ("notes::paths", "as companies::paths"),
    ("contacts::bulk", "as companies::bulk"),
    ("notes::bulk", "as companies::bulk"),
    ("values::text", "a family of functions reads better under its name"),
    ("values::time", "as values::text"),
    ("values::hours", "as values::text"),
    ("db::submitted", "as values::text"),
    ("db::snapshot", "as values::text"),
    ("web::assets", "as values::text"),
    ("web::csrf", "as values::text"),
    ("demo::amo", "a second product of demo: the file of an amoCRM export"),
];

/// The only room that writes to a table.
const OWNERS: &[(&str, &[&str])] = &[
    ("accounts", &["branches", "users", "sessions"]),
    ("accounts", &["setup_links", "sign_in_limits"]),
    ("accounts", &["second_factors", "recovery_codes", "pending_sign_ins"]),
    ("db", &["submitted_forms"]),
    ("system", &["system_state"]),
    ("audit", &["audit_events"]),
    ("dictionaries", &["company_statuses", "company_spheres"]),
    ("dictionaries", &["contract_types", "regions", "task_types"]),
    ("views", &["list_settings"]),
    (
        "companies",
        &["companies", "company_phones", "company_emails", "company_sphere_links"],
    ),
    ("companies", &["company_words", "company_words_gathered"]),
    ("contacts", &["contacts", "contact_phones", "contact_emails"]),
    ("notes", &["notes"]),
    ("files", &["files", "file_disposals"]),
    ("imports", &["imports", "import_rows"]),
    ("trash", &["trash", "deletion_requests"]),
];

/// Who may write to foreign tables, and why.
const WRITE_ANYWHERE: &[(&str, &str)] = &[
    ("demo", "fills an empty base by COPY, a million rows at once"),
    ("testing", "builders set the scene without asking for rights"),
];

struct Source {
    /// From the root of the repository: `src/web/mod.rs`.
    path: String,
    /// The top module: `web`.
    top: String,
    /// Without comments and without an inline `mod tests`.
    code: String,
    text: String,
    is_test: bool,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, extension, found);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), extension, &mut found);
    found.sort();
    let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    let files: Vec<_> = found
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect();
    assert!(!files.is_empty(), "no {extension} files under {folder}");
    files
}

fn sources() -> Vec<Source> {
    let source = |(path, text): (String, String)| {
        let inner = path.strip_prefix("src/").unwrap();
        let top = inner.split(['/', '.']).next().unwrap().to_owned();
        let is_test = top == "testing" || path.contains("/tests/") || path.ends_with("/tests.rs");
        let production = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = production.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = lines.collect::<Vec<_>>().join("\n");
        Source {
            path,
            top,
            code,
            text,
            is_test,
        }
    };
    files("src", "rs").into_iter().map(source).collect()
}

fn layers() -> impl Iterator<Item = Vec<&'static str>> {
    LAYERS.split('/').map(|layer| layer.split_whitespace().collect())
}

fn layer(top: &str) -> usize {
    let found = layers().position(|layer| layer.contains(&top));
    found.unwrap_or_else(|| panic!("tests/architecture.rs does not know the layer of `{top}`: put it into LAYERS"))
}

/// Room by table.
fn owners() -> BTreeMap<String, &'static str> {
    let pairs = OWNERS
        .iter()
        .flat_map(|(room, tables)| tables.iter().map(|table| ((*table).to_owned(), *room)));
    pairs.collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What every `crate::…` of a file names: `crate::{db, web::{Form, page}}` is `[db]`, `[web, Form]`, `[web, page]`.
fn crate_paths(code: &str) -> Vec<Vec<String>> {
    let starts = code
        .match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with(is_word));
    let mut paths = Vec::new();
    for (at, found) in starts {
        read_tree(&code[at + found.len()..], &[], &mut paths);
    }
    paths
}

/// Reads one use tree, answers how long it was.
fn read_tree(text: &str, prefix: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    let mut at = 0;
    while !text[at..].starts_with('{') {
        let word: String = text[at..].chars().take_while(|c| is_word(*c)).collect();
        at += word.len();
        if !word.is_empty() && word != "self" {
            path.push(word);
        }
        if !text[at..].starts_with("::") {
            paths.push(path);
            return at;
        }
        at += 2;
    }
    at += 1;
    while !text[at..].starts_with('}') {
        // Commas, spaces and `as Name` lie between.
        let skipped = text[at..].find(|c: char| is_word(c) || c == '}').unwrap();
        at += skipped;
        if text[at..].starts_with("as ") {
            at += 3;
            at += text[at..].find(|c: char| !is_word(c)).unwrap();
        } else if !text[at..].starts_with('}') {
            at += read_tree(&text[at..], &path, paths);
        }
    }
    at + 1
}

/// All paths to other top modules, also those that begin with an imported one: `use crate::companies;` makes
/// `companies::paths::show` one of them.
fn foreign_paths(source: &Source) -> BTreeSet<Vec<String>> {
    let direct = crate_paths(&source.code);
    let imported: BTreeSet<_> = direct
        .iter()
        .filter(|path| path.len() == 1)
        .map(|path| path[0].clone())
        .collect();
    let mut paths: BTreeSet<_> = direct.into_iter().filter(|path| !path.is_empty()).collect();
    for top in imported {
        let start = format!("{top}::");
        for (at, _) in source.code.match_indices(&start) {
            if !source.code[..at].ends_with(|c: char| is_word(c) || c == ':') {
                let mut found = Vec::new();
                read_tree(&source.code[at..], &[], &mut found);
                paths.extend(found);
            }
        }
    }
    paths.into_iter().filter(|path| path[0] != source.top).collect()
}

fn is_module(top: &str, inner: &str) -> bool {
    let folder = root().join("src").join(top);
    folder.join(format!("{inner}.rs")).exists() || folder.join(inner).join("mod.rs").exists()
}

/// Whether a module shows one of its own to others.
fn is_lent(top: &str, inner: &str) -> bool {
    let map = fs::read_to_string(root().join("src").join(top).join("mod.rs")).unwrap_or_default();
    map.contains(&format!("pub(crate) mod {inner};"))
}

#[track_caller]
fn assert_none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

#[test]
fn use_trees_are_read() {
    let read = |code: &str| {
        let paths: Vec<_> = crate_paths(code).into_iter().map(|path| path.join("::")).collect();
        paths.join(" ")
    };
    assert_eq!(read("use crate::app::App;"), "app::App");
    assert_eq!(
        read("use crate::{db, web::{self, Form as F, csrf::{a, b}}};"),
        "db web web::Form web::csrf::a web::csrf::b"
    );
    assert_eq!(read("crate::values::text::fold(x); my_crate::no"), "values::text::fold");
}

#[test]
fn arrows_between_layers_never_turn() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        let own = layer(&source.top);
        for path in foreign_paths(source) {
            let is_known = layers().any(|layer| layer.contains(&path[0].as_str()));
            if is_known && layer(&path[0]) > own {
                broken.push(format!("{}: crate::{}", source.path, path.join("::")));
            }
        }
    }
    assert_none(&broken, "A module uses only what stands before it in LAYERS:");
}

#[test]
fn modules_use_only_the_faces_of_others() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        for path in foreign_paths(source) {
            let [top, inner, ..] = path.as_slice() else { continue };
            let is_face = INNER_FACES.iter().any(|(face, _)| *face == format!("{top}::{inner}"));
            // `web::page` alone is a function of the face; a private module cannot be meant.
            if is_module(top, inner) && !is_face && (path.len() > 2 || is_lent(top, inner)) {
                broken.push(format!("{}: crate::{}", source.path, path.join("::")));
            }
        }
    }
    assert_none(
        &broken,
        "Other modules are used by their faces, `crate::room::Name`, or INNER_FACES says why not:",
    );
}

#[test]
fn only_its_room_writes_to_a_table() {
    let owners = owners();
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        if WRITE_ANYWHERE.iter().any(|(top, _)| *top == source.top) {
            continue;
        }
        for verb in [
            "INSERT INTO ",
            "UPDATE ",
            "DELETE FROM ",
            "COPY ",
            "TRUNCATE ",
            "MERGE INTO ",
        ] {
            for (at, _) in source.code.match_indices(verb) {
                let table: String = source.code[at + verb.len()..]
                    .chars()
                    .take_while(|c| is_word(*c))
                    .collect();
                if owners.get(&table).is_some_and(|owner| *owner != source.top) {
                    broken.push(format!("{}: {verb}{table}", source.path));
                }
            }
        }
    }
    assert_none(&broken, "A table is written by its owner only (OWNERS):");
}

#[test]
fn every_table_has_an_owner() {
    let owners: BTreeSet<_> = owners().into_keys().collect();
    let mut tables = BTreeSet::new();
    for (_, text) in files("migrations", "sql") {
        for (at, start) in text.match_indices("CREATE TABLE ") {
            tables.insert(
                text[at + start.len()..]
                    .chars()
                    .take_while(|c| is_word(*c))
                    .collect::<String>(),
            );
        }
    }
    assert_eq!(tables, owners, "OWNERS lists each table of the migrations once");
}

#[test]
fn roles_are_spoken_of_in_policy_and_accounts_only() {
    let allowed = ["policy", "accounts"];
    let speaks = |source: &&Source| {
        let code = &source.code;
        !source.is_test && !allowed.contains(&source.top.as_str()) && code.contains("Role::")
    };
    let broken: Vec<_> = sources()
        .iter()
        .filter(speaks)
        .map(|source| source.path.clone())
        .collect();
    assert_none(&broken, "Rights are asked of the policy by action, never by role:");
}

#[test]
fn only_config_reads_the_environment() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| source.top != "config") {
        for word in ["env::var", "env::vars", "env::set_var", "dotenvy::"] {
            if source.code.contains(word) {
                broken.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert_none(&broken, "Only src/config.rs reads the environment:");
}

#[test]
fn models_and_queries_know_no_http_and_actions_answer_without_it() {
    let is_inner =
        |path: &str, part: &str| path.contains(&format!("/{part}/")) || path.ends_with(&format!("/{part}.rs"));
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        let banned: &[&str] = if is_inner(&source.path, "model") {
            &["axum", "sqlx::query", "crate::web"]
        } else if is_inner(&source.path, "queries") {
            &["axum", "crate::web", "super::pages", "crate::audit"]
        } else if is_inner(&source.path, "actions") {
            &["axum", "crate::web", "super::pages", "sqlx::query"]
        } else if is_inner(&source.path, "pages") {
            &["sqlx::query", "audit::record"]
        } else {
            &[]
        };
        for word in banned.iter().filter(|word| source.code.contains(**word)) {
            broken.push(format!("{}: {word}", source.path));
        }
    }
    assert_none(&broken, "Inside a room: pages → actions → queries → model:");
}

#[test]
fn every_module_says_what_it_is_for() {
    let sources = sources();
    // The names of tests are sentences already.
    let silent = sources.iter().filter(|source| {
        let is_said = source.text.starts_with("//! ") || (source.is_test && source.top != "testing");
        !is_said
    });
    let broken: Vec<_> = silent.map(|source| source.path.clone()).collect();
    assert_none(&broken, "A module begins with `//! `:");
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let mut all = files("src", "rs");
    all.extend(files("tests", "rs"));
    let long = all.iter().filter(|(_, text)| text.lines().count() > 500);
    let broken: Vec<_> = long
        .map(|(path, text)| format!("{path}: {}", text.lines().count()))
        .collect();
    assert_none(&broken, "A file of this length is a folder:");
}

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

#[test]
fn the_architecture_page_names_only_what_exists() {
    let Ok(page) = fs::read_to_string(root().join("docs/ARCHITECTURE.md")) else {
        return;
    };
    let sources = sources();
    let tops: BTreeSet<_> = sources.iter().map(|source| source.top.as_str()).collect();
    let mut broken = Vec::new();
    // Outside fenced blocks, every odd piece between backticks is code.
    let prose: String = page.split("```").step_by(2).collect();
    for name in prose.split('`').skip(1).step_by(2) {
        let is_path = [
            "src/",
            "templates/",
            "static/",
            "tests/",
            "docs/",
            "migrations/",
            "bin/",
            "bench/",
        ];
        if is_path.iter().any(|start| name.starts_with(start)) && !name.contains(['*', '<', '…', ' ']) {
            if !root().join(name).exists() {
                broken.push(format!("{name}: no such file"));
            }
        } else if let Some((top, rest)) = name.split_once("::") {
            let last: String = rest
                .rsplit("::")
                .next()
                .unwrap()
                .chars()
                .take_while(|c| is_word(*c))
                .collect();
            let is_ours = top.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let mut inside = sources.iter().filter(|source| source.top == top);
            if is_ours && !["std", "tokio", "axum", "sqlx", "askama"].contains(&top) {
                let is_there =
                    tops.contains(top) && (is_module(top, &last) || inside.any(|it| it.code.contains(&last)));
                if !is_there {
                    broken.push(format!("{name}: no such module or name"));
                }
            }
        }
    }
    assert_none(&broken, "docs/ARCHITECTURE.md speaks of what is there:");
}
