//! Who gets through to what of the API: every call, with no token, with a phone's and with everybody's.

use axum::body::Body;
use axum::http::{Method, header};

use crate::policy::Role;
use crate::testing::{Client, TestApp};

/// Who may make a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// Anybody: that is how one gets a token.
    Public,
    /// Whoever has any token, a phone's too.
    Phone,
    /// Whoever has a token of full reach.
    Everyone,
    /// The same, and a signed-in page.
    Page,
}

/// Method, pattern, who may.
const TABLE: &[(&str, &str, Who)] = &[
    ("POST", "/api/token/", Who::Public),
    ("POST", "/api/token/refresh/", Who::Public),
    ("POST", "/api/phone/devices/register/", Who::Phone),
    ("POST", "/api/v1/phone/devices/register/", Who::Phone),
    ("POST", "/api/phone/devices/heartbeat/", Who::Phone),
    ("POST", "/api/v1/phone/devices/heartbeat/", Who::Phone),
    ("POST", "/api/phone/telemetry/", Who::Phone),
    ("POST", "/api/v1/phone/telemetry/", Who::Phone),
    ("POST", "/api/phone/logs/", Who::Phone),
    ("POST", "/api/v1/phone/logs/", Who::Phone),
    ("POST", "/api/phone/qr/create/", Who::Page),
    ("POST", "/api/v1/phone/qr/create/", Who::Page),
    ("GET", "/api/phone/qr/status/", Who::Page),
    ("GET", "/api/v1/phone/qr/status/", Who::Page),
    ("POST", "/api/phone/qr/exchange/", Who::Public),
    ("POST", "/api/v1/phone/qr/exchange/", Who::Public),
    ("GET", "/api/phone/user/info/", Who::Phone),
    ("GET", "/api/v1/phone/user/info/", Who::Phone),
    ("GET", "/api/phone/app/latest/", Who::Phone),
    ("GET", "/api/v1/phone/app/latest/", Who::Phone),
    ("GET", "/api/phone/calls/pull/", Who::Phone),
    ("GET", "/api/v1/phone/calls/pull/", Who::Phone),
    ("POST", "/api/phone/calls/ack/", Who::Phone),
    ("POST", "/api/v1/phone/calls/ack/", Who::Phone),
    ("POST", "/api/phone/calls/update/", Who::Phone),
    ("POST", "/api/v1/phone/calls/update/", Who::Phone),
    ("POST", "/api/phone/logout/", Who::Phone),
    ("POST", "/api/v1/phone/logout/", Who::Phone),
    ("POST", "/api/phone/logout/all/", Who::Phone),
    ("POST", "/api/v1/phone/logout/all/", Who::Phone),
    ("GET", "/api/", Who::Everyone),
    ("GET", "/api/openapi.json", Who::Public),
    ("GET", "/api/docs/", Who::Public),
    ("GET", "/api/companies/", Who::Everyone),
    ("POST", "/api/companies/", Who::Everyone),
    ("GET", "/api/companies/{id}/", Who::Everyone),
    ("PUT", "/api/companies/{id}/", Who::Everyone),
    ("PATCH", "/api/companies/{id}/", Who::Everyone),
    ("DELETE", "/api/companies/{id}/", Who::Everyone),
    ("GET", "/api/contacts/", Who::Everyone),
    ("POST", "/api/contacts/", Who::Everyone),
    ("GET", "/api/contacts/{id}/", Who::Everyone),
    ("PUT", "/api/contacts/{id}/", Who::Everyone),
    ("PATCH", "/api/contacts/{id}/", Who::Everyone),
    ("DELETE", "/api/contacts/{id}/", Who::Everyone),
    ("GET", "/api/company-notes/", Who::Everyone),
    ("POST", "/api/company-notes/", Who::Everyone),
    ("GET", "/api/company-notes/{id}/", Who::Everyone),
    ("PUT", "/api/company-notes/{id}/", Who::Everyone),
    ("PATCH", "/api/company-notes/{id}/", Who::Everyone),
    ("DELETE", "/api/company-notes/{id}/", Who::Everyone),
    ("GET", "/api/tasks/", Who::Everyone),
    ("POST", "/api/tasks/", Who::Everyone),
    ("GET", "/api/tasks/{id}/", Who::Everyone),
    ("PUT", "/api/tasks/{id}/", Who::Everyone),
    ("PATCH", "/api/tasks/{id}/", Who::Everyone),
    ("DELETE", "/api/tasks/{id}/", Who::Everyone),
    ("GET", "/api/task-types/", Who::Everyone),
    ("POST", "/api/task-types/", Who::Everyone),
    ("GET", "/api/task-types/{id}/", Who::Everyone),
    ("PUT", "/api/task-types/{id}/", Who::Everyone),
    ("PATCH", "/api/task-types/{id}/", Who::Everyone),
    ("DELETE", "/api/task-types/{id}/", Who::Everyone),
    ("GET", "/api/statuses/", Who::Everyone),
    ("GET", "/api/spheres/", Who::Everyone),
    ("GET", "/api/contract-types/", Who::Everyone),
    ("GET", "/api/regions/", Who::Everyone),
    ("GET", "/api/users/", Who::Everyone),
    ("GET", "/api/branches/", Who::Everyone),
    ("GET", "/api/users/{id}/", Who::Everyone),
    ("GET", "/api/branches/{id}/", Who::Everyone),
];

