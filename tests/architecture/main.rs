//! The house rules that no compiler knows, read from the sources.
#![expect(clippy::unwrap_used, reason = "a test that reads our own sources")]

mod house;
mod sources;
mod templates;

use std::collections::BTreeSet;
use std::fs;

use house::{CALLS_OUT, INNER_FACES, WRITE_ANYWHERE, layer, layers, owners};
use sources::{Source, files, foreign_paths, is_lent, is_module, is_word, root, sources};

#[track_caller]
fn assert_none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
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
        let text = text.replace("CREATE UNLOGGED TABLE ", "CREATE TABLE ");
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
fn whatever_calls_the_world_outside_asks_whether_it_may() {
    const CALLS: [&str; 7] = [
        "TcpStream::connect",
        "UdpSocket",
        "UnixStream::connect",
        "reqwest::",
        "lettre::",
        "hyper::client",
        "client::legacy",
    ];
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        let is_known = CALLS_OUT.iter().any(|(path, _)| source.path.starts_with(path));
        if is_known || source.code.contains("Outward") {
            continue;
        }
        for call in CALLS.iter().filter(|call| source.code.contains(**call)) {
            broken.push(format!("{}: {call}", source.path));
        }
    }
    assert_none(
        &broken,
        "A passive copy sends nothing: take `&Outward` of App::outward, or CALLS_OUT says why not:",
    );
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
