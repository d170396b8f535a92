//! Both older apps, call by call, as they stand on people's phones (the older CRM's §4.7 and §4.8): nothing here may change.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{click, value};
use crate::policy::Role;
use crate::testing::{Answer, Client, PASSWORD, TestApp};

/// The first app: signs in by password, keeps its first refresh token for ever, polls each second and a half.
struct First {
    client: Client,
    refresh: String,
}

impl First {
    async fn start(app: &TestApp) -> Self {
        let mut client = app.browser();
        client.headers.insert("user-agent", "okhttp/4.12.0".parse().unwrap());
        let kind = "application/json; charset=utf-8".parse().unwrap();
        client.headers.insert("content-type", kind);
        let login = json!({"username": "anna", "password": PASSWORD});
        let tokens = client.call(Method::POST, "/api/token/", login).await.expect(200).json();
        client.bear(tokens["access"].as_str().unwrap());
        let refresh = tokens["refresh"].as_str().unwrap().to_owned();
        let mut first = Self { client, refresh };
        let device = json!({"device_id": "a1b2c3d4e5f60718", "device_name": "SM-A515F"});
        first.post("/api/phone/devices/register/", device).await.expect(200);
        first
    }

    async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.client.call(Method::POST, path, body).await
    }

    /// Asks; on 401 renews and asks once more. Any other answer to the renewal would sign it out.
    async fn poll(&mut self) -> Answer {
        let path = "/api/phone/calls/pull/?device_id=a1b2c3d4e5f60718";
        let answer = self.client.get(path).await;
        if answer.status != 401 {
            return answer;
        }
        let refresh = json!({"refresh": self.refresh});
        let renewed = self.post("/api/token/refresh/", refresh).await;
        self.client.bear(renewed.expect(200).json()["access"].as_str().unwrap());
        self.client.get(path).await
    }
}

#[tokio::test]
async fn the_first_app_works_as_it_is() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = First::start(&app).await;
    let began = std::time::Instant::now();
    let nothing = phone.poll().await;
    assert_eq!((nothing.status.as_u16(), nothing.bytes.len()), (204, 0));
    // It hangs up after ten seconds.
    assert!(began.elapsed().as_secs() < 8);
    click(&mut browser, &[("phone", "8 (912) 345-67-89")]).await;
    let command = phone.poll().await.expect(200).json();
    assert_eq!(command["phone"], "+79123456789");
    let report = json!({
        "call_request_id": command["id"],
        "call_status": "connected",
        "call_started_at": "2026-11-23T09:00:00Z",
        "call_duration_seconds": 42,
    });
    phone.post("/api/phone/calls/update/", report).await.expect(200);
    assert_eq!(
        value(&app, "SELECT result || duration_seconds FROM call_requests").await,
        "connected42"
    );
    phone.poll().await.expect(204);
    // Its access token gets old again and again; the refresh token is the first one for ever.
    for _ in 0..3 {
        app.pass(TimeDelta::minutes(40));
        phone.poll().await.expect(204);
    }
    // Only the end of the session signs it out.
    browser
        .post("/account/sessions/end-others/", &[])
        .await
        .expect_redirect();
    phone
        .client
        .get("/api/phone/calls/pull/?device_id=a1b2c3d4e5f60718")
        .await
        .expect(401);
    let refresh = json!({"refresh": phone.refresh});
    phone.post("/api/token/refresh/", refresh).await.expect(401);
}

/// It sends «connected» of every call that it made; only the length tells that nobody answered.
#[tokio::test]
async fn what_the_first_app_says_of_a_call_in_vain_is_no_talk() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let card = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = First::start(&app).await;
    let card = card.to_string();
    let talks = "SELECT count(*) FILTER (WHERE is_talk)::text FROM call_requests";
    for (seconds, words, talked) in [
        (json!(0), "Не дозвонился", "0"),
        // It does not say how long.
        (json!(null), "Дозвонился", "1"),
        (json!(31), "Дозвонился", "2"),
    ] {
        click(&mut browser, &[("phone", "+79123456789"), ("company_id", &card)]).await;
        let command = phone.poll().await.expect(200).json();
        let report = json!({
            "call_request_id": command["id"], "call_status": "connected",
            "call_started_at": "2026-11-23T09:00:00Z", "call_duration_seconds": seconds,
        });
        let answer = phone.post("/api/phone/calls/update/", report).await;
        assert_eq!(answer.expect(200).json()["ok"], true);
        let badges = browser.get("/calls/bar/").await.texts(".call-state .badge");
        assert_eq!(badges, [words], "{seconds}");
        assert_eq!(value(&app, talks).await, talked, "{seconds}");
        super::ago(&app, "1 minute").await;
    }
    let page = browser.get(&format!("/companies/{card}/?feed=calls")).await;
    let badges = page.texts(".event.call .badge");
    assert_eq!(
        badges.iter().filter(|words| *words == "Не дозвонился").count(),
        1,
        "{badges:?}"
    );
    let page = browser.get(&super::own_calls(&app).await).await;
    assert_eq!(page.texts("dl.verdicts dd")[..2], ["3", "2"]);
    // A length that comes later is the proof of a talk.
    let id = value(&app, "SELECT id::text FROM call_requests WHERE duration_seconds = 0").await;
    let report = json!({"call_request_id": id, "call_status": "connected", "call_duration_seconds": 12});
    phone.post("/api/phone/calls/update/", report).await.expect(200);
    assert_eq!(value(&app, talks).await, "3");
}

