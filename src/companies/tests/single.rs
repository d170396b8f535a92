//! One field of a card, edited alone.

use chrono::TimeDelta;

use super::{make, number, text};
use crate::policy::Role;
use crate::testing::{Client, TestApp};

async fn browser(app: &TestApp) -> (Client, String) {
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let card = make(&mut browser, &[("name", "Ромашка"), ("address", "Пермь")]).await;
    (browser, card)
}

#[tokio::test]
async fn one_field_is_changed_without_script_and_the_log_has_both_values() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let path = format!("{card}fields/address/");
    assert!(
        browser
            .get(&card)
            .await
            .attribute(&format!("a[href='{path}']"), "aria-label")
            .is_some()
    );
    let page = browser.get(&path).await;
    page.expect(200);
    assert_eq!(page.texts("textarea[name=address]"), ["Пермь"]);
    assert_eq!(page.attribute("input[name=seen]", "value").as_deref(), Some("Пермь"));
    let sent = [("address", "Пермь, ул. Мира, 1"), ("seen", "Пермь")];
    assert_eq!(browser.post(&path, &sent).await.expect_redirect(), card);
    browser.get(&card).await.expect_text("Пермь, ул. Мира, 1");
    let logged = text(&app, "SELECT changes::text FROM audit_events WHERE verb = 'update'").await;
    assert!(logged.contains("\"Пермь\"") && logged.contains("ул. Мира"), "{logged}");
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);
}

#[tokio::test]
async fn every_field_is_written_alone() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    for (field, value, column) in [
        ("name", "Лютик", "name"),
        ("legal_name", "ООО «Лютик»", "legal_name"),
        ("inn", "7707083893", "inn"),
        ("kpp", "770701001", "kpp"),
        ("ogrn", "1027700132195", "ogrn"),
        ("website", "lutik.example", "website"),
        ("activity_kind", "Цветы", "activity_kind"),
        ("contact_name", "Марья Искусница", "contact_name"),
        ("contact_position", "Директор", "contact_position"),
        ("working_hours", "9–18", "working_hours"),
        ("contract_amount", "70 000,50", "contract_amount"),
        ("contract_until", "31.12.2026", "contract_until"),
        ("contract_type", "frame", "contract_type"),
        ("region", "1", "region_id"),
        ("time_zone", "Asia/Omsk", "time_zone"),
    ] {
        let sent = [(field, value), ("seen", "")];
        let seen = if field == "name" {
            &[(field, value), ("seen", "Ромашка")]
        } else {
            &sent
        };
        browser
            .post(&format!("{card}fields/{field}/"), seen)
            .await
            .expect_redirect();
        let stored: String = sqlx::query_scalar("SELECT to_jsonb(company) ->> $1 FROM companies AS company")
            .bind(column)
            .fetch_one(&app.app.db)
            .await
            .expect("a text");
        let expected = match field {
            "contract_amount" => "70000.50",
            "contract_until" => "2026-12-31",
            _ => value,
        };
        assert_eq!(stored, expected, "{field}");
    }
    assert_eq!(text(&app, "SELECT address FROM companies").await, "Пермь");
    assert_eq!(crate::verify::broken(&app).await, [""; 0]);
}

#[tokio::test]
async fn the_second_save_of_one_field_shows_both_texts_and_other_fields_never_conflict() {
    let app = TestApp::new().await;
    let (mut one, card) = browser(&app).await;
    let mut two = one.moved_to(&app.twin());
    let path = format!("{card}fields/address/");
    two.post(
        &format!("{card}fields/website/"),
        &[("website", "a.example"), ("seen", "")],
    )
    .await
    .expect_redirect();
    two.post(&path, &[("address", "Пермь их"), ("seen", "Пермь")])
        .await
        .expect_redirect();

    let conflict = one.post(&path, &[("address", "Пермь моя"), ("seen", "Пермь")]).await;
    conflict.expect(409);
    assert_eq!(conflict.texts("td.theirs"), ["Пермь их"]);
    assert_eq!(conflict.texts("td.mine"), ["Пермь моя"]);
    assert_eq!(
        conflict.texts("textarea[name=address]"),
        ["Пермь моя"],
        "what was typed stays"
    );
    assert_eq!(text(&app, "SELECT address FROM companies").await, "Пермь их");
    let seen = conflict
        .attribute("input[name=seen]", "value")
        .expect("what is there now");
    assert_eq!(seen, "Пермь их");
    one.post(&path, &[("address", "Пермь моя"), ("seen", &seen)])
        .await
        .expect_redirect();
    assert_eq!(
        text(&app, "SELECT address || ' ' || website FROM companies").await,
        "Пермь моя a.example"
    );
    // The same wish twice, and a wish that is already true, are no conflict and no event.
    let events = number(&app, "SELECT count(*) FROM audit_events").await;
    one.post(&path, &[("address", "Пермь моя"), ("seen", "Пермь")])
        .await
        .expect_redirect();
    assert_eq!(number(&app, "SELECT count(*) FROM audit_events").await, events);
}

