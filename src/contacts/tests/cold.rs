//! The history of cold calls.

use uuid::Uuid;

use crate::policy::{Actor, Role};
use crate::testing::TestApp;

/// A contact of this name at a company.
async fn contact(app: &TestApp, company: Uuid, last_name: &str) -> Uuid {
    sqlx::query_scalar(
        "INSERT INTO contacts (id, company_id, last_name, created_at, updated_at)
         VALUES (gen_random_uuid(), $1, $2, now(), now()) RETURNING id",
    )
    .bind(company)
    .bind(last_name)
    .fetch_one(&app.db)
    .await
    .expect("a contact")
}

/// Marks a call of this person to a contact as the cold one.
async fn mark(app: &TestApp, (company, contact): (Uuid, Uuid), by: &Actor, at: &str) {
    sqlx::query(
        "WITH call AS (
             INSERT INTO call_requests (id, user_id, created_by, company_id, contact_id, phone, click_key, is_cold, expires_at)
             VALUES (gen_random_uuid(), $3, $3, $1, $2, '+79123456789', gen_random_uuid(), true, now()) RETURNING id
         )
         INSERT INTO cold_marks (call_id, company_id, contact_id, marked_by, marked_at)
         SELECT id, $1, $2, $3, $4::text::timestamptz FROM call",
    )
    .bind(company)
    .bind(contact)
    .bind(by.user.expect("a person").0)
    .bind(at)
    .execute(&app.db)
    .await
    .expect("a mark");
}

#[tokio::test]
async fn a_contacts_cold_call_stands_on_its_card_and_on_its_companys() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let company = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    let called = contact(&app, company.0, "Иванов").await;
    contact(&app, company.0, "Петров").await;
    // Ten in the evening in London is the next day in Moscow.
    mark(&app, (company.0, called), &anna, "2026-10-05T22:00:00Z").await;
    let mut browser = app.signed_in("anna").await;
    let card = browser.get(&format!("/companies/{company}/")).await;
    let said = "Холодный звонок: 06.10.2026 (anna Тестов)";
    let people: Vec<_> = card.texts(".people > li");
    let lines: Vec<_> = people.iter().map(|line| line.contains(said)).collect();
    assert_eq!(lines, [true, false], "{people:?}");
    let page = browser.get(&format!("/contacts/{called}/")).await;
    page.expect(200).expect_text("Холодный звонок06.10.2026 (anna Тестов)");
}
