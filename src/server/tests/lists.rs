//! Lists as programs read them: pages, searches, filters, dictionaries, people.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use super::programs::{company, count, manager, patch, post};
use crate::policy::Role;
use crate::testing::TestApp;

#[tokio::test]
async fn pages_hold_still_while_rows_are_added() {
    let (_app, mut client) = manager().await;
    let name = |at: i32| json!({"name": format!("Ромашка {at:02}")});
    for at in 0..7 {
        company(&mut client, name(at * 2)).await;
    }
    let mut seen = Vec::new();
    let mut next = json!("/api/companies/?ordering=name&page_size=3");
    let mut previous = Value::Null;
    while let Some(path) = next
        .as_str()
        .map(|url| url.trim_start_matches("http://127.0.0.1:8000").to_owned())
    {
        let page = client.get(&path).await.expect(200).json();
        seen.extend(
            page["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["name"].as_str().unwrap().to_owned()),
        );
        // One before all that was read, one behind what is read now.
        company(&mut client, json!({"name": format!("А {}", seen.len())})).await;
        (next, previous) = (page["next"].clone(), page["previous"].clone());
    }
    let expected: Vec<_> = (0..7).map(|at| format!("Ромашка {:02}", at * 2)).collect();
    assert_eq!(seen, expected);
    let path = previous.as_str().unwrap().trim_start_matches("http://127.0.0.1:8000");
    let page = client.get(path).await.expect(200).json();
    assert_eq!(page["results"][0]["name"], "Ромашка 06");
}

#[tokio::test]
async fn search_and_filters_read_what_is_typed() {
    let (_app, mut client) = manager().await;
    let (_, made) = company(&mut client, json!({"name": "Ёлочка + Сервис", "phone": "+79123456789"})).await;
    company(&mut client, json!({"name": "Лютик", "is_cold_call": true})).await;
    for (path, found) in [
        ("/api/companies/?search=%2B7%20912%20345-67-89", 1),
        (
            "/api/companies/?search=%D1%91%D0%BB%D0%BE%D1%87%D0%BA%D0%B0+%2B+%D1%81%D0%B5%D1%80%D0%B2%D0%B8%D1%81",
            1,
        ),
        ("/api/companies/?is_cold_call=true", 1),
        ("/api/companies/?is_cold_call=false", 1),
        ("/api/companies/?region=1", 0),
        ("/api/companies/?status=9999", 0),
        ("/api/companies/", 2),
    ] {
        let page = client.get(path).await.expect(200).json();
        assert_eq!(page["results"].as_array().unwrap().len(), found, "{path}");
    }
    let id = made["id"].as_str().unwrap();
    post(
        &mut client,
        "/api/contacts/",
        json!({"company": id, "last_name": "Иванов"}),
    )
    .await
    .expect(201);
    post(&mut client, "/api/contacts/", json!({"last_name": "Петров"}))
        .await
        .expect(201);
    post(
        &mut client,
        "/api/company-notes/",
        json!({"company": id, "text": "Ждут договор"}),
    )
    .await
    .expect(201);
    post(
        &mut client,
        "/api/tasks/",
        json!({"title": "Договор", "company": id, "due_at": "2027-01-31T10:00"}),
    )
    .await
    .expect(201);
    for path in [
        format!("/api/contacts/?company={id}"),
        "/api/contacts/?search=%D0%B8%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2".to_owned(),
        format!("/api/company-notes/?company={id}&ordering=created_at"),
        "/api/company-notes/?search=%D0%B4%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80".to_owned(),
        format!("/api/tasks/?company={id}&status=new&ordering=due_at"),
        "/api/tasks/?ordering=-due_at".to_owned(),
    ] {
        let page = client.get(&path).await.expect(200).json();
        assert_eq!(page["results"].as_array().unwrap().len(), 1, "{path}: {page}");
    }
}

#[tokio::test]
async fn logins_are_told_to_administrators_only() {
    let (app, mut client) = manager().await;
    app.person("boss", Role::Admin, None).await;
    let (mut boss, _) = app.program("boss").await;
    let people = client.get("/api/users/").await.expect(200).json();
    assert!(
        people["results"]
            .as_array()
            .unwrap()
            .iter()
            .all(|person| person.get("username").is_none())
    );
    let people = boss.get("/api/users/").await.expect(200).json();
    assert!(
        people["results"]
            .as_array()
            .unwrap()
            .iter()
            .all(|person| person["username"].is_string())
    );
}

#[tokio::test]
async fn dictionaries_come_in_pages_and_a_type_in_use_stays() {
    let app = TestApp::new().await;
    app.person("boss", Role::Admin, None).await;
    let (mut boss, _) = app.program("boss").await;
    let mut next = json!("/api/regions/?page_size=40");
    let mut seen = BTreeSet::new();
    while let Some(path) = next
        .as_str()
        .map(|url| url.trim_start_matches("http://127.0.0.1:8000").to_owned())
    {
        let page = boss.get(&path).await.expect(200).json();
        let rows = page["results"].as_array().unwrap();
        assert!(rows.len() <= 40);
        seen.extend(rows.iter().map(|row| row["id"].as_i64().unwrap()));
        next = page["next"].clone();
    }
    let all = count(&app, "SELECT count(*) FROM regions").await;
    assert_eq!(i64::try_from(seen.len()).unwrap(), all);
    let made = post(&mut boss, "/api/task-types/", json!({"name": "Осмотр"}))
        .await
        .expect(201)
        .json();
    let address = format!("/api/task-types/{}/", made["id"]);
    post(&mut boss, "/api/task-types/", json!({"name": "Осмотр"}))
        .await
        .expect(400);
    let changed = patch(&mut boss, &address, json!({"tone": "done"}))
        .await
        .expect(200)
        .json();
    assert_eq!((&changed["name"], &changed["tone"]), (&json!("Осмотр"), &json!("done")));
    let task = json!({"title": "Осмотреть", "type": made["id"]});
    post(&mut boss, "/api/tasks/", task).await.expect(201);
    boss.send(Method::DELETE, &address, Body::empty()).await.expect(409);
}
