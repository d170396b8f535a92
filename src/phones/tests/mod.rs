//! Phones: connecting by a picture, signs of life, taking off.

mod apps;

use axum::http::Method;
use serde_json::{Value, json};

use crate::policy::Role;
use crate::testing::{Client, TestApp};

/// A picture of this browser's person: the secret in it.
async fn picture(browser: &mut Client) -> String {
    let page = browser.post("/mobile-app/connect/", &[]).await;
    let link = page
        .expect(200)
        .attribute("a[href^='/mobile-app/qr.png']", "href")
        .expect("a link");
    link.split_once("token=").expect("a secret").1.to_owned()
}

async fn exchange(client: &mut Client, token: &str) -> (u16, Value) {
    let answer = client
        .call(Method::POST, "/api/phone/qr/exchange/", json!({"token": token}))
        .await;
    (answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn a_picture_connects_one_phone_once_and_for_calls_only() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    app.person("boris", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let token = picture(&mut browser).await;
    assert_eq!(token.len(), 86);
    let png = browser.get(&format!("/mobile-app/qr.png?token={token}")).await;
    assert!(png.bytes.starts_with(b"\x89PNG") && png.headers["cache-control"] == "no-store");
    // Nobody else's picture is shown.
    let mut other = app.signed_in("boris").await;
    other
        .get(&format!("/mobile-app/qr.png?token={token}"))
        .await
        .expect(404);
    let mut phone = app.browser();
    let (status, body) = exchange(&mut phone, &format!(" {token} ")).await;
    assert_eq!(
        (status, &body["username"], &body["is_admin"]),
        (200, &json!("anna"), &json!(false))
    );
    let (status, refused) = exchange(&mut app.browser(), &token).await;
    assert_eq!(
        (status, refused),
        (400, json!({"detail": "Неверный или истекший токен"}))
    );
    phone.bear(body["access"].as_str().unwrap());
    let info = phone.get("/api/phone/user/info/").await;
    assert_eq!(info.expect(200).json(), json!({"username": "anna", "is_admin": false}));
    // It makes no further pictures: a stolen phone connects no other.
    phone
        .call(Method::POST, "/api/phone/qr/create/", json!({}))
        .await
        .expect(403);
    browser
        .get(&format!("/mobile-app/qr.png?token={token}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_picture_is_over_after_five_minutes_and_with_the_next_one() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let first = picture(&mut browser).await;
    let second = picture(&mut browser).await;
    assert_eq!(exchange(&mut app.browser(), &first).await.0, 400);
    sqlx::query("UPDATE phone_pairings SET expires_at = now()")
        .execute(&app.db)
        .await
        .unwrap();
    assert_eq!(exchange(&mut app.browser(), &second).await.0, 400);
    let (mut program, _) = app.program("anna").await;
    let made = program.call(Method::POST, "/api/phone/qr/create/", json!({})).await;
    let token = made.expect(200).json()["token"].as_str().unwrap().to_owned();
    let status = |body: &Value| body["status"].as_str().unwrap().to_owned();
    let address = format!("/api/phone/qr/status/?token={token}");
    assert_eq!(status(&program.get(&address).await.expect(200).json()), "pending");
    exchange(&mut app.browser(), &token).await;
    assert_eq!(status(&program.get(&address).await.expect(200).json()), "used");
    assert_eq!(
        status(&program.get("/api/phone/qr/status/?token=x").await.expect(404).json()),
        "not_found"
    );
    program.get("/api/phone/qr/status/").await.expect(400);
    // More often than once in ten seconds.
    let again = program.call(Method::POST, "/api/phone/qr/create/", json!({})).await;
    assert!(again.expect(429).headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_page_makes_a_picture_and_asks_for_it_by_its_cookie_and_another_sites_page_does_not() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    app.person("boris", Role::Manager, None).await;
    let mut page = app.signed_in("anna").await;
    let csrf = page.get("/mobile-app/").await.csrf();
    let create = async |page: &mut Client| page.call(Method::POST, "/api/phone/qr/create/", json!({})).await;
    create(&mut page).await.expect(403);
    page.headers.insert("x-csrf-token", "wrong".parse().unwrap());
    create(&mut page).await.expect(403);
    page.headers.insert("x-csrf-token", csrf.parse().unwrap());
    page.headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
    create(&mut page).await.expect(403);
    page.headers.remove("sec-fetch-site");
    let token = create(&mut page).await.expect(200).json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    page.headers.clear();
    let address = format!("/api/v1/phone/qr/status/?token={token}");
    assert_eq!(page.get(&address).await.expect(200).json()["status"], "pending");
    app.signed_in("boris").await.get(&address).await.expect(404);
    // A cookie beside a token that is none counts for nothing.
    page.bear("x");
    page.get(&address).await.expect(401);
    app.browser().get(&address).await.expect(401);
}

#[tokio::test]
async fn what_apps_write_is_kept_within_its_limits() {
    let app = TestApp::new().await;
    app.person("anna", Role::Admin, None).await;
    let (mut phone, _) = app.program("anna").await;
    let post = async |phone: &mut Client, path: &str, body: Value| {
        let answer = phone.call(Method::POST, &format!("/api/v1/phone/{path}"), body).await;
        (answer.status.as_u16(), answer.json())
    };
    let beat = json!({"device_id": "d1", "app_version": "0.5", "queue_stuck": true, "stuck_count": 3, "extra": [1]});
    let (status, body) = post(&mut phone, "devices/heartbeat/", beat).await;
    assert_eq!((status, &body["app_version"]), (200, &json!("0.5")));
    assert_eq!(post(&mut phone, "devices/heartbeat/", json!({})).await.0, 400);
    let saved = |count: usize| (200, json!({"ok": true, "saved": count}));
    assert_eq!(post(&mut phone, "telemetry/", json!({"items": []})).await, saved(0));
    let item = json!({"type": "latency", "endpoint": "pull", "value_ms": 12});
    assert_eq!(
        post(&mut phone, "telemetry/", json!({"items": vec![item.clone(); 100]})).await,
        saved(100)
    );
    assert_eq!(
        post(&mut phone, "telemetry/", json!({"items": vec![item; 101]}))
            .await
            .0,
        400
    );
    let line = |length: usize| json!({"device_id": "d1", "level_summary": "info", "payload": "я".repeat(length)});
    assert_eq!(post(&mut phone, "logs/", line(50_000)).await, saved(1));
    assert_eq!(post(&mut phone, "logs/", json!([line(1), line(2)])).await, saved(2));
    assert_eq!(post(&mut phone, "logs/", line(50_001)).await.0, 400);
    let mut browser = app.signed_in("anna").await;
    let page = browser.get("/settings/phones/").await;
    page.expect_text("d1")
        .expect_text("на связи")
        .expect_text("Не отправлено отчётов: 3");
    let show = page.attribute("td a[href^='/settings/phones/']", "href").unwrap();
    browser.get(&show).await.expect_text("info");
}

#[tokio::test]
async fn two_people_may_share_a_phone_and_each_takes_off_only_the_own() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    app.person("boris", Role::Manager, None).await;
    for login in ["anna", "boris"] {
        let (mut phone, _) = app.program(login).await;
        for _ in 0..2 {
            let who = json!({"device_id": "shared", "device_name": "Общий"});
            phone
                .call(Method::POST, "/api/phone/devices/register/", who)
                .await
                .expect(200);
        }
    }
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT id FROM phone_devices ORDER BY created_at")
        .fetch_all(&app.db)
        .await
        .unwrap();
    assert_eq!(ids.len(), 2);
    let mut anna = app.signed_in("anna").await;
    anna.get("/mobile-app/").await.expect_text("Общий");
    anna.post(&format!("/mobile-app/phones/{}/take-off/", ids[1]), &[])
        .await
        .expect_redirect();
    anna.post(&format!("/mobile-app/phones/{}/take-off/", ids[0]), &[])
        .await
        .expect_redirect();
    let left: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT id FROM phone_devices")
        .fetch_all(&app.db)
        .await
        .unwrap();
    assert_eq!(left, [ids[1]]);
}
