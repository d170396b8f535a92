//! Administrators' pages.

mod activity;
mod branches;
mod dictionaries;
mod jobs;
mod merging;
mod security;
mod users;

use crate::policy::Role;
use crate::testing::{Client, TestApp};

/// An application with a branch «ekb», an administrator who has signed in, and a manager `ivanova`.
async fn office() -> (TestApp, Client) {
    let app = TestApp::new().await;
    let branch = app.branch("ekb").await;
    app.person("admin", Role::Admin, None).await;
    app.person("ivanova", Role::Manager, Some(branch)).await;
    let admin = app.signed_in("admin").await;
    (app, admin)
}

/// The first link of the page that leads to a row's form and says this.
async fn form_of(browser: &mut Client, list: &str, text: &str) -> String {
    let page = browser.get(list).await;
    let texts = page.texts("a.row-link");
    let place = texts.iter().position(|found| found.contains(text)).expect("a row");
    page.attribute(&format!("tbody tr:nth-of-type({}) a.row-link", place + 1), "href")
        .expect("a link")
}

#[tokio::test]
async fn overview_leads_to_every_part_of_the_settings() {
    let (_app, mut admin) = office().await;
    let page = admin.get("/settings/").await;
    page.expect(200).expect_text("2 человека").expect_text("ekb");
    for part in ["/settings/users/", "/settings/branches/"] {
        assert!(
            page.attribute(&format!("a[href='{part}']"), "class").is_some(),
            "{part}"
        );
        admin.get(part).await.expect(200);
    }
}

#[tokio::test]
async fn address_of_the_older_admin_leads_to_the_settings() {
    let (_app, mut admin) = office().await;
    assert_eq!(admin.get("/admin/").await.expect_redirect(), "/settings/");
}

#[tokio::test]
async fn style_guide_shows_the_components() {
    let (_app, mut admin) = office().await;
    admin
        .get("/settings/styleguide/")
        .await
        .expect(200)
        .expect_text("Витрина компонентов");
}

#[tokio::test]
async fn settings_are_closed_to_everybody_but_administrators() {
    let (app, _admin) = office().await;
    app.person("boss", Role::GroupManager, None).await;
    for login in ["ivanova", "boss"] {
        let mut browser = app.signed_in(login).await;
        for page in [
            "/settings/",
            "/settings/users/",
            "/settings/users/new/",
            "/settings/branches/",
            "/admin/",
        ] {
            browser
                .get(page)
                .await
                .expect(403)
                .expect_text("Этот раздел доступен только администратору.");
        }
        let fields = [
            ("username", "mine"),
            ("role", "admin"),
            ("password", "семь красных клёнов"),
        ];
        browser.post("/settings/users/new/", &fields).await.expect(403);
    }
    assert_eq!(
        app.browser().get("/settings/").await.expect_redirect(),
        "/login/?next=/settings/"
    );
}
