//! The person's word on a call, and the card.

use serde_json::json;

use super::{Phone, click, value};
use crate::policy::Role;
use crate::testing::TestApp;

#[tokio::test]
async fn a_word_with_a_note_and_the_next_task_is_written_once_and_stands_on_the_card() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let card = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let asked = click(
        &mut browser,
        &[("phone", "+79123456789"), ("company_id", &card.to_string())],
    )
    .await;
    phone.pull("").await.expect(200);
    phone
        .report(
            &asked["id"],
            json!({"call_status": "connected", "call_duration_seconds": 65}),
        )
        .await
        .expect(200);
    let address = format!("/calls/{}/outcome/", asked["id"].as_str().unwrap());
    browser.get(&address).await.expect_text("Чем кончился");
    let refused = browser
        .post(
            &address,
            &[("outcome", "talked"), ("task", "Счёт"), ("due", "когда-нибудь")],
        )
        .await;
    refused.expect(422);
    assert_eq!(refused.attribute("input[name=task]", "value").as_deref(), Some("Счёт"));
    let word = [
        ("outcome", "talked"),
        ("note", "Ждут счёт"),
        ("task", "Отправить счёт"),
        ("due", "завтра 10:00"),
    ];
    for _ in 0..2 {
        browser.post(&address, &word).await.expect_redirect();
    }
    assert_eq!(value(&app, "SELECT count(*)::text FROM notes").await, "1");
    assert_eq!(value(&app, "SELECT text FROM notes").await, "Поговорили: Ждут счёт");
    assert_eq!(value(&app, "SELECT count(*)::text FROM tasks").await, "1");
    let page = browser.get(&format!("/companies/{card}/?feed=calls")).await;
    page.expect_text("Звонок")
        .expect_text("Поговорили")
        .expect_text("1:05")
        .expect_text("+7 (912) 345-67-89");
    browser.get("/calls/bar/").await.expect_no_text("Ромашка");
}

#[tokio::test]
async fn a_foreign_call_is_nobodys_to_speak_of() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    app.person("boris", Role::Admin, None).await;
    let mut browser = app.signed_in("anna").await;
    let asked = click(&mut browser, &[("phone", "+79123456789")]).await;
    let mut other = app.signed_in("boris").await;
    for act in ["outcome", "put-away"] {
        let address = format!("/calls/{}/{act}/", asked["id"].as_str().unwrap());
        other.post(&address, &[("outcome", "busy")]).await.expect(404);
    }
}

#[tokio::test]
async fn calls_outlive_their_card_and_come_back_with_it_and_lose_their_number_when_it_is_erased() {
    let app = TestApp::new().await;
    let boss = app.person("boss", Role::Admin, None).await;
    let card = app.company("ООО «Ромашка»").of(&boss).create(&app).await;
    let mut browser = app.signed_in("boss").await;
    let mut phone = Phone::of(&app, "boss", "d1").await;
    click(
        &mut browser,
        &[("phone", "+79123456789"), ("company_id", &card.to_string())],
    )
    .await;
    phone.pull("").await.expect(200);
    let reason = [("reason", "Закрылись"), ("sure", "1")];
    browser
        .post(&format!("/companies/{card}/delete/"), &reason)
        .await
        .expect_redirect();
    assert_eq!(value(&app, "SELECT phone FROM call_requests").await, "+79123456789");
    let mut conn = app.conn().await;
    crate::calls::erase(&mut conn, &[card.0]).await.unwrap();
    assert_eq!(
        value(
            &app,
            "SELECT phone || COALESCE(company_id::text, '-') FROM call_requests"
        )
        .await,
        "-"
    );
}

#[tokio::test]
async fn a_task_that_one_may_not_set_is_refused_at_its_field_and_a_word_alone_ends_a_silent_call() {
    let app = TestApp::new().await;
    let boris = app.person("boris", Role::Manager, None).await;
    app.person("anna", Role::Manager, None).await;
    let card = app.company("Чужая").of(&boris).create(&app).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let number = [("phone", "+79123456789"), ("company_id", &card.to_string())];
    let asked = click(&mut browser, &number).await;
    phone.pull("").await.expect(200);
    let address = format!("/calls/{}/outcome/", asked["id"].as_str().unwrap());
    let word = [("outcome", "talked"), ("note", "Ждут счёт"), ("task", "Счёт")];
    let refused = browser.post(&address, &word).await;
    refused
        .expect(422)
        .expect_text("Ставить задачи по компании могут те, кто может её менять");
    refused.expect_text("Ждут счёт");
    assert_eq!(value(&app, "SELECT count(outcome)::text FROM call_requests").await, "0");
    let long = "я".repeat(20_001);
    let refused = browser.post(&address, &[("outcome", "talked"), ("note", &long)]).await;
    assert!(!refused.expect(422).texts("#f-note-error").is_empty());
    browser.post(&address, &word[..2]).await.expect_redirect();
    assert_eq!(value(&app, "SELECT state FROM call_requests").await, "ended");
}
