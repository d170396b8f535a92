//! A phone says what came of a call.

use serde_json::json;

use super::{Phone, click, value};
use crate::policy::Role;
use crate::testing::TestApp;

#[tokio::test]
async fn a_report_is_taken_twice_and_in_the_words_of_every_app() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    app.person("boris", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let mut foreign = Phone::of(&app, "boris", "d1").await;
    click(&mut browser, &[("phone", "+79123456789")]).await;
    let id = Phone::given(&phone.pull("").await)["id"].clone();
    let four = json!({
        "call_status": "connected",
        "call_started_at": "2026-11-23T09:00:00Z",
        "call_duration_seconds": 133,
    });
    for _ in 0..2 {
        let answer = phone.report(&id, four.clone()).await;
        assert_eq!(answer.expect(200).json(), json!({"ok": true, "call_request_id": id}));
    }
    assert_eq!(value(&app, "SELECT result FROM call_requests").await, "connected");
    assert_eq!(
        value(&app, "SELECT (finished_at AT TIME ZONE 'UTC')::text FROM call_requests").await,
        "2026-11-23 09:02:13"
    );
    browser
        .get("/calls/bar/")
        .await
        .expect_text("Дозвонился")
        .expect_text("2:13");
    // Nulls change nothing; unknown words and keys are passed over.
    phone
        .report(&id, json!({"call_status": null, "call_duration_seconds": null}))
        .await
        .expect(200);
    let newer = json!({
        "call_status": "no_action", "resolve_reason": "x", "reason_if_unknown": "y", "action_source": "manual",
        "direction": "sideways", "attempts_count": 2,
    });
    phone.report(&id, newer).await.expect(200);
    phone
        .report(&id, json!({"call_status": "some_new_word"}))
        .await
        .expect(200);
    assert_eq!(value(&app, "SELECT result FROM call_requests").await, "connected");
    foreign.report(&id, four.clone()).await.expect(404);
    let unknown = json!("0198f000-0000-7000-8000-000000000001");
    phone.report(&unknown, four).await.expect(404);
    for bad in [
        json!({"call_status": 5}),
        json!({"call_started_at": "вчера"}),
        json!({"call_duration_seconds": -1}),
    ] {
        phone.report(&id, bad).await.expect(400);
    }
    phone.report(&json!("не ключ"), json!({})).await.expect(400);
}

#[tokio::test]
async fn the_page_sees_ringing_talking_and_the_end() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    click(&mut browser, &[("phone", "+79123456789")]).await;
    let id = Phone::given(&phone.pull("&ack=1").await)["id"].clone();
    for (seq, status, words) in [
        (1, "dialing", "Вызов идёт"),
        (2, "talking", "Разговор"),
        (3, "no_answer", "Не дозвонился"),
    ] {
        phone
            .report(&id, json!({"seq": seq, "call_status": status}))
            .await
            .expect(200);
        browser.get("/calls/bar/").await.expect_text(words);
    }
    // One that was late.
    phone
        .report(&id, json!({"seq": 2, "call_status": "talking"}))
        .await
        .expect(200);
    browser.get("/calls/bar/").await.expect_text("Не дозвонился");
}

/// What is stored of the phone's words, but for when this server heard them.
const STORED: &str =
    "SELECT concat_ws('|', state, result, report_seq, extract(epoch FROM started_at), duration_seconds,
                                       extract(epoch FROM finished_at), direction, attempts, dialing_at IS NOT NULL)
                      FROM call_requests ORDER BY created_at DESC, id DESC LIMIT 1";

#[tokio::test]
async fn whatever_comes_first_the_same_is_stored() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let reports = [
        json!({"call_status": "dialing", "call_started_at": "2026-11-23T09:00:00Z", "attempts_count": 1}),
        json!({"call_status": "connected", "direction": "outgoing"}),
        json!({"call_status": "connected", "call_duration_seconds": 75, "direction": "unknown"}),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        click(&mut browser, &[("phone", "+79123456789")]).await;
        let id = Phone::given(&phone.pull("").await)["id"].clone();
        for at in order {
            phone.report(&id, reports[at].clone()).await.expect(200);
        }
        assert_eq!(
            value(&app, STORED).await,
            "ended|connected|0|1795424400.000000|75|1795424475.000000|outgoing|1|t",
            "{order:?}"
        );
    }
    assert_eq!(value(&app, "SELECT count(*)::text FROM call_requests").await, "6");
}

#[tokio::test]
async fn a_report_of_the_day_before_yesterday_is_refused() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    click(&mut browser, &[("phone", "+79123456789")]).await;
    let id = Phone::given(&phone.pull("").await)["id"].clone();
    sqlx::query("UPDATE call_requests SET created_at = now() - interval '25 hours'")
        .execute(&app.db)
        .await
        .unwrap();
    phone.report(&id, json!({"call_status": "connected"})).await.expect(409);
    crate::calls::clean(&app).await.unwrap();
    assert_eq!(value(&app, "SELECT state FROM call_requests").await, "ended");
}
