//! Reads our own sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) struct Source {
    /// From the root of the repository: `src/web/mod.rs`.
    pub(super) path: String,
    /// The top module: `web`.
    pub(super) top: String,
    /// Without comments and without an inline `mod tests`.
    pub(super) code: String,
    pub(super) text: String,
    pub(super) is_test: bool,
}

pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
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

pub(super) fn sources() -> Vec<Source> {
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

pub(super) fn is_word(c: char) -> bool {
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
pub(super) fn foreign_paths(source: &Source) -> BTreeSet<Vec<String>> {
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

pub(super) fn is_module(top: &str, inner: &str) -> bool {
    let folder = root().join("src").join(top);
    folder.join(format!("{inner}.rs")).exists() || folder.join(inner).join("mod.rs").exists()
}

/// Whether a module shows one of its own to others.
pub(super) fn is_lent(top: &str, inner: &str) -> bool {
    let map = fs::read_to_string(root().join("src").join(top).join("mod.rs")).unwrap_or_default();
    map.contains(&format!("pub(crate) mod {inner};"))
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
