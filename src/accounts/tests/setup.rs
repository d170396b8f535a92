//! The first administrator.

use crate::accounts::actions;
use crate::accounts::sessions::token_hash;
use crate::accounts::{self, NewAdmin, queries};
use crate::error::Error;
use crate::policy::Role;
use crate::testing::TestApp;

const LINK: &str = "/setup/one-time/";
const FIELDS: [(&str, &str); 4] = [
    ("username", "boss"),
    ("first_name", "Анна"),
    ("password", "семь красных клёнов"),
    ("repeat", "семь красных клёнов"),
];

/// An application without people, whose link has been printed.
async fn fresh() -> TestApp {
    let app = TestApp::new().await;
    let mut conn = app.conn().await;
    queries::replace_setup_link(&mut conn, &token_hash("one-time"), app.now())
        .await
        .unwrap();
    app
}

#[tokio::test]
async fn link_makes_the_first_administrator_once() {
    let app = fresh().await;
    let mut browser = app.browser();
    browser
        .get("/login/")
        .await
        .expect(200)
        .expect_text("Администратора ещё нет");
    browser.get(LINK).await.expect(200);
    // The form of a second window, opened before the first one was sent.
    let mut late = app.browser();
    let token = late.get(LINK).await.csrf();
    assert_eq!(browser.post_from(LINK, LINK, &FIELDS).await.expect_redirect(), "/");
    browser.get("/settings/users/").await.expect(200).expect_text("boss");
    let mut again = vec![("csrf_token", token.as_str())];
    again.extend_from_slice(&FIELDS);
    late.post_bare(LINK, &again).await.expect(404);
    late.get(LINK).await.expect(404);
    late.get("/login/").await.expect_no_text("Администратора ещё нет");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn refused_form_of_the_first_administrator_keeps_the_link_and_what_was_typed() {
    let app = fresh().await;
    let mut browser = app.browser();
    let weak = [
        ("username", "boss"),
        ("password", "1234567890"),
        ("repeat", "1234567890"),
    ];
    let answer = browser.post_from(LINK, LINK, &weak).await;
    answer.expect(422).expect_text("Такой пароль подберут первым.");
    assert_eq!(
        answer.attribute("input[name=username]", "value").as_deref(),
        Some("boss")
    );
    browser.post_from(LINK, LINK, &FIELDS).await.expect(303);
}

#[tokio::test]
async fn guessed_link_leads_nowhere() {
    let app = fresh().await;
    let mut browser = app.browser();
    browser.get("/setup/guess/").await.expect(404);
    browser.post_from("/login/", "/setup/guess/", &FIELDS).await.expect(404);
}

#[tokio::test]
async fn newer_link_replaces_the_older_one() {
    let app = fresh().await;
    actions::print_setup_link(&app).await.unwrap();
    app.browser().get(LINK).await.expect(404);
}

#[tokio::test]
async fn no_link_is_printed_when_there_is_an_administrator() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    actions::print_setup_link(&app).await.unwrap();
    let links: i64 = sqlx::query_scalar("SELECT count(*) FROM setup_links")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(links, 0);
}

#[tokio::test]
async fn administrator_from_a_shell_makes_the_link_useless() {
    let app = fresh().await;
    let admin = NewAdmin {
        username: "boss".to_owned(),
        password: "семь красных клёнов".to_owned(),
        ..NewAdmin::default()
    };
    accounts::create_admin(&app, admin.clone()).await.unwrap();
    app.browser().get(LINK).await.expect(404);
    app.browser().sign_in("boss", &admin.password).await.expect(303);
    // The same login again is a sentence, not a failure.
    let again = accounts::create_admin(&app, admin).await;
    assert!(matches!(again, Err(Error::Invalid(errors)) if !errors.get("username").is_empty()));
}
