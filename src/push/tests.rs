//! The way to the service, against one on this machine.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeZone as _, Utc};
use serde_json::{Value, json};

use super::{Push, Woken};
use crate::db::{Outward, outward};
use crate::testing::{Google, Said, TestApp, google_key};

const LIFE: Duration = Duration::from_secs(42);
const UNREGISTERED: &str = r#"{"error": {"code": 404, "status": "NOT_FOUND", "details": [
    {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"}]}}"#;
const BAD_TOKEN: &str = r#"{"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [
    {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "message.token"}]}]}}"#;
const BAD_MESSAGE: &str = r#"{"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [
    {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "message.android"}]}]}}"#;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).single().expect("a moment")
}

async fn right(app: &TestApp) -> Outward {
    let mut config = (*app.config).clone();
    config.passive = false;
    outward(&app.db, &config).await.expect("an answer").expect("the right")
}

fn said(status: u16, body: &'static str) -> Said {
    Said {
        status,
        retry_after: None,
        body,
    }
}

/// A part of a signed word.
fn part(word: &str, at: usize) -> Value {
    let part = word.split('.').nth(at).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("letters")).expect("JSON")
}

#[tokio::test]
async fn a_signed_word_is_changed_for_a_token_which_is_kept() {
    let app = TestApp::new().await;
    let (google, right) = (Google::start().await, right(&app).await);
    let push = Push::new(google.fcm.clone());
    for _ in 0..3 {
        assert_eq!(push.wake(&right, "t1", LIFE, now()).await, Woken::Sent);
    }
    let grants = google.grants();
    assert_eq!(grants.len(), 1);
    let asked: Vec<(String, String)> = form_urlencoded::parse(grants[0].as_bytes()).into_owned().collect();
    assert_eq!(asked[0].1, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let word = &asked[1].1;
    assert_eq!(part(word, 0), json!({"typ": "JWT", "alg": "RS256", "kid": "k1"}));
    assert_eq!(
        part(word, 1),
        json!({"iss": "push@crm-test.example", "aud": google.fcm.token_url, "iat": now().timestamp(),
               "exp": now().timestamp() + 3600, "scope": "https://www.googleapis.com/auth/firebase.messaging"})
    );
    let (token, message) = &google.messages()[2];
    assert_eq!(token, "Bearer access-1");
    assert_eq!(
        *message,
        json!({"message": {
            "token": "t1",
            "data": {"type": "CALL_COMMAND_AVAILABLE", "reason": "new_call"},
            "android": {"priority": "high", "ttl": "42s", "collapse_key": "call"}}})
    );
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_fetched_anew_once() {
    let app = TestApp::new().await;
    let (google, right) = (Google::start().await, right(&app).await);
    let push = Push::new(google.fcm.clone());
    google.will_say(&[said(401, "{}")]);
    assert_eq!(push.wake(&right, "t1", LIFE, now()).await, Woken::Sent);
    google.will_say(&[said(401, "{}"), said(401, "{}"), said(401, "{}")]);
    let woken = push.wake(&right, "t1", LIFE, now()).await;
    assert!(matches!(woken, Woken::Refused(_)), "{woken:?}");
    assert_eq!((google.messages().len(), google.grants().len()), (4, 3));
}

#[tokio::test]
async fn only_the_service_itself_can_say_that_a_phone_is_gone() {
    let app = TestApp::new().await;
    let (google, right) = (Google::start().await, right(&app).await);
    let push = Push::new(google.fcm.clone());
    for (answer, is_gone) in [
        (said(404, UNREGISTERED), true),
        (said(404, r#"{"error": {"code": 404, "status": "NOT_FOUND"}}"#), true),
        (said(400, BAD_TOKEN), true),
        (said(400, BAD_MESSAGE), false),
        (said(404, "<html>Нет такой страницы</html>"), false),
        (said(403, "{}"), false),
        (said(302, ""), false),
    ] {
        google.will_say(&[answer]);
        let woken = push.wake(&right, "t1", LIFE, now()).await;
        assert_eq!(woken == Woken::Gone, is_gone, "{answer:?} {woken:?}");
        assert!(is_gone || matches!(woken, Woken::Refused(_)), "{answer:?} {woken:?}");
    }
}

#[tokio::test]
async fn a_busy_service_is_left_alone_for_as_long_as_it_asks_and_longer_each_time() {
    let app = TestApp::new().await;
    let (google, right) = (Google::start().await, right(&app).await);
    for (retry_after, least) in [(Some("7"), 7), (None, 1), (Some("Wed, 21 Oct 2026 07:28:00 GMT"), 1)] {
        let push = Push::new(google.fcm.clone());
        let before = google.messages().len();
        google.will_say(&[Said {
            status: 429,
            retry_after,
            body: "",
        }]);
        let Woken::Later(pause, _) = push.wake(&right, "t1", LIFE, now()).await else {
            panic!("it was not told to wait");
        };
        assert_eq!(pause.as_secs(), least);
        // Nothing is sent meanwhile, to no phone.
        assert!(matches!(push.wake(&right, "t2", LIFE, now()).await, Woken::Later(..)));
        assert_eq!(google.messages().len(), before + 1);
    }
    let push = Push::new(google.fcm.clone());
    let pauses: Vec<u64> = (0..12)
        .map(|_| push.fall_silent(None, String::new()).as_secs())
        .collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_trouble_and_nothing_else() {
    let app = TestApp::new().await;
    let right = right(&app).await;
    // Nobody listens on a port that was just given back.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let push = Push::new(google_key(&url));
    let Woken::Later(_, why) = push.wake(&right, "t1", LIFE, now()).await else {
        panic!("somebody answered");
    };
    assert_eq!(why, "сервис Google не отвечает: нет связи");
}
