//! Whoever changes a record too late is told of each of their fields that is stored otherwise.

use axum::http::{Method, header};
use serde_json::{Value, json};

use super::programs::{company, manager, patch, post};
use crate::policy::Role;
use crate::testing::{Client, TestApp};

/// What a change that names this version is told: the fields in the order of their names.
async fn conflicts(client: &mut Client, address: &str, version: &Value, change: Value) -> Value {
    let mut change = change;
    change["version"] = version.clone();
    let late = patch(client, address, change).await.expect(409).json();
    assert_ne!(&late["current"]["version"], version);
    late["conflicts"].clone()
}

fn conflict(field: &str, yours: impl Into<Value>, current: impl Into<Value>) -> Value {
    json!({"field": field, "yours": yours.into(), "current": current.into()})
}

#[tokio::test]
async fn the_second_of_two_writers_sees_both_values_of_their_fields_only() {
    let (_app, mut client) = manager().await;
    let sent = json!({
        "name": "Ромашка", "inn": "7707083893", "phone": "8 (912) 345-67-89", "email": "info@romashka.ru",
        "contract_amount": "1234.50",
    });
    let (address, made) = company(&mut client, sent).await;
    let version = &made["version"];
    let theirs = json!({"address": "Тула", "website": "romashka.ru", "phone": "+7 912 000-00-01"});
    patch(&mut client, &address, theirs).await.expect(200);

    let mine = json!({"address": "Казань", "phone": "8 (912) 345-67-89", "name": " Ромашка "});
    let both = json!([
        conflict("address", "Казань", "Тула"),
        conflict("phone", "8 (912) 345-67-89", "+79120000001"),
    ]);
    assert_eq!(conflicts(&mut client, &address, version, mine).await, both);

    // The same said in other letters is no conflict, and neither is what the request does not name.
    let same = json!({
        "phones": [{"number": "8-912-000-00-01"}], "inn": "7707 083893", "contract_amount": "1 234,5", "kpp": null,
        "lead_state": made["lead_state"], "spheres": [],
    });
    assert_eq!(conflicts(&mut client, &address, version, same).await, json!([]));
    let cleared = json!({"website": null, "responsible": made["responsible"]});
    let told = conflicts(&mut client, &address, version, cleared).await;
    assert_eq!(told, json!([conflict("website", Value::Null, "romashka.ru")]));
    // What cannot be written is shown as well, but a field of another kind or an unknown one is refused as such.
    let wrong = conflicts(
        &mut client,
        &address,
        version,
        json!({"email": "none", "address": "Тула"}),
    )
    .await;
    assert_eq!(wrong, json!([conflict("email", "none", "info@romashka.ru")]));
    let unknown = json!({"adress": "Казань", "version": version});
    let refused = patch(&mut client, &address, unknown).await;
    assert!(refused.expect(400).json()["adress"].is_array());
}

#[tokio::test]
async fn a_whole_record_that_comes_back_late_tells_what_the_other_has_changed() {
    let (app, mut client) = manager().await;
    let tula = app.branch("tula").await;
    let petr = app.person("petr", Role::Manager, Some(tula)).await.user.unwrap().0;
    let (address, made) = company(&mut client, json!({"name": "Ромашка", "address": "Тула"})).await;
    app.pass(chrono::TimeDelta::minutes(1));
    let given = patch(&mut client, &address, json!({"responsible": petr, "name": "Лютик"})).await;
    given.expect(200);

    let mut whole = made.clone();
    whole["address"] = json!("Казань");
    let late = client.call(Method::PUT, &address, whole).await.expect(409).json();
    let expected = json!([
        conflict("address", "Казань", "Тула"),
        conflict("branch", made["branch"].clone(), tula.0),
        conflict("name", "Ромашка", "Лютик"),
        conflict("responsible", made["responsible"].clone(), petr),
    ]);
    assert_eq!(late["conflicts"], expected);
}

/// A record of a list: what makes it, what somebody changes, what somebody else meant to change, and what they are told.
type Case = (&'static str, Value, Value, Value, Value);

fn cases(card: &Value) -> [Case; 4] {
    [
        (
            "contacts",
            json!({"last_name": "Иванов", "company": card}),
            json!({"last_name": "Петров", "phones": [{"number": "89123456789"}]}),
            json!({"last_name": "Сидоров", "phones": [{"number": "+7 (912) 345-67-89"}], "company": null}),
            json!([
                conflict("company", Value::Null, card.clone()),
                conflict("last_name", "Сидоров", "Петров"),
            ]),
        ),
        (
            "company-notes",
            json!({"company": card, "text": "Звонили"}),
            json!({"text": "Ждут счёт"}),
            json!({"text": "Ждут договор"}),
            json!([conflict("text", "Ждут договор", "Ждут счёт")]),
        ),
        (
            "tasks",
            json!({"title": "Счёт", "due_at": "2027-01-31T10:00:00+03:00"}),
            json!({"title": "Договор", "status": "done", "result": "Ждут"}),
            json!({
                "title": "Акт", "due_at": "2027-01-31T07:00:00Z", "status": "in_progress", "is_urgent": false,
                "recurrence_rrule": "",
            }),
            json!([
                conflict("status", "in_progress", "done"),
                conflict("title", "Акт", "Договор"),
            ]),
        ),
        (
            "task-types",
            json!({"name": "Осмотр"}),
            json!({"name": "Показ"}),
            json!({"name": "Выезд", "tone": "neutral"}),
            json!([conflict("name", "Выезд", "Показ")]),
        ),
    ]
}

#[tokio::test]
async fn contacts_notes_tasks_and_types_tell_their_conflicts_too() {
    let app = TestApp::new().await;
    app.person("boss", Role::Admin, None).await;
    let (mut boss, _) = app.program("boss").await;
    let (_, card) = company(&mut boss, json!({"name": "Ромашка"})).await;
    for (list, new, theirs, mine, expected) in cases(&card["id"]) {
        let made = post(&mut boss, &format!("/api/{list}/"), new).await.expect(201).json();
        let address = format!("/api/{list}/{}/", made["id"].to_string().trim_matches('"'));
        patch(&mut boss, &address, theirs).await.expect(200);
        let told = conflicts(&mut boss, &address, &made["version"], mine.clone()).await;
        assert_eq!(told, expected, "{list}");
        // The whole of it, with what can only be read, is judged in the same way.
        let mut whole = made.clone();
        for (field, value) in mine.as_object().unwrap() {
            whole[field] = value.clone();
        }
        let late = boss.call(Method::PUT, &address, whole).await.expect(409).json();
        let told: Vec<&Value> = late["conflicts"].as_array().unwrap().iter().collect();
        for conflict in expected.as_array().unwrap() {
            assert!(told.contains(&conflict), "{list}: {told:?}");
        }
        for field in ["id", "version", "updated_at", "edited_at", "completed_at"] {
            assert!(
                told.iter().all(|conflict| conflict["field"] != field),
                "{list}: {field}"
            );
        }
        // A deletion names no fields.
        boss.headers
            .insert(header::IF_MATCH, format!("\"{}\"", made["version"]).parse().unwrap());
        let late = boss.send(Method::DELETE, &address, axum::body::Body::empty()).await;
        assert!(late.expect(409).json().get("conflicts").is_none(), "{list}");
        boss.headers.remove(header::IF_MATCH);
    }
}
