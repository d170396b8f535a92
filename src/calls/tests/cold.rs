//! The cold mark and the queue of calls to come.

use super::{ago, click, value};
use crate::policy::Role;
use crate::testing::TestApp;
use crate::values::CompanyId;

pub(super) async fn with_number(app: &TestApp, id: CompanyId, is_cold: bool) {
    sqlx::query(
        "INSERT INTO company_phones (company_id, position, raw, e164, digits)
         VALUES ($1, 0, '8 912 345-67-89', '+79123456789', '9123456789')",
    )
    .bind(id.0)
    .execute(&app.db)
    .await
    .unwrap();
    sqlx::query("UPDATE companies SET lead_state = $2 WHERE id = $1")
        .bind(id.0)
        .bind(if is_cold { "cold" } else { "warm" })
        .execute(&app.db)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_main_number_is_marked_once_by_whoever_called_it_in_time() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    app.person("boris", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    with_number(&app, id, true).await;
    let mut browser = app.signed_in("anna").await;
    let toggle = format!("/companies/{id}/cold-call/toggle/");
    let marks = "SELECT count(*)::text FROM cold_marks";
    browser.post(&toggle, &[]).await.expect_redirect();
    assert_eq!(value(&app, marks).await, "0");
    // «7…», as older pages send it, is the same number.
    click(
        &mut browser,
        &[("phone", "79123456789"), ("company_id", &id.to_string())],
    )
    .await;
    for too_early_or_late in ["1 second", "9 hours"] {
        ago(&app, too_early_or_late).await;
        browser.post(&toggle, &[]).await.expect_redirect();
        assert_eq!(value(&app, marks).await, "0", "{too_early_or_late}");
    }
    ago(&app, "1 minute").await;
    let calls = format!("/companies/{id}/?feed=calls");
    browser.get(&calls).await.expect_text("Это холодный звонок");
    app.signed_in("boris")
        .await
        .get(&calls)
        .await
        .expect_no_text("Это холодный звонок");
    app.signed_in("boris").await.post(&toggle, &[]).await.expect(403);
    for _ in 0..2 {
        browser.post(&toggle, &[]).await.expect_redirect();
    }
    assert_eq!(value(&app, marks).await, "1");
    assert_eq!(value(&app, "SELECT is_cold::text FROM call_requests").await, "true");
    let page = browser.get(&calls).await;
    page.expect_text("Холодный звонок")
        .expect_no_text("Это холодный звонок");
}

#[tokio::test]
async fn the_main_number_of_a_warm_card_is_not_marked() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    with_number(&app, id, false).await;
    let mut browser = app.signed_in("anna").await;
    click(
        &mut browser,
        &[("phone", "+79123456789"), ("company_id", &id.to_string())],
    )
    .await;
    ago(&app, "1 minute").await;
    browser
        .post(&format!("/companies/{id}/cold-call/toggle/"), &[])
        .await
        .expect_redirect();
    assert_eq!(value(&app, "SELECT count(*)::text FROM cold_marks").await, "0");
}

/// Makes a contact with that number; answers its key.
async fn contact(app: &TestApp, company: CompanyId) -> String {
    sqlx::query("INSERT INTO contacts (id, company_id, last_name) VALUES (gen_random_uuid(), $1, 'Белозёров')")
        .bind(company.0)
        .execute(&app.db)
        .await
        .unwrap();
    value(app, "SELECT id::text FROM contacts").await
}

