//! What programs rely on: the contract, pages of lists, versions, keys of calls, what is refused and what is written down.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{HeaderValue, Method, header};
use serde_json::{Value, json};

use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

pub(super) async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.db).await.expect("a number")
}

pub(super) async fn post(client: &mut Client, path: &str, body: Value) -> Answer {
    client.call(Method::POST, path, body).await
}

pub(super) async fn patch(client: &mut Client, path: &str, body: Value) -> Answer {
    client.call(Method::PATCH, path, body).await
}

/// A program of a manager.
pub(super) async fn manager() -> (TestApp, Client) {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let (client, _) = app.program("anna").await;
    (app, client)
}

/// Makes a company; answers its address and what was told of it.
pub(super) async fn company(client: &mut Client, body: Value) -> (String, Value) {
    let made = post(client, "/api/companies/", body).await.expect(201).json();
    (format!("/api/companies/{}/", made["id"].as_str().expect("an id")), made)
}

#[tokio::test]
async fn the_contract_knows_every_call_and_no_other() {
    let app = TestApp::new().await;
    let contract = app.browser().get("/api/openapi.json").await.expect(200).json();
    assert_eq!(contract["openapi"], "3.1.0");
    let mut told = BTreeSet::new();
    for (path, operations) in contract["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            told.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    // The page is none, and the second addresses of phones' calls are the same calls.
    let real: BTreeSet<_> = crate::server::route_list()
        .iter()
        .filter(|route| route.path.starts_with("/api/") && route.path != "/api/docs/")
        .filter(|route| !route.path.starts_with("/api/v1/phone/"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(told, real);
    let text = contract.to_string();
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name: String = text[at + 21..].chars().take_while(|c| *c != '"').collect();
        assert!(contract["components"]["schemas"][&name].is_object(), "{name}");
    }
}

#[tokio::test]
async fn the_page_of_the_api_reads_without_a_key() {
    let app = TestApp::new().await;
    let page = app.browser().get("/api/docs/").await;
    page.expect(200)
        .expect_text("Idempotency-Key")
        .expect_text("/api/company-notes/{id}/");
}

#[tokio::test]
async fn a_company_is_made_read_changed_and_deleted() {
    let app = TestApp::new().await;
    app.person("anna", Role::Admin, None).await;
    let (mut client, _) = app.program("anna").await;
    let sent = json!({
        "name": "ООО «Ромашка»", "inn": "7707083893", "phone": "8 (912) 345-67-89", "email": "info@romashka.ru",
        "is_cold_call": true, "contract_until": "2027-01-31", "contract_amount": "1234.50",
    });
    let (address, made) = company(&mut client, sent).await;
    assert_eq!(made["phone"], "+79123456789");
    assert_eq!(made["phones"], json!([{"number": "+79123456789", "comment": ""}]));
    assert_eq!(
        (&made["lead_state"], &made["is_cold_call"]),
        (&json!("cold"), &json!(true))
    );
    assert_eq!(made["contract_amount"], "1234.50");
    let read = client.get(&address).await;
    assert_eq!(read.expect(200).json(), made);
    assert_eq!(read.headers[header::ETAG], format!("\"{}\"", made["version"]));
    let changed = patch(
        &mut client,
        &address,
        json!({"phone": null, "email": "", "lead_state": "warm"}),
    )
    .await;
    let changed = changed.expect(200).json();
    assert_eq!((&changed["phones"], &changed["emails"]), (&json!([]), &json!([])));
    assert_eq!(
        (&changed["is_cold_call"], &changed["inn"]),
        (&json!(false), &json!("7707083893"))
    );
    // A whole record may come back as it was read.
    let mut whole = changed.clone();
    whole["name"] = json!("Ромашка-2");
    let replaced = client.call(Method::PUT, &address, whole).await.expect(200).json();
    assert_eq!(replaced["name"], "Ромашка-2");
    client.send(Method::DELETE, &address, Body::empty()).await.expect(204);
    client.get(&address).await.expect(404);
    assert_eq!(count(&app, "SELECT count(*) FROM trash").await, 1);
    let events = "SELECT count(*) FROM audit_events WHERE entity = 'company'";
    assert_eq!(count(&app, events).await, 4);
}

#[tokio::test]
async fn the_second_of_two_writers_is_told_what_stands_now() {
    let (_app, mut client) = manager().await;
    let (address, made) = company(&mut client, json!({"name": "Ромашка"})).await;
    client
        .headers
        .insert(header::IF_MATCH, format!("\"{}\"", made["version"]).parse().unwrap());
    patch(&mut client, &address, json!({"address": "Тула"}))
        .await
        .expect(200);
    let late = patch(&mut client, &address, json!({"address": "Казань"})).await;
    assert_eq!(late.expect(409).json()["current"]["address"], "Тула");
    client.headers.remove(header::IF_MATCH);
    let late = patch(
        &mut client,
        &address,
        json!({"address": "Казань", "version": made["version"]}),
    )
    .await;
    late.expect(409);
    patch(&mut client, &address, json!({"address": "Казань"}))
        .await
        .expect(200);
    for (path, body, change) in [
        (
            "/api/contacts/",
            json!({"company": made["id"], "last_name": "Иванов"}),
            json!({"position": "Бухгалтер"}),
        ),
        (
            "/api/company-notes/",
            json!({"company": made["id"], "text": "Звонили"}),
            json!({"text": "Ждут"}),
        ),
        (
            "/api/tasks/",
            json!({"title": "Позвонить"}),
            json!({"title": "Написать"}),
        ),
    ] {
        let made = post(&mut client, path, body).await.expect(201).json();
        let id = made["id"]
            .as_str()
            .map_or_else(|| made["id"].to_string(), str::to_owned);
        let address = format!("{path}{id}/");
        let mut change = change;
        change["version"] = made["version"].clone();
        patch(&mut client, &address, change.clone()).await.expect(200);
        let late = patch(&mut client, &address, change).await;
        assert!(late.expect(409).json()["current"]["version"].is_number(), "{path}");
    }
}

#[tokio::test]
async fn the_same_key_makes_one_record() {
    let (app, mut client) = manager().await;
    let (_, romashka) = company(&mut client, json!({"name": "Ромашка"})).await;
    client.headers.insert("idempotency-key", "42".parse().unwrap());
    for (path, body, table) in [
        (
            "/api/companies/",
            json!({"name": "Лютик"}),
            "SELECT count(*) FROM companies",
        ),
        (
            "/api/contacts/",
            json!({"company": romashka["id"], "last_name": "Иванов"}),
            "SELECT count(*) FROM contacts",
        ),
        (
            "/api/company-notes/",
            json!({"company": romashka["id"], "text": "Звонили"}),
            "SELECT count(*) FROM notes",
        ),
        (
            "/api/tasks/",
            json!({"title": "Позвонить"}),
            "SELECT count(*) FROM tasks",
        ),
    ] {
        let first = post(&mut client, path, body.clone()).await.expect(201).json();
        let made = count(&app, table).await;
        assert_eq!(post(&mut client, path, body).await.expect(201).json(), first, "{path}");
        assert_eq!(count(&app, table).await, made, "{path}");
    }
    // Another person's key is another one.
    app.person("petr", Role::Manager, None).await;
    let (mut other, _) = app.program("petr").await;
    other.headers.insert("idempotency-key", "42".parse().unwrap());
    post(&mut other, "/api/tasks/", json!({"title": "Позвонить"}))
        .await
        .expect(201);
    assert_eq!(count(&app, "SELECT count(*) FROM tasks").await, 2);
}

#[tokio::test]
async fn headers_and_parameters_mean_what_the_contract_says() {
    let (_app, mut client) = manager().await;
    let (address, romashka) = company(&mut client, json!({"name": "Ромашка"})).await;
    let version = &romashka["version"];
    for (tag, status) in [
        ("*".to_owned(), 200),
        (format!("W/\"{version}\""), 200),
        (format!("\"{version}\""), 200),
        ("\"999\"".to_owned(), 409),
        ("\"+1\"".to_owned(), 409),
        ("чужой".to_owned(), 409),
    ] {
        client
            .headers
            .insert("if-match", HeaderValue::from_bytes(tag.as_bytes()).unwrap());
        let name = if status == 200 { "Ромашка" } else { "Лютик" };
        let answer = patch(&mut client, &address, json!({"name": name})).await;
        assert_eq!(answer.status.as_u16(), status, "{tag}");
    }
    client.headers.remove("if-match");
    for key in ["с кириллицей", "two words"] {
        let key = HeaderValue::from_bytes(key.as_bytes()).unwrap();
        client.headers.insert("idempotency-key", key);
        let refused = post(&mut client, "/api/companies/", json!({"name": "Лютик"})).await;
        refused.expect(400);
    }
    client.headers.remove("idempotency-key");
    // A form's empty fields ask for nothing.
    let all = client.get("/api/contacts/?company=&page_size=&ordering=").await;
    assert!(all.expect(200).json()["results"].is_array());
}

#[tokio::test]
async fn what_is_not_a_field_or_not_ones_to_write_is_refused() {
    let (app, mut client) = manager().await;
    let (address, _) = company(&mut client, json!({"name": "Ромашка"})).await;
    for (body, field) in [
        (json!({"nmae": "Лютик"}), "nmae"),
        (json!({"id": "00000000-0000-7000-8000-000000000001"}), "id"),
        (json!({"created_by": 999}), "created_by"),
        (json!({"created_at": "2020-01-01T00:00:00Z"}), "created_at"),
        (json!({"is_admin": true}), "is_admin"),
        (json!({"branch": 7}), "branch"),
        (json!({"responsible": null}), "responsible"),
        (json!({"status": 9_999}), "status"),
        (json!({"status": "новый"}), "status"),
        (json!({"name": null}), "name"),
        (json!({"lead_state": "cold", "is_cold_call": false}), "is_cold_call"),
        (json!({"phones": [{"number": "1", "kind": "work"}]}), "phones[0].kind"),
        (json!({"email": "not an address"}), "email"),
    ] {
        let answer = patch(&mut client, &address, body).await;
        assert!(
            answer.expect(400).json()[field][0].is_string(),
            "{field}: {}",
            answer.text
        );
    }
    for path in [
        "/api/companies/?page=2",
        "/api/companies/?ordering=address",
        "/api/companies/?page_size=101",
        "/api/companies/?page_size=0",
        "/api/companies/?branch=x",
        "/api/tasks/?status=late",
        "/api/users/?role=admin",
    ] {
        let answer = client.get(path).await;
        assert!(answer.expect(400).json().is_object(), "{path}");
    }
    client.get("/api/companies/?cursor=abc").await.expect(404);
    let answer = post(&mut client, "/api/companies/", json!({})).await;
    assert_eq!(answer.expect(400).json()["name"][0], "This field is required.");
    assert_eq!(
        count(&app, "SELECT count(*) FROM audit_events WHERE entity = 'company'").await,
        1
    );
}

#[tokio::test]
async fn a_twin_needs_a_word() {
    let (app, mut client) = manager().await;
    let body = json!({"name": "Ромашка", "inn": "7707083893"});
    company(&mut client, body.clone()).await;
    client.headers.insert("idempotency-key", "1".parse().unwrap());
    let refused = post(&mut client, "/api/companies/", body.clone()).await;
    assert_eq!(refused.expect(409).json()["duplicates"][0]["inn"], "7707083893");
    let mut wilful = body;
    wilful["allow_duplicate"] = json!(true);
    post(&mut client, "/api/companies/", wilful).await.expect(201);
    assert_eq!(count(&app, "SELECT count(*) FROM companies").await, 2);
}

#[tokio::test]
async fn a_task_is_closed_repeated_and_told_of() {
    let (app, mut client) = manager().await;
    app.person("boss", Role::Admin, None).await;
    let (mut boss, _) = app.program("boss").await;
    let anna = count(&app, "SELECT id FROM users WHERE username = 'anna'").await;
    let sent = json!({
        "title": "Позвонить", "assigned_to": anna, "due_at": "2027-01-31T10:00:00+03:00",
        "recurrence_rrule": "FREQ=WEEKLY",
    });
    let task = post(&mut boss, "/api/tasks/", sent).await.expect(201).json();
    assert_eq!(task["due_at"], "2027-01-31T07:00:00Z");
    assert!(
        task["recurrence_rrule"].as_str().unwrap().starts_with("FREQ=WEEKLY"),
        "{task}"
    );
    let told = "SELECT count(*) FROM notifications";
    assert_eq!(count(&app, told).await, 1);
    let address = format!("/api/tasks/{}/", task["id"].as_str().unwrap());
    // The one who does it may put it off and close it, but not say another thing.
    patch(&mut client, &address, json!({"title": "Не звонить"}))
        .await
        .expect(403);
    patch(&mut client, &address, json!({"due_at": "2027-02-01T07:00:00Z"}))
        .await
        .expect(200);
    patch(&mut client, &address, json!({"result": "Ждут"}))
        .await
        .expect(400);
    let done = patch(&mut client, &address, json!({"status": "done", "result": "Ждут"})).await;
    let done = done.expect(200).json();
    assert!(done["completed_at"].is_string());
    assert_eq!(done["result"], "Ждут");
    assert_eq!(count(&app, told).await, 2);
    assert_eq!(count(&app, "SELECT count(*) FROM tasks").await, 2);
    let events = "SELECT count(*) FROM audit_events WHERE entity = 'task' AND verb IN ('create', 'move', 'status')";
    assert_eq!(count(&app, events).await, 4);
}

#[tokio::test]
async fn a_company_given_away_tells_its_new_responsible() {
    let (app, mut client) = manager().await;
    let tula = app.branch("tula").await;
    let petr = app.person("petr", Role::Manager, Some(tula)).await.user.unwrap().0;
    let (address, _) = company(&mut client, json!({"name": "Ромашка"})).await;
    let given = patch(
        &mut client,
        &address,
        json!({"responsible": petr, "branch": tula.0, "address": "Тула"}),
    )
    .await;
    let given = given.expect(200).json();
    assert_eq!(
        (&given["responsible"], &given["branch"]),
        (&json!(petr), &json!(tula.0))
    );
    assert_eq!(
        count(&app, "SELECT count(*) FROM notifications WHERE kind = 'company_given'").await,
        1
    );
}

#[tokio::test]
async fn cards_that_programs_open_are_counted_with_those_of_pages() {
    let (app, mut client) = manager().await;
    let (first, made) = company(&mut client, json!({"name": "Ромашка"})).await;
    let (second, other) = company(&mut client, json!({"name": "Лютик"})).await;
    sqlx::query("UPDATE reading_limits SET per_hour = 1, per_day = 1")
        .execute(&app.db)
        .await
        .unwrap();
    client.get(&first).await.expect(200);
    client.get(&first).await.expect(200);
    let closed = client.get(&second).await;
    assert!(closed.expect(429).headers.contains_key(header::RETRY_AFTER));
    patch(&mut client, &second, json!({"address": "Тула"}))
        .await
        .expect(429);
    let id = other["id"].as_str().unwrap();
    client.get(&format!("/api/contacts/?company={id}")).await.expect(429);
    client
        .get(&format!("/api/company-notes/?company={id}"))
        .await
        .expect(429);
    post(
        &mut client,
        "/api/company-notes/",
        json!({"company": id, "text": "Ждут"}),
    )
    .await
    .expect(201);
    client.get("/api/company-notes/").await.expect(429);
    client
        .get(&format!("/companies/{}/", made["id"].as_str().unwrap()))
        .await
        .expect(303);
}