#[test]
fn the_table_knows_every_call_and_how_it_is_guarded() {
    let mut real: Vec<_> = crate::server::route_list()
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| format!("{} {} {}", route.method, route.path, route.auth))
        .collect();
    let auth = |who| match who {
        Who::Public => "public",
        Who::Page => "bearer or session",
        Who::Phone | Who::Everyone => "bearer",
    };
    let mut known: Vec<_> = TABLE
        .iter()
        .map(|(method, path, who)| format!("{method} {path} {}", auth(*who)))
        .collect();
    real.sort();
    known.sort();
    assert_eq!(
        real, known,
        "left: the router, right: TABLE, where every call is decided by hand"
    );
}

async fn ask(client: &mut Client, method: &str, pattern: &str) -> crate::testing::Answer {
    let address = pattern.replace("{id}", "00000000-0000-7000-8000-000000000001");
    client
        .headers
        .insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    client
        .send(method.parse::<Method>().unwrap(), &address, Body::from("{}"))
        .await
}

#[tokio::test]
async fn without_a_token_there_is_401_as_json_and_a_phones_token_does_not_reach_the_base() {
    let app = TestApp::new().await;
    app.person("anna", Role::Admin, None).await;
    let mut stranger = app.browser();
    let mut cookie = app.signed_in("anna").await;
    for (method, pattern, who) in TABLE.iter().filter(|line| line.2 != Who::Public) {
        let without: &mut [&mut Client] = match who {
            Who::Page => &mut [&mut stranger],
            _ => &mut [&mut stranger, &mut cookie],
        };
        for client in without {
            let answer = ask(client, method, pattern).await;
            assert_eq!(answer.status, 401, "{method} {pattern}");
            assert_eq!(answer.json()["detail"], "Authentication credentials were not provided.");
            assert!(!answer.headers.contains_key(header::SET_COOKIE), "{method} {pattern}");
        }
        // Some of the calls end the session they are made by.
        let (mut phone, _) = app.program("anna").await;
        sqlx::query("UPDATE sessions SET kind = 'phone' WHERE kind = 'api'")
            .execute(&app.db)
            .await
            .unwrap();
        let answer = ask(&mut phone, method, pattern).await;
        let is_let_in = answer.status != 401 && answer.status != 403 || answer.text.contains("device");
        assert_eq!(is_let_in, *who == Who::Phone, "{method} {pattern}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_as_json() {
    let app = TestApp::new().await;
    let mut client = app.browser();
    let answer = client.get("/api/nothing/").await;
    assert_eq!(
        answer.expect(404).json()["detail"],
        "Возможно, запись удалили или в адресе опечатка."
    );
    let answer = client.get("/api/token/").await;
    assert!(answer.expect(405).json()["detail"].is_string());
}
