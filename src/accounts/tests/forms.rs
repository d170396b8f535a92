//! Forms from elsewhere.

use crate::policy::Role;
use crate::testing::{Client, TestApp};

const PAGE: &str = "/account/password/";

async fn two_people() -> (Client, Client) {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    app.person("petrov", Role::Manager, None).await;
    (app.signed_in("ivanova").await, app.signed_in("petrov").await)
}

#[tokio::test]
async fn form_without_a_token_is_refused() {
    let (mut browser, _) = two_people().await;
    browser
        .post_bare("/logout/", &[])
        .await
        .expect(403)
        .expect_text("Форма не принята");
    browser.get(PAGE).await.expect(200);
}

#[tokio::test]
async fn form_of_another_encoding_is_refused_without_a_token() {
    let app = TestApp::new().await;
    app.person("boss", Role::Admin, None).await;
    let petrov = app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("boss").await;
    let target = format!("/settings/users/{}/deactivate/", petrov.user.unwrap());
    for kind in ["multipart/form-data; boundary=x", "text/plain", "application/json"] {
        browser.headers.insert("content-type", kind.parse().unwrap());
        for path in ["/logout/", target.as_str()] {
            browser.post_bare(path, &[]).await.expect(403);
        }
    }
    browser.get(PAGE).await.expect(200);
}

#[tokio::test]
async fn form_with_a_token_of_another_session_is_refused() {
    let (mut browser, mut other) = two_people().await;
    let foreign = other.get(PAGE).await.csrf();
    browser
        .post_bare("/logout/", &[("csrf_token", &foreign)])
        .await
        .expect(403);
    browser.get(PAGE).await.expect(200);
}

#[tokio::test]
async fn token_from_before_signing_in_is_refused_after_it() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    let mut browser = app.browser();
    let before = browser.get("/login/").await.csrf();
    browser.sign_in("ivanova", "правильный пароль").await.expect(303);
    browser
        .post_bare("/logout/", &[("csrf_token", &before)])
        .await
        .expect(403);
}

#[tokio::test]
async fn sign_in_form_needs_the_token_of_its_visit() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    let foreign = app.browser().get("/login/").await.csrf();
    let mut browser = app.browser();
    let fields = [
        ("csrf_token", foreign.as_str()),
        ("username", "ivanova"),
        ("password", "правильный пароль"),
    ];
    browser.post_bare("/login/", &fields).await.expect(403);
}

#[tokio::test]
async fn form_that_the_browser_calls_foreign_is_refused_even_with_the_token() {
    let (mut browser, _) = two_people().await;
    for site in ["cross-site", "same-site"] {
        browser.headers.insert("sec-fetch-site", site.parse().unwrap());
        browser.post("/logout/", &[]).await.expect(403);
    }
    browser.headers.remove("sec-fetch-site");
    browser
        .headers
        .insert("origin", "https://evil.example".parse().unwrap());
    browser.post("/logout/", &[]).await.expect(403);
    browser
        .headers
        .insert("origin", "http://127.0.0.1:8000".parse().unwrap());
    browser.headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
    browser.post("/logout/", &[]).await.expect(303);
}

#[tokio::test]
async fn token_may_come_in_a_header() {
    let (mut browser, _) = two_people().await;
    browser.headers.insert("x-csrf-token", "wrong".parse().unwrap());
    browser.post_bare("/logout/", &[]).await.expect(403);
    let token = browser.get(PAGE).await.csrf();
    browser.headers.insert("x-csrf-token", token.parse().unwrap());
    browser.post_bare("/logout/", &[]).await.expect(303);
}