#[tokio::test]
async fn two_saves_of_one_field_at_one_instant_are_one_save_and_one_question() {
    let app = TestApp::new().await;
    let (mut one, card) = browser(&app).await;
    let mut two = one.moved_to(&app.twin());
    let path = format!("{card}fields/address/");
    let (mine, theirs) = (
        [("address", "А"), ("seen", "Пермь")],
        [("address", "Б"), ("seen", "Пермь")],
    );
    let (a, b) = tokio::join!(one.post(&path, &mine), two.post(&path, &theirs));
    let mut answers = [a.status.as_u16(), b.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 409]);
}

#[tokio::test]
async fn a_refused_value_stays_in_its_field_with_a_sentence() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    for (field, value, sentence) in [
        ("name", " ", "Укажите название."),
        ("contract_amount", "много", "Сумма не читается"),
        ("contract_until", "завтра", "Дата не читается"),
        ("region", "0", "Такого региона нет."),
        ("time_zone", "Mars/Base", "Такого часового пояса нет."),
    ] {
        let page = browser.post(&format!("{card}fields/{field}/"), &[(field, value)]).await;
        page.expect(422).expect_text(sentence);
    }
    let path = format!("{card}fields/address/");
    let long = "а".repeat(501);
    browser.headers.insert("hx-request", "true".parse().expect("a value"));
    let piece = browser.post(&path, &[("address", &long)]).await;
    piece.expect(422).expect_text("Не длиннее 500 знаков.");
    assert_eq!(piece.headers["hx-retarget"], "#field-address");
    assert_eq!(piece.texts("textarea[name=address]"), [long]);
    assert!(piece.texts("h1").is_empty(), "a piece of the card, not a page");
    browser.headers.remove("hx-request");
    for unknown in ["search", "created_by", "head", "version"] {
        browser.get(&format!("{card}fields/{unknown}/")).await.expect(404);
    }
}

#[tokio::test]
async fn a_bad_value_of_another_field_does_not_stop_this_one() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    sqlx::query("UPDATE companies SET time_zone = 'Mars/Base'")
        .execute(&app.app.db)
        .await
        .expect("SQL");
    let sent = [("address", "Казань"), ("seen", "Пермь")];
    browser
        .post(&format!("{card}fields/address/"), &sent)
        .await
        .expect_redirect();
    assert_eq!(text(&app, "SELECT time_zone FROM companies").await, "Mars/Base");
}

#[tokio::test]
async fn cold_is_for_admins_here_too() {
    let app = TestApp::new().await;
    let (mut browser, card) = browser(&app).await;
    let path = format!("{card}fields/lead_state/");
    browser.post(&path, &[("lead_state", "cold")]).await.expect(403);
    app.person("admin", Role::Admin, None).await;
    let mut admin = app.signed_in("admin").await;
    admin
        .post(&path, &[("lead_state", "cold"), ("seen", "warm")])
        .await
        .expect_redirect();
    browser
        .post(&path, &[("lead_state", "warm"), ("seen", "cold")])
        .await
        .expect_redirect();
    assert_eq!(text(&app, "SELECT lead_state FROM companies").await, "warm");
}

#[tokio::test]
async fn the_card_says_whether_the_client_can_be_called_now() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    // Noon in Moscow is 14:00 in Yekaterinburg.
    let fields = [
        ("name", "Ромашка"),
        ("phone", "8 343 200-00-01"),
        ("working_hours", "9–18, обед 13–14"),
    ];
    let card = make(&mut browser, &fields).await;
    let page = browser.get(&card).await;
    page.expect_text("Можно звонить сейчас")
        .expect_text("у клиента 14:00")
        .expect_text("по коду города");
    app.pass(TimeDelta::hours(5));
    browser
        .get(&card)
        .await
        .expect_text("Сейчас нельзя: у клиента 19:00, работают до 18:00")
        .expect_no_text("Можно звонить");
    // The zone that was set by hand wins.
    let sent = [("time_zone", "Europe/Moscow"), ("seen", "")];
    browser
        .post(&format!("{card}fields/time_zone/"), &sent)
        .await
        .expect_redirect();
    browser
        .get(&card)
        .await
        .expect_text("Можно звонить сейчас")
        .expect_text("у клиента 17:00");
    let sent = [("working_hours", "как получится"), ("seen", "9–18, обед 13–14")];
    browser
        .post(&format!("{card}fields/working_hours/"), &sent)
        .await
        .expect_redirect();
    browser
        .get(&card)
        .await
        .expect_text("у клиента 17:00")
        .expect_no_text("звонить сейчас");
}

#[tokio::test]
async fn a_mobile_number_tells_no_time() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let fields = [
        ("name", "Ромашка"),
        ("phone", "8 912 345-67-89"),
        ("working_hours", "9–18"),
    ];
    let card = make(&mut browser, &fields).await;
    browser.get(&card).await.expect_no_text("у клиента");
}
