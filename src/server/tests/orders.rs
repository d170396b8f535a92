//! What programs may rely on beyond single lists: the orders and searches of all, and versions when something is deleted.

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

use super::programs::{count, patch, post};
use crate::policy::Role;
use crate::testing::{Client, TestApp};
use crate::values::text;

/// All rows of a list, page after page.
async fn rows(client: &mut Client, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut next = json!(path);
    while let Some(url) = next.as_str() {
        let path = url.trim_start_matches("http://127.0.0.1:8000").to_owned();
        let page = client.get(&path).await.expect(200).json();
        rows.extend(page["results"].as_array().unwrap().iter().cloned());
        next = page["next"].clone();
    }
    rows
}

fn names(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| text::fold(row["name"].as_str().unwrap()))
        .collect()
}

fn encode(query: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish()
}

#[tokio::test]
async fn lists_that_are_kept_whole_are_searched_and_ordered_by_name() {
    let app = TestApp::new().await;
    app.branch("north").await;
    app.branch("east").await;
    app.person("boss", Role::Admin, None).await;
    app.person("anna", Role::Manager, None).await;
    let (mut boss, _) = app.program("boss").await;
    for list in [
        "statuses",
        "spheres",
        "contract-types",
        "regions",
        "task-types",
        "users",
        "branches",
    ] {
        let list = format!("/api/{list}/");
        let mut sorted = names(&rows(&mut boss, &list).await);
        sorted.sort();
        let rising = rows(&mut boss, &format!("{list}?ordering=name&page_size=7")).await;
        assert_eq!(names(&rising), sorted, "{list}");
        let falling = rows(&mut boss, &format!("{list}?ordering=-name&page_size=7")).await;
        assert!(names(&falling).into_iter().rev().eq(sorted.clone()), "{list}");
        let Some(some) = sorted.last() else { continue };
        let part: String = some.to_uppercase().chars().skip(1).take(3).collect();
        let asked = encode(&[("search", &part), ("ordering", "-name"), ("page_size", "1")]);
        let found = names(&rows(&mut boss, &format!("{list}?{asked}")).await);
        let wanted = text::fold(part.trim());
        let expected = sorted.iter().rev().filter(|name| name.contains(&wanted));
        assert!(found.iter().eq(expected), "{list} {part} {found:?}");
        assert!(
            rows(&mut boss, &format!("{list}?search=nothing+like+it"))
                .await
                .is_empty()
        );
        let refused = boss.get(&format!("{list}?ordering=colour")).await.expect(400).json();
        assert_eq!(refused["ordering"][0], "Такого значения нет. Можно: name, -name.");
    }
}

#[tokio::test]
async fn contacts_come_by_their_last_change_either_way() {
    let app = TestApp::new().await;
    app.person("boss", Role::Admin, None).await;
    let (mut boss, _) = app.program("boss").await;
    for name in ["Иванов", "Петров", "Сидоров"] {
        app.pass(chrono::TimeDelta::seconds(1));
        let contact = json!({"last_name": name, "position": "директор"});
        post(&mut boss, "/api/contacts/", contact).await.expect(201);
    }
    let last_names = |rows: Vec<Value>| -> Vec<String> {
        let names = rows.iter().map(|row| row["last_name"].as_str().unwrap().to_owned());
        names.collect()
    };
    let search = encode(&[("search", "директор")]);
    for more in ["", &search] {
        let falling = last_names(rows(&mut boss, &format!("/api/contacts/?page_size=1&{more}")).await);
        assert_eq!(falling, ["Сидоров", "Петров", "Иванов"], "{more}");
        let address = format!("/api/contacts/?page_size=2&ordering=updated_at&{more}");
        let rising = last_names(rows(&mut boss, &address).await);
        assert_eq!(rising, ["Иванов", "Петров", "Сидоров"], "{more}");
        // And back again.
        let page = boss.get(&address).await.expect(200).json();
        let path = |url: &Value| {
            url.as_str()
                .unwrap()
                .trim_start_matches("http://127.0.0.1:8000")
                .to_owned()
        };
        let second = boss.get(&path(&page["next"])).await.expect(200).json();
        let first = boss.get(&path(&second["previous"])).await.expect(200).json();
        assert_eq!(first["results"], page["results"], "{more}");
    }
    let refused = boss.get("/api/contacts/?ordering=last_name").await.expect(400).json();
    assert_eq!(
        refused["ordering"][0],
        "Такого значения нет. Можно: -updated_at, updated_at."
    );
}

#[tokio::test]
async fn whoever_deletes_what_has_changed_meanwhile_is_told() {
    let app = TestApp::new().await;
    app.person("boss", Role::Admin, None).await;
    let (mut boss, _) = app.program("boss").await;
    let card = post(&mut boss, "/api/companies/", json!({"name": "Ромашка"}))
        .await
        .expect(201)
        .json();
    for (list, new, change) in [
        (
            "contacts",
            json!({"last_name": "Иванов"}),
            json!({"last_name": "Петров"}),
        ),
        (
            "company-notes",
            json!({"company": card["id"], "text": "Ждут счёт"}),
            json!({"text": "Ждут договор"}),
        ),
        ("tasks", json!({"title": "Счёт"}), json!({"title": "Договор"})),
        ("task-types", json!({"name": "Осмотр"}), json!({"name": "Показ"})),
        // The last one: a note went with the first one's company.
        ("companies", json!({"name": "Лютик"}), json!({"name": "Ландыш"})),
    ] {
        let made = post(&mut boss, &format!("/api/{list}/"), new).await.expect(201).json();
        let address = format!("/api/{list}/{}/", made["id"].to_string().trim_matches('"'));
        let changed = patch(&mut boss, &address, change).await.expect(200).json();
        for stale in [made["version"].to_string(), "\"77\"".to_owned(), "never".to_owned()] {
            boss.headers.insert(header::IF_MATCH, stale.parse().unwrap());
            let late = boss.send(Method::DELETE, &address, Body::empty()).await;
            assert_eq!(
                late.expect(409).json()["current"]["version"],
                changed["version"],
                "{list}"
            );
        }
        assert_eq!(boss.get(&address).await.expect(200).json(), changed, "{list}");
        let seen = format!("\"{}\"", changed["version"]);
        boss.headers.insert(header::IF_MATCH, seen.parse().unwrap());
        boss.send(Method::DELETE, &address, Body::empty()).await.expect(204);
        boss.headers.remove(header::IF_MATCH);
        boss.get(&address).await.expect(404);
    }
    assert_eq!(count(&app, "SELECT count(*) FROM trash").await, 2);
}
