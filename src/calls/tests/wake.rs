//! Phones that do not listen are woken, when that is set up; what they are told says nothing.

use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Phone, click, value};
use crate::calls::wake_phones;
use crate::policy::Role;
use crate::testing::{Ear, Google, Said, TestApp, google_key};

const NUMBER: (&str, &str) = ("phone", "+79123456789");

/// A process that hears and wakes, until this is dropped.
struct Awake {
    _ear: Ear,
    stop: CancellationToken,
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn awake(app: &TestApp) -> Awake {
    let stop = CancellationToken::new();
    let ear = app.ear().await;
    tokio::spawn(wake_phones(app.app.clone(), stop.clone()));
    // It listens before anything is clicked.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Awake { _ear: ear, stop }
}

/// A phone that has said how it is woken.
async fn sleeper(app: &TestApp, device: &str) -> Phone {
    let mut phone = Phone::of(app, "anna", device).await;
    let who = json!({"device_id": device, "fcm_token": format!("token-{device}")});
    let answer = phone
        .client
        .call(Method::POST, "/api/phone/devices/register/", who)
        .await;
    answer.expect(200);
    phone
}

async fn soon() {
    tokio::time::sleep(Duration::from_millis(900)).await;
}

#[tokio::test]
async fn each_call_wakes_a_sleeping_phone_once_among_all_processes_and_says_no_number() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let google = Google::start().await;
    let (one, two) = (app.waking(&google.fcm, false), app.waking(&google.fcm, false));
    let (_first, _second) = (awake(&one).await, awake(&two).await);
    let mut browser = two.signed_in("anna").await;
    let mut phone = sleeper(&one, "d1").await;
    for number in ["+79123456789", "+79990001122"] {
        click(&mut browser, &[("phone", number)]).await;
        soon().await;
    }
    google.wait_for(2).await;
    soon().await;
    let messages = google.messages();
    assert_eq!(messages.len(), 2, "{messages:?}");
    for (_, message) in &messages {
        assert_eq!(message["message"]["token"], "token-d1");
        assert_eq!(message["message"]["data"]["type"], "CALL_COMMAND_AVAILABLE");
        assert_eq!(message["message"]["android"]["priority"], "high");
        let text = message.to_string();
        assert!(
            !text.contains("9123456789") && !text.contains("9990001122") && !text.contains("anna"),
            "{text}"
        );
    }
    // Woken, it asks and is given the call.
    assert_eq!(Phone::given(&phone.pull("").await)["phone"], "+79990001122");
    let mut admin = {
        app.person("root", Role::Admin, None).await;
        one.signed_in("root").await
    };
    let page = admin.get("/settings/phones/").await;
    page.expect_text("включено")
        .expect_text("crm-test")
        .expect_text("1 телефон");
    page.expect_no_text("token-d1").expect_no_text("ещё не было");
}

#[tokio::test]
async fn a_phone_that_listens_is_not_woken() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let google = Google::start().await;
    let (one, two) = (app.waking(&google.fcm, false), app.waking(&google.fcm, false));
    let (_first, _second) = (awake(&one).await, awake(&two).await);
    let mut browser = two.signed_in("anna").await;
    let mut phone = sleeper(&one, "d1").await;
    let waiting = phone.client.get("/api/phone/calls/pull/?device_id=d1&wait_seconds=25");
    let (answer, _) = tokio::join!(waiting, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        click(&mut browser, &[NUMBER]).await
    });
    answer.expect(200);
    soon().await;
    assert_eq!(google.messages(), []);
    assert_eq!(google.grants(), Vec::<String>::new());
}

#[tokio::test]
async fn a_dead_service_delays_neither_a_click_nor_a_poll() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    // It takes connections and never says a word.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = app.waking(
        &google_key(&format!("http://{}", listener.local_addr().unwrap())),
        false,
    );
    let held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let _awake = awake(&silent).await;
    let mut browser = silent.signed_in("anna").await;
    let mut phone = sleeper(&silent, "d1").await;
    for number in ["+79123456789", "+79990001122", "+79990001133"] {
        let began = Instant::now();
        click(&mut browser, &[("phone", number)]).await;
        // Waking has begun and hangs.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(Phone::given(&phone.pull("").await)["phone"], number);
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    }
    held.abort();
}

#[tokio::test]
async fn a_phone_that_the_service_knows_no_more_is_forgotten_and_a_busy_service_is_asked_again() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let google = Google::start().await;
    let working = app.waking(&google.fcm, false);
    let _awake = awake(&working).await;
    let mut browser = working.signed_in("anna").await;
    let _phone = sleeper(&working, "d1").await;
    google.will_say(&[Said {
        status: 503,
        retry_after: Some("1"),
        body: "",
    }]);
    click(&mut browser, &[NUMBER]).await;
    google.wait_for(2).await;
    soon().await;
    let error = "SELECT error FROM push_state WHERE sent_at IS NOT NULL";
    assert_eq!(value(&app, error).await, "сервис Google занят, код 503");
    assert_eq!(google.messages().len(), 2);
    google.will_say(&[Said {
        status: 404,
        retry_after: None,
        body: r#"{"error": {"status": "NOT_FOUND", "details": [{"errorCode": "UNREGISTERED"}]}}"#,
    }]);
    click(&mut browser, &[("phone", "+79990001122")]).await;
    google.wait_for(3).await;
    soon().await;
    assert_eq!(value(&app, "SELECT push_token FROM phone_devices").await, "");
    click(&mut browser, &[("phone", "+79990001133")]).await;
    soon().await;
    assert_eq!(google.messages().len(), 3);
}

#[tokio::test]
async fn nobody_is_woken_by_a_passive_copy_or_without_a_key() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let google = Google::start().await;
    let passive = app.waking(&google.fcm, true);
    let _awake = awake(&passive).await;
    let mut browser = passive.signed_in("anna").await;
    let _phone = sleeper(&passive, "d1").await;
    click(&mut browser, &[NUMBER]).await;
    soon().await;
    assert_eq!(google.grants(), Vec::<String>::new());
    // Restored from a copy: as passive, whatever the configuration says.
    let restored = app.waking(&google.fcm, false);
    sqlx::query("UPDATE system_state SET is_passive = true")
        .execute(&app.db)
        .await
        .unwrap();
    let _restored = awake(&restored).await;
    click(&mut browser, &[("phone", "+79990001122")]).await;
    soon().await;
    assert_eq!(google.grants(), Vec::<String>::new());
    app.person("root", Role::Admin, None).await;
    let mut admin = restored.signed_in("root").await;
    admin
        .get("/settings/phones/")
        .await
        .expect_text("копия ничего не отправляет");
    // Without a key there is nothing that could.
    assert!(app.app.push.is_none());
    wake_phones(app.app.clone(), CancellationToken::new()).await;
    let mut admin = app.signed_in("root").await;
    admin
        .get("/settings/phones/")
        .await
        .expect_text("выключено")
        .expect_text("CRM_FCM_KEY_FILE");
}
