//! The queue of calls to come: when clients are called, and what is known of the last talk.

use chrono::TimeDelta;
use serde_json::json;

use super::{Phone, click};
use crate::policy::Role;
use crate::testing::TestApp;
use crate::values::CompanyId;

async fn with_number(app: &TestApp, id: CompanyId, number: &str) {
    sqlx::query(
        "INSERT INTO company_phones (company_id, position, raw, e164, digits) VALUES ($1, 0, $2, $2, right($2, 10))",
    )
    .bind(id.0)
    .bind(number)
    .execute(&app.db)
    .await
    .unwrap();
}

#[tokio::test]
async fn whoever_tells_no_zone_and_no_hours_is_called_on_a_working_day_of_the_office() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    for (name, number) in [("Мобильный", "+79123456789"), ("Бесплатный", "+78005550141")] {
        let id = app.company(name).of(&anna).create(&app).await;
        with_number(&app, id, number).await;
    }
    // Monday, noon.
    let page = app.signed_in("anna").await.get("/calls/queue/").await;
    page.expect_text("У клиента 12:00")
        .expect_text("часовой пояс неизвестен: считаем по времени офиса")
        .expect_text("часы работы неизвестны: звоним по будням с 9 до 18");
    // Three in the night; Saturday, noon.
    for hours in [15, 5 * 24 - 15] {
        app.pass(TimeDelta::hours(hours));
        let page = app.signed_in("anna").await.get("/calls/queue/").await;
        page.expect_text("Сейчас все закрыты").expect_no_text("Мобильный");
    }
    // Whoever says that Saturday is a day of work is called.
    sqlx::query("UPDATE companies SET working_hours = 'пн–сб 9–18' WHERE name = 'Мобильный'")
        .execute(&app.db)
        .await
        .unwrap();
    let page = app.signed_in("anna").await.get("/calls/queue/").await;
    page.expect_text("Мобильный").expect_text("Можно звонить сейчас");
}

#[tokio::test]
async fn the_last_talk_and_its_note_stand_beside_the_last_try() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    with_number(&app, id, "+79123456789").await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let whom = [("phone", "+79123456789"), ("company_id", &id.to_string())];
    for (age, status, outcome, note) in [
        ("9 days", "no_answer", "no_answer", "Первый раз молчат"),
        ("8 days", "connected", "talked", "Ждут счёт на обучение"),
        ("7 days", "busy", "busy", "Опять занято"),
    ] {
        let asked = click(&mut browser, &whom).await;
        phone.pull("").await.expect(200);
        let report = json!({"call_status": status, "call_duration_seconds": 65});
        phone.report(&asked["id"], report).await.expect(200);
        let address = format!("/calls/{}/outcome/", asked["id"].as_str().unwrap());
        let said = [("outcome", outcome), ("note", note)];
        browser.post(&address, &said).await.expect_redirect();
        sqlx::query("UPDATE call_requests SET created_at = now() - $1::text::interval WHERE id = $2::text::uuid")
            .bind(age)
            .bind(asked["id"].as_str().unwrap())
            .execute(&app.db)
            .await
            .unwrap();
        let page = browser.get("/calls/queue/").await;
        match outcome {
            "no_answer" => page
                .expect_text("Разговора ещё не было. Последняя попытка:")
                .expect_no_text("Первый раз молчат"),
            "talked" => page
                .expect_text("Последний разговор:")
                .expect_text("Ждут счёт на обучение")
                .expect_no_text("Последняя попытка"),
            _ => page
                .expect_text("Поговорили 1:05")
                .expect_text("Поговорили: Ждут счёт на обучение")
                .expect_text("Последняя попытка:")
                .expect_text("Занято")
                .expect_no_text("Опять занято"),
        };
    }
}
