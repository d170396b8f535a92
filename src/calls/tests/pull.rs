//! A phone asks what to call.

use std::time::Duration;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::{Phone, click, steps, value};
use crate::policy::Role;
use crate::testing::TestApp;

const NUMBER: (&str, &str) = ("phone", "+79123456789");

#[tokio::test]
async fn an_older_phone_is_told_once_and_in_its_own_words() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    phone.pull("").await.expect(204);
    let asked = click(&mut browser, &[NUMBER, ("company_id", &id.to_string())]).await;
    let given = Phone::given(&phone.pull("").await);
    assert_eq!(given["id"], asked["id"]);
    assert_eq!(given["phone"], "+79123456789");
    assert_eq!(given["company_id"], id.to_string());
    assert!(given["contact_id"].is_null() && given["created_at"].is_string());
    assert_eq!(given["note"], "UI click");
    assert!((0..=60_000).contains(&given["ttl_ms"].as_i64().unwrap()));
    let nothing = phone.pull("").await;
    assert_eq!((nothing.status.as_u16(), nothing.text.as_str()), (204, ""));
}

#[tokio::test]
async fn a_phone_that_confirms_is_told_again_until_it_has_and_no_other_phone_is() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut first = Phone::of(&app, "anna", "d1").await;
    let mut second = Phone::of(&app, "anna", "d2").await;
    click(&mut browser, &[NUMBER]).await;
    let given = Phone::given(&first.pull("&ack=1").await);
    second.pull("&ack=1").await.expect(204);
    // The answer was lost on the way.
    assert_eq!(Phone::given(&first.pull("&ack=1").await)["id"], given["id"]);
    // Another phone cannot confirm it.
    second.acknowledge(&given["id"]).await.expect(404);
    first.acknowledge(&given["id"]).await.expect(200);
    first.acknowledge(&given["id"]).await.expect(200);
    first.pull("&ack=1").await.expect(204);
    second.pull("").await.expect(204);
    assert_eq!(steps(&app).await, ["pending", "delivered", "redelivered", "acked"]);
    // The next poll confirms as well.
    click(&mut browser, &[("phone", "+79990001122")]).await;
    let given = Phone::given(&second.pull("&ack=1").await);
    let last = format!("&ack=1&last_id={}", given["id"].as_str().unwrap());
    second.pull(&last).await.expect(204);
    assert_eq!(
        value(&app, "SELECT state FROM call_requests ORDER BY created_at DESC LIMIT 1").await,
        "acked"
    );
}

#[tokio::test]
async fn nothing_is_given_out_after_its_time() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    for told_before in [false, true] {
        click(&mut browser, &[NUMBER]).await;
        if told_before {
            phone.pull("&ack=1").await.expect(200);
        }
        sqlx::query("UPDATE call_requests SET expires_at = now() - interval '1 second' WHERE closed_at IS NULL")
            .execute(&app.db)
            .await
            .unwrap();
        phone.pull("&ack=1").await.expect(204);
        crate::calls::tick(&app).await.unwrap();
        let words = if told_before {
            "Телефон не подтвердил"
        } else {
            "Истекло"
        };
        browser.get("/calls/bar/").await.expect_text(words);
    }
    assert_eq!(
        steps(&app).await,
        ["pending", "expired", "pending", "delivered", "expired"]
    );
}

#[tokio::test]
async fn a_waiting_phone_hears_of_a_click_at_once_from_any_process() {
    let app = TestApp::new().await;
    let other = app.twin();
    app.person("anna", Role::Manager, None).await;
    let _ear = app.ear().await;
    let mut browser = other.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let waiting = phone.client.get("/api/phone/calls/pull/?device_id=d1&wait_seconds=25");
    let (answer, asked) = tokio::join!(waiting, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        click(&mut browser, &[NUMBER]).await
    });
    assert_eq!(Phone::given(&answer)["id"], asked["id"]);
}

#[tokio::test]
async fn a_phone_that_hangs_up_while_waiting_has_taken_nothing() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let _ear = app.ear().await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let waiting = phone.client.get("/api/phone/calls/pull/?device_id=d1&wait_seconds=25");
    assert!(tokio::time::timeout(Duration::from_millis(200), waiting).await.is_err());
    click(&mut browser, &[NUMBER]).await;
    phone.pull("").await.expect(200);
}

#[tokio::test]
async fn a_phone_that_is_taken_off_is_cut_off_in_the_middle_of_waiting() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let _ear = app.ear().await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let id = value(&app, "SELECT id::text FROM phone_devices").await;
    let waiting = phone.client.get("/api/phone/calls/pull/?device_id=d1&wait_seconds=25");
    let (answer, ()) = tokio::join!(waiting, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        browser
            .post(&format!("/mobile-app/phones/{id}/take-off/"), &[])
            .await
            .expect_redirect();
    });
    assert_eq!(answer.expect(401).json()["code"], "token_not_valid");
    let renewed = phone
        .client
        .call(Method::POST, "/api/token/refresh/", json!({"refresh": phone.refresh}))
        .await;
    renewed.expect(401);
}

#[tokio::test]
async fn strangers_and_late_tokens_are_told_apart() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let (mut client, _) = app.program("anna").await;
    let answer = client.get("/api/phone/calls/pull/").await;
    assert_eq!(answer.expect(400).json()["detail"], "device_id is required");
    let answer = client
        .get("/api/v1/phone/calls/pull/?device_id=d1&wait_seconds=0")
        .await;
    assert_eq!(answer.expect(403).json()["detail"], "Device not found or access denied");
    // A phone of one session is not asked for by another one.
    let _phone = Phone::of(&app, "anna", "d1").await;
    client
        .get("/api/phone/calls/pull/?device_id=d1&wait_seconds=0")
        .await
        .expect(403);
    app.pass(TimeDelta::minutes(16));
    let answer = client.get("/api/phone/calls/pull/?device_id=d1&wait_seconds=0").await;
    assert_eq!(answer.expect(401).json()["messages"][0]["message"], "Token is expired");
}

#[tokio::test]
async fn too_many_polls_wait_whole_seconds() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    for _ in 0..100 {
        let answer = phone.pull("").await;
        if answer.status == 429 {
            let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!(wait >= 1 && answer.json()["detail"].is_string());
            return;
        }
        answer.expect(204);
    }
    panic!("a hundred polls at once were let through");
}
