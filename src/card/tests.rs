//! The card through HTTP.

use crate::policy::Role;
use crate::testing::TestApp;

#[tokio::test]
async fn a_manager_reads_a_foreign_card_without_its_buttons_and_history() {
    let app = TestApp::new().await;
    let owner = app.person("owner", Role::Manager, None).await;
    app.person("reader", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    let path = format!("/companies/{id}/");
    let mut reader = app.signed_in("reader").await;
    let card = reader.get(&path).await;
    card.expect(200)
        .expect_text("ООО «Ромашка»")
        .expect_no_text("Изменения")
        .expect_no_text("Передать");
    let mut owner = app.signed_in("owner").await;
    owner.get(&path).await.expect(200).expect_text("Передать");
}

#[tokio::test]
async fn an_unknown_card_is_a_page_of_its_own() {
    let app = TestApp::new().await;
    app.person("reader", Role::Manager, None).await;
    let mut reader = app.signed_in("reader").await;
    for path in [
        "/companies/0190aaaa-0000-7000-8000-000000000000/",
        "/companies/not-an-id/",
    ] {
        reader.get(path).await.expect(404).expect_text("Страница не найдена");
    }
}

#[tokio::test]
async fn the_card_says_what_is_left_of_a_yearly_contract_and_what_time_it_is_in_the_region() {
    let app = TestApp::new().await;
    let owner = app.person("owner", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    sqlx::query("UPDATE contract_types SET is_annual = true WHERE code = 'frame'")
        .execute(&app.app.db)
        .await
        .expect("SQL");
    let region: i64 = sqlx::query_scalar("SELECT id FROM regions WHERE name = 'Свердловская область'")
        .fetch_one(&app.app.db)
        .await
        .expect("a region");
    let mut browser = app.signed_in("owner").await;
    browser
        .post(
            &format!("/companies/{id}/edit/"),
            &[
                ("name", "ООО «Ромашка»"),
                ("version", "1"),
                ("contract_type", "frame"),
                ("contract_until", "01.12.2026"),
                ("contract_amount", "69 999,50"),
                ("region", &region.to_string()),
            ],
        )
        .await
        .expect_redirect();
    let card = browser.get(&format!("/companies/{id}/")).await;
    for said in [
        "Вид договораРамочный",
        "Договор до01.12.2026 Срочно: 8 дней",
        "Сумма договора69 999,50 ₽",
        "Остаток 69 999,50 ₽",
        "Свердловская область",
        "у клиента 14:00",
    ] {
        card.expect_text(said);
    }
}