#[tokio::test]
async fn a_thousand_renewals_of_one_token_are_all_answered() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let phone = First::start(&app).await;
    let renewals = (0..40).map(|_| async {
        let mut client = app.browser();
        for _ in 0..25 {
            let answer = client
                .call(Method::POST, "/api/token/refresh/", json!({"refresh": phone.refresh}))
                .await;
            assert!(answer.expect(200).json()["access"].is_string());
        }
    });
    futures::future::join_all(renewals).await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one life of an app is read as one")]
async fn the_second_app_works_as_it_is() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let _ear = app.ear().await;
    let mut browser = app.signed_in("anna").await;
    // 1. The picture.
    let page = browser.post("/mobile-app/connect/", &[]).await;
    let link = page.attribute("a[href^='/mobile-app/qr.png']", "href").unwrap();
    let token = link.split_once("token=").unwrap().1.to_owned();
    let mut phone = app.browser();
    let tokens = phone
        .call(Method::POST, "/api/phone/qr/exchange/", json!({"token": token}))
        .await;
    let tokens = tokens.expect(200).json();
    assert!(tokens["username"].is_string() && tokens["is_admin"].is_boolean());
    phone.bear(tokens["access"].as_str().unwrap());
    // 2. First without a push token, later with one.
    for push in [None, Some("push-token")] {
        let mut device = json!({"device_id": "f0e1d2c3b4a59687", "device_name": "Pixel 7"});
        if let Some(push) = push {
            device["fcm_token"] = json!(push);
        }
        phone
            .call(Method::POST, "/api/phone/devices/register/", device)
            .await
            .expect(200);
    }
    assert_eq!(value(&app, "SELECT push_token FROM phone_devices").await, "push-token");
    // 3. Without a hint of how long, an answer takes over a second, so that it goes back to long polls.
    let pull = "/api/phone/calls/pull/?device_id=f0e1d2c3b4a59687";
    let began = std::time::Instant::now();
    phone.get(pull).await.expect(204);
    assert!(began.elapsed().as_millis() >= 1000, "it would ask once in ten seconds");
    let long = format!("{pull}&wait_seconds=25");
    let (told, asked) = tokio::join!(phone.get(&long), async {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        click(&mut browser, &[("phone", "+79990001122")]).await
    });
    assert_eq!(told.expect(200).json()["id"], asked["id"]);
    // It never confirms, and must not dial twice.
    phone.get(&format!("{pull}&wait_seconds=0")).await.expect(204);
    // 4. A renewal reads only the access token, and the first refresh token goes on working.
    for _ in 0..2 {
        let body = json!({"refresh": tokens["refresh"]});
        let renewed = phone.call(Method::POST, "/api/token/refresh/", body).await;
        phone.bear(renewed.expect(200).json()["access"].as_str().unwrap());
    }
    // 5. Its log, and 6. what only a full build sends.
    let journal = json!({"device_id": "f0e1d2c3b4a59687", "ts": "2026-11-23T09:00:00Z", "level_summary": "I:10,W:1",
                     "source": "app", "payload": "{\"events\": 11}"});
    let saved = phone.call(Method::POST, "/api/phone/logs/", journal).await;
    assert_eq!(saved.expect(200).json(), json!({"ok": true, "saved": 1}));
    let report = json!({
        "call_request_id": asked["id"], "call_status": "no_action", "call_started_at": "2026-11-23T12:00:00+03:00",
        "call_duration_seconds": 0, "call_ended_at": "2026-11-23T12:00:10+03:00", "direction": "outgoing",
        "resolve_method": "retry", "resolve_reason": "timeout", "reason_if_unknown": "none", "attempts_count": 3,
        "action_source": "manual",
    });
    phone
        .call(Method::POST, "/api/phone/calls/update/", report)
        .await
        .expect(200);
    let stuck =
        json!({"queue_stuck": true, "stuck_count": 2, "oldest_stuck_age_sec": 600, "stuck_by_type": {"update": 2}});
    phone
        .call(Method::POST, "/api/phone/devices/heartbeat/", stuck)
        .await
        .expect(400);
}
