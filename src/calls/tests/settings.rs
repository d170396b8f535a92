//! How long requests live, as administrators set it.

use super::{click, value};
use crate::policy::Role;
use crate::testing::TestApp;

const PAGE: &str = "/settings/phones/requests/";
const LIFE: &str = "SELECT extract(epoch FROM expires_at - created_at)::int::text FROM call_requests
                    ORDER BY created_at DESC LIMIT 1";

#[tokio::test]
async fn the_life_of_a_request_is_set_on_a_page_and_counts_from_the_next_click_in_every_process() {
    let app = TestApp::new().await;
    let other = app.twin();
    app.person("root", Role::Admin, None).await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = other.signed_in("anna").await;
    click(&mut browser, &[("phone", "+79123456789")]).await;
    assert_eq!(value(&app, LIFE).await, "60");
    let mut admin = app.signed_in("root").await;
    let page = admin.get(PAGE).await;
    page.expect(200).expect_text("Целое число от 15 до 300");
    assert_eq!(page.attribute("[name=ttl_seconds]", "value"), Some("60".to_owned()));
    let fields = [("ttl_seconds", "120"), ("version", "1")];
    assert_eq!(admin.post(PAGE, &fields).await.expect_redirect(), PAGE);
    click(&mut browser, &[("phone", "+79990001122")]).await;
    assert_eq!(value(&app, LIFE).await, "120");
    let event = "SELECT message || ' | ' || changes::text FROM audit_events WHERE entity = 'call_settings'";
    let event = value(&app, event).await;
    assert!(
        event.contains("120\u{a0}секунд") && event.contains("60\u{a0}секунд"),
        "{event}"
    );
}

#[tokio::test]
async fn a_life_outside_its_limits_is_refused_at_the_field() {
    let app = TestApp::new().await;
    app.person("root", Role::Admin, None).await;
    let mut admin = app.signed_in("root").await;
    for typed in ["14", "301", "", "минута", "-60", "60.5", "99999999999999999999"] {
        let answer = admin.post(PAGE, &[("ttl_seconds", typed), ("version", "1")]).await;
        answer.expect(422).expect_text("от 15 до 300");
        assert_eq!(
            answer.attribute("[name=ttl_seconds]", "value").as_deref(),
            Some(typed),
            "what was typed stays"
        );
    }
    for typed in ["15", "300"] {
        let version = value(&app, "SELECT version::text FROM call_settings").await;
        let fields = [("ttl_seconds", typed), ("version", version.as_str())];
        admin.post(PAGE, &fields).await.expect_redirect();
    }
}

#[tokio::test]
async fn a_second_administrator_sees_both_lives_and_loses_nothing() {
    let app = TestApp::new().await;
    app.person("root", Role::Admin, None).await;
    let mut admin = app.signed_in("root").await;
    admin
        .post(PAGE, &[("ttl_seconds", "90"), ("version", "1")])
        .await
        .expect_redirect();
    let late = admin.post(PAGE, &[("ttl_seconds", "45"), ("version", "1")]).await;
    late.expect(409);
    assert_eq!(late.texts(".conflict .mine, .conflict .theirs"), ["45", "90"]);
    let version = late.attribute("[name=version]", "value").expect("a version");
    let fields = [("ttl_seconds", "45"), ("version", version.as_str())];
    admin.post(PAGE, &fields).await.expect_redirect();
    assert_eq!(value(&app, "SELECT ttl_seconds::text FROM call_settings").await, "45");
}