#[tokio::test]
async fn a_mark_is_offered_only_where_it_is_taken() {
    const OFFER: &str = "Это холодный звонок";
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    app.person("boris", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    let contact = contact(&app, id).await;
    with_number(&app, id, false).await;
    let mut browser = app.signed_in("anna").await;
    let calls = format!("/companies/{id}/?feed=calls");
    let company = ("company_id", id.to_string());
    let company = (company.0, company.1.as_str());
    // The main number of a warm card.
    click(&mut browser, &[("phone", "+79123456789"), company]).await;
    ago(&app, "1 minute").await;
    browser.get(&calls).await.expect_text("Звонок").expect_no_text(OFFER);
    sqlx::query("UPDATE companies SET lead_state = 'cold'")
        .execute(&app.db)
        .await
        .unwrap();
    browser.get(&calls).await.expect_text(OFFER);
    // Too early.
    ago(&app, "1 second").await;
    browser.get(&calls).await.expect_no_text(OFFER);
    ago(&app, "1 hour").await;
    // Another number of the company.
    sqlx::query("UPDATE company_phones SET e164 = '+79120000000'")
        .execute(&app.db)
        .await
        .unwrap();
    browser.get(&calls).await.expect_no_text(OFFER);
    // A contact, also of a warm card, but once; of two calls the newest.
    sqlx::query("UPDATE companies SET lead_state = 'warm'")
        .execute(&app.db)
        .await
        .unwrap();
    for interval in ["2 hours", "1 minute"] {
        click(
            &mut browser,
            &[("phone", "+79990001122"), company, ("contact_id", &contact)],
        )
        .await;
        ago(&app, interval).await;
    }
    let page = browser.get(&calls).await;
    let toggle = format!("/contacts/{contact}/cold-call/toggle/");
    assert_eq!(
        page.attributes("form[action*='cold-call']", "action"),
        [toggle.as_str()]
    );
    // Who does not work with the card may not mark, whoever called.
    let mut other = app.signed_in("boris").await;
    click(
        &mut other,
        &[("phone", "+79990001122"), company, ("contact_id", &contact)],
    )
    .await;
    ago(&app, "1 minute").await;
    other.get(&calls).await.expect_no_text(OFFER);
    browser.post(&toggle, &[]).await.expect_redirect();
    assert_eq!(value(&app, "SELECT count(*)::text FROM cold_marks").await, "1");
    browser.get(&calls).await.expect_no_text(OFFER);
}

#[tokio::test]
async fn the_queue_passes_over_whoever_must_not_or_need_not_be_called() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let boris = app.person("boris", Role::Manager, None).await;
    let mut ids = Vec::new();
    for (name, owner) in [
        ("Вторая", &anna),
        ("Первая", &anna),
        ("Молчать", &anna),
        ("Чужая", &boris),
    ] {
        let id = app.company(name).of(owner).create(&app).await;
        with_number(&app, id, true).await;
        ids.push(id);
    }
    app.company("Без номера").of(&anna).create(&app).await;
    sqlx::query("UPDATE companies SET do_not_call_at = now(), do_not_call_reason = 'просили' WHERE id = $1")
        .bind(ids[2].0)
        .execute(&app.db)
        .await
        .unwrap();
    let mut browser = app.signed_in("anna").await;
    let page = browser.get("/calls/queue/").await;
    page.expect(200)
        .expect_text("Первая")
        .expect_text("Ещё не звонили")
        .expect_no_text("Вторая");
    let pass = page.attribute("[data-queue-pass]", "href").unwrap();
    let page = browser.get(&pass).await;
    page.expect_text("Вторая");
    let pass = page.attribute("[data-queue-pass]", "href").unwrap();
    browser
        .get(&pass)
        .await
        .expect_text("Очередь пройдена")
        .expect_no_text("Молчать");
    // Called today: not again.
    click(
        &mut browser,
        &[("phone", "+79123456789"), ("company_id", &ids[1].to_string())],
    )
    .await;
    ago(&app, "1 minute").await;
    browser.get("/calls/queue/").await.expect_text("Вторая");
    browser
        .get("/calls/queue/?state=warm")
        .await
        .expect_text("Звонить некому");
}

#[tokio::test]
async fn closed_offices_do_not_hide_an_open_one_behind_them() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    // Noon in Moscow is nine in the evening in Kamchatka.
    for at in 0..70 {
        let id = app.company(&format!("Спит {at}")).of(&anna).create(&app).await;
        with_number(&app, id, true).await;
    }
    sqlx::query("UPDATE companies SET time_zone = 'Asia/Kamchatka'")
        .execute(&app.db)
        .await
        .unwrap();
    let mut browser = app.signed_in("anna").await;
    browser.get("/calls/queue/").await.expect_text("Сейчас все закрыты");
    let id = app.company("Открыта").of(&anna).create(&app).await;
    with_number(&app, id, true).await;
    sqlx::query("UPDATE companies SET time_zone = 'Europe/Moscow', updated_at = '2020-01-01' WHERE id = $1")
        .bind(id.0)
        .execute(&app.db)
        .await
        .unwrap();
    browser
        .get("/calls/queue/")
        .await
        .expect_text("Открыта")
        .expect_text("70 компаний");
}
