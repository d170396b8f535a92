//! Tokens of the API.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use crate::policy::Role;
use crate::testing::{Client, PASSWORD, TestApp};

async fn token(client: &mut Client, username: &str, password: &str) -> (u16, serde_json::Value) {
    let login = json!({"username": username, "password": password});
    let answer = client.call(Method::POST, "/api/token/", login).await;
    (answer.status.as_u16(), answer.json())
}

async fn renew(client: &mut Client, refresh: &str) -> (u16, serde_json::Value) {
    let answer = client
        .call(Method::POST, "/api/token/refresh/", json!({"refresh": refresh}))
        .await;
    (answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn a_right_password_gives_both_tokens_and_a_wrong_one_counts_as_on_the_page() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut client = app.browser();
    let (status, body) = token(&mut client, "anna", PASSWORD).await;
    assert_eq!(status, 200);
    assert!(body["access"].is_string() && body["refresh"].is_string());
    for _ in 0..5 {
        let (status, body) = token(&mut client, "anna", "не тот").await;
        assert_eq!((status, &body["code"]), (401, &json!("no_active_account")));
        assert_eq!(body["detail"], "No active account found with the given credentials");
    }
    let login = json!({"username": "anna", "password": PASSWORD});
    let held = client.call(Method::POST, "/api/token/", login).await;
    held.expect(423);
    assert!(held.json()["detail"].is_string() && held.headers.contains_key("retry-after"));
    // The same counter as the page's.
    app.browser().sign_in("anna", PASSWORD).await.expect(429);
    let missing = client
        .call(Method::POST, "/api/token/", json!({"username": "anna"}))
        .await;
    assert_eq!(
        missing.expect(400).json(),
        json!({"password": ["This field is required."]})
    );
}

#[tokio::test]
async fn a_refresh_token_lives_while_it_is_used_and_dies_with_its_session() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let (mut client, refresh) = app.program("anna").await;
    for _ in 0..3 {
        app.pass(TimeDelta::days(59));
        let (status, body) = renew(&mut client, &refresh).await;
        assert_eq!(status, 200);
        client.bear(body["access"].as_str().unwrap());
    }
    app.pass(TimeDelta::days(61));
    let (status, body) = renew(&mut client, &refresh).await;
    assert_eq!((status, &body["code"]), (401, &json!("token_not_valid")));
    let (mut client, refresh) = app.program("anna").await;
    sqlx::query("UPDATE users SET is_active = false WHERE id = $1")
        .bind(anna.user.unwrap().0)
        .execute(&app.db)
        .await
        .unwrap();
    assert_eq!(renew(&mut client, &refresh).await.0, 401);
}

#[tokio::test]
async fn a_session_of_a_program_is_listed_and_ended_on_the_account_page() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let (mut client, refresh) = app.program("anna").await;
    let mut browser = app.signed_in("anna").await;
    let page = browser.get("/account/sessions/").await;
    page.expect_text("Программа или приложение с паролем");
    browser
        .post("/account/sessions/end-others/", &[])
        .await
        .expect_redirect();
    assert_eq!(renew(&mut client, &refresh).await.0, 401);
}

#[tokio::test]
async fn a_cookie_is_no_token_and_a_refresh_token_is_no_access_token() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let (_, refresh) = app.program("anna").await;
    let mut client = app.browser();
    let (status, body) = renew(&mut client, "не токен").await;
    assert_eq!(
        (status, body),
        (401, json!({"detail": "Token is invalid", "code": "token_not_valid"}))
    );
    let access = token(&mut client, "anna", PASSWORD).await.1["access"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(renew(&mut client, &access).await.0, 401);
    // Nor does a token open pages.
    client.bear(&refresh);
    client.get("/companies/").await.expect(303);
    client.bear(&access);
    client.get("/companies/").await.expect(303);
}
