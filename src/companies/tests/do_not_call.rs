//! «Не звонить».

use super::{make, number, text};
use crate::policy::Role;
use crate::testing::{Client, TestApp};

async fn browser(app: &TestApp) -> (Client, String) {
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let fields = [
        ("name", "Ромашка"),
        ("phone", "8 343 200-00-01"),
        ("working_hours", "9–18"),
    ];
    let card = make(&mut browser, &fields).await;
    (browser, card)
}

#[tokio::test]
async fn the_mark_is_set_with_a_reason_seen_everywhere_and_taken_off() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let path = format!("{card}do-not-call/");
    browser.get(&card).await.expect_text("Можно звонить сейчас");
    browser.get(&path).await.expect(200);
    let sent = [("reason", "Просили писать"), ("seen", "")];
    assert_eq!(browser.post(&path, &sent).await.expect_redirect(), card);
    let marked = browser.get(&card).await;
    marked
        .expect_text("Просили писать")
        .expect_no_text("Можно звонить сейчас");
    for page in ["/companies/?all=1", "/search/?q=ромашка"] {
        let title = browser.get(page).await.attribute(".badge.danger", "title");
        assert_eq!(title.as_deref(), Some("Не звонить: Просили писать"), "{page}");
    }
    let by = text(
        &app,
        "SELECT person.username || ' ' || company.version
         FROM companies AS company JOIN users AS person ON person.id = company.do_not_call_by",
    )
    .await;
    assert_eq!(by, "petrov 2");
    browser
        .post(
            &path,
            &[("reason", "Просили только писать"), ("seen", "Просили писать")],
        )
        .await
        .expect_redirect();
    browser
        .post(&format!("{path}clear/"), &[("seen", "Просили только писать")])
        .await
        .expect_redirect();
    browser.get(&card).await.expect_text("Можно звонить сейчас");
    let logged: Vec<String> =
        sqlx::query_scalar("SELECT changes ->> 'do_not_call' FROM audit_events WHERE verb = 'update' ORDER BY at, id")
            .fetch_all(&app.app.db)
            .await
            .expect("events");
    assert_eq!(
        logged,
        [
            r#"{"new": "Просили писать", "old": ""}"#,
            r#"{"new": "Просили только писать", "old": "Просили писать"}"#,
            r#"{"new": "", "old": "Просили только писать"}"#,
        ]
    );
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_mark_without_a_reason_or_with_a_novel_is_refused_and_the_text_stays() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let path = format!("{card}do-not-call/");
    browser
        .post(&path, &[("reason", " \n ")])
        .await
        .expect(422)
        .expect_text("Напишите, почему этой компании не звонят.");
    let long = "а".repeat(302);
    let refused = browser.post(&path, &[("reason", &long)]).await;
    refused
        .expect(422)
        .expect_text("Причина длиннее 300 знаков: 2 лишних знака.");
    assert_eq!(refused.texts("textarea[name=reason]"), [long]);
    browser
        .post(&path, &[("reason", &"а".repeat(300))])
        .await
        .expect_redirect();
    assert_eq!(
        number(&app, "SELECT count(*) FROM companies WHERE do_not_call_at IS NOT NULL").await,
        1
    );
}

#[tokio::test]
async fn of_two_marks_the_second_shows_both_reasons_and_an_unread_one_is_not_taken_off() {
    let app = TestApp::new().await;
    let (mut one, card) = browser(&app).await;
    let mut two = one.moved_to(&app.twin());
    let path = format!("{card}do-not-call/");
    two.post(&path, &[("reason", "Их причина"), ("seen", "")])
        .await
        .expect_redirect();
    let asked = one.post(&path, &[("reason", "Моя причина"), ("seen", "")]).await;
    asked.expect(409);
    assert_eq!(asked.texts("td.theirs"), ["Их причина"]);
    assert_eq!(asked.texts("td.mine"), ["Моя причина"]);
    assert_eq!(asked.texts("textarea[name=reason]"), ["Моя причина"]);
    one.post(&format!("{path}clear/"), &[("seen", "Старая причина")])
        .await
        .expect_redirect();
    let stored = "SELECT do_not_call_reason FROM companies";
    assert_eq!(text(&app, stored).await, "Их причина");
    let seen = asked.attribute("input[name=seen]", "value").expect("theirs");
    one.post(&path, &[("reason", "Моя причина"), ("seen", &seen)])
        .await
        .expect_redirect();
    assert_eq!(text(&app, stored).await, "Моя причина");
    // The same wish once more is no event.
    let events = number(&app, "SELECT count(*) FROM audit_events").await;
    one.post(&path, &[("reason", "Моя причина"), ("seen", "")])
        .await
        .expect_redirect();
    assert_eq!(number(&app, "SELECT count(*) FROM audit_events").await, events);
}
