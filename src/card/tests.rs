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
