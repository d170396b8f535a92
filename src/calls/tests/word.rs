//! The person's word on a call, and the card.

use serde_json::json;

use super::{Phone, ago, click, own_calls, value};
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
async fn a_call_without_a_word_is_spoken_of_from_the_card_and_from_the_list_and_the_word_can_be_corrected() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    app.person("chief", Role::Admin, None).await;
    let card = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let number = [("phone", "+79123456789"), ("company_id", &*card.to_string())];
    let asked = click(&mut browser, &number).await;
    phone.pull("").await.expect(200);
    // Nothing is heard of it any more, and it is no longer at the foot of the page.
    ago(&app, "26 hours").await;
    crate::calls::clean(&app).await.unwrap();
    browser.get("/calls/bar/").await.expect_no_text("Ромашка");
    let outcome = format!("/calls/{}/outcome/", asked["id"].as_str().unwrap());
    let link = format!("a[href='{outcome}']");
    let calls = format!("/companies/{card}/?feed=calls");
    let list = own_calls(&app).await;
    for path in [&calls, &list] {
        let page = browser.get(path).await;
        page.expect_text("Итог неизвестен");
        assert_eq!(page.texts(&link), ["Записать итог"], "{path}");
    }
    // Of others' calls nobody speaks.
    let sheet = list.replace("/calls/", &format!("/analytics/users/{}/", anna.user.unwrap()));
    let mut other = app.signed_in("chief").await;
    for path in [&calls, &sheet] {
        let page = other.get(path).await;
        page.expect_text("Итог неизвестен").expect_no_text("Записать итог");
    }
    browser.post(&outcome, &[("outcome", "busy")]).await.expect_redirect();
    assert_eq!(browser.get(&calls).await.texts(&link), [""; 0]);
    assert_eq!(browser.get(&list).await.texts(&link), ["Изменить"]);
    let page = browser.get(&outcome).await;
    assert_eq!(page.attribute("option[selected]", "value").as_deref(), Some("busy"));
    // A second word, with what the first one had not: nothing is lost, and nothing is written twice.
    let word = [("outcome", "talked"), ("note", "Ждут счёт"), ("task", "Отправить счёт")];
    for _ in 0..2 {
        browser.post(&outcome, &word).await.expect_redirect();
    }
    let more = [("outcome", "talked"), ("note", "Ждут счёт"), ("task", "Перезвонить")];
    browser.post(&outcome, &more).await.expect_redirect();
    for (sql, expected) in [
        ("SELECT outcome FROM call_requests", "talked"),
        ("SELECT string_agg(text, '|') FROM notes", "Поговорили: Ждут счёт"),
        (
            "SELECT string_agg(title, '|' ORDER BY title DESC) FROM tasks",
            "Перезвонить|Отправить счёт",
        ),
        (
            "SELECT string_agg(changes -> 'call_outcome' ->> 'old', '|' ORDER BY at, id) || '>' ||
                    string_agg(changes -> 'call_outcome' ->> 'new', '|' ORDER BY at, id)
             FROM audit_events WHERE verb = 'outcome'",
            "|Занято>Занято|Поговорили",
        ),
    ] {
        assert_eq!(value(&app, sql).await, expected);
    }
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
