//! Signing in.

use chrono::TimeDelta;

use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

const WRONG: &str = "не тот пароль";
const RIGHT: &str = "правильный пароль";

async fn one_person() -> TestApp {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    app
}

/// What a visitor can tell two answers apart by.
fn seen(answer: &Answer, login: &str) -> (u16, String) {
    let token = answer.csrf();
    (
        answer.status.as_u16(),
        answer.text.replace(login, "").replace(&token, ""),
    )
}

async fn fail(browser: &mut Client, login: &str, times: usize) {
    for _ in 0..times {
        browser.sign_in(login, WRONG).await.expect(422);
    }
}

#[tokio::test]
async fn who_signs_in_sees_pages_and_who_signs_out_does_not() {
    let app = one_person().await;
    let mut browser = app.browser();
    assert_eq!(
        browser.get("/account/password/").await.expect_redirect(),
        "/login/?next=/account/password/"
    );
    assert_eq!(browser.sign_in("ivanova", RIGHT).await.expect_redirect(), "/");
    browser
        .get("/account/password/")
        .await
        .expect(200)
        .expect_text("ivanova Тестов");
    let stolen = browser.moved_to(&app);
    browser.post("/logout/", &[]).await.expect_redirect();
    browser.get("/account/password/").await.expect(303);
    // The row is gone, not only the cookie.
    let mut stolen = stolen;
    stolen.get("/account/password/").await.expect(303);
}

#[tokio::test]
async fn login_is_read_without_regard_to_case_and_spaces() {
    let app = one_person().await;
    app.browser().sign_in("  IvanOVA ", RIGHT).await.expect(303);
}

#[tokio::test]
async fn unknown_login_wrong_password_and_inactive_person_get_the_same_answer() {
    let app = one_person().await;
    app.person("gone", Role::Manager, None).await;
    sqlx::query("UPDATE users SET is_active = false WHERE username = 'gone'")
        .execute(&app.db)
        .await
        .unwrap();
    let mut browser = app.browser();
    let wrong = browser.sign_in("ivanova", WRONG).await;
    wrong.expect(422).expect_text("Неверный логин или пароль.");
    assert_eq!(
        wrong.attribute("input[name=username]", "value").as_deref(),
        Some("ivanova")
    );
    let unknown = browser.sign_in("nobody", WRONG).await;
    let inactive = browser.sign_in("gone", RIGHT).await;
    let wrong = seen(&wrong, "ivanova");
    assert_eq!(seen(&unknown, "nobody"), wrong);
    assert_eq!(seen(&inactive, "gone"), wrong);
}

#[tokio::test]
async fn sixth_try_is_held_back_even_with_the_right_password() {
    let app = one_person().await;
    let mut browser = app.browser();
    fail(&mut browser, "ivanova", 5).await;
    let held = browser.sign_in("ivanova", RIGHT).await;
    held.expect(429).expect_text("Слишком много попыток входа.");
    assert!(held.headers.contains_key("retry-after"));
    // An unknown login is held back just so.
    fail(&mut browser, "nobody", 5).await;
    browser.sign_in("nobody", WRONG).await.expect(429);
    app.pass(TimeDelta::minutes(16));
    browser.sign_in("ivanova", RIGHT).await.expect(303);
}

#[tokio::test]
async fn tries_are_counted_over_all_processes() {
    let app = one_person().await;
    let (mut here, mut there) = (app.browser(), app.twin().browser());
    fail(&mut here, "ivanova", 3).await;
    fail(&mut there, "ivanova", 2).await;
    here.sign_in("ivanova", RIGHT).await.expect(429);
    there.sign_in("ivanova", RIGHT).await.expect(429);
}

#[tokio::test]
async fn tries_of_one_address_are_counted_over_all_logins() {
    let app = one_person().await;
    sqlx::query("INSERT INTO sign_in_limits (key, tries, window_started_at) VALUES ('ip:203.0.113.7', 50, $1)")
        .bind(app.now())
        .execute(&app.db)
        .await
        .unwrap();
    let mut browser = app.browser();
    browser
        .headers
        .insert("x-forwarded-for", "203.0.113.7".parse().unwrap());
    browser.sign_in("ivanova", RIGHT).await.expect(429);
    browser
        .headers
        .insert("x-forwarded-for", "203.0.113.8".parse().unwrap());
    browser.sign_in("ivanova", RIGHT).await.expect(303);
}

#[tokio::test]
async fn right_passwords_do_not_use_up_the_tries_of_an_office() {
    let app = one_person().await;
    sqlx::query("INSERT INTO sign_in_limits (key, tries, window_started_at) VALUES ('ip:127.0.0.1', 49, $1)")
        .bind(app.now())
        .execute(&app.db)
        .await
        .unwrap();
    for _ in 0..3 {
        app.browser().sign_in("ivanova", RIGHT).await.expect(303);
    }
}

#[tokio::test]
async fn another_spelling_of_a_login_has_no_tries_of_its_own() {
    let app = one_person().await;
    let mut browser = app.browser();
    fail(&mut browser, "ivanova", 5).await;
    for spelling in ["IVANOVA", " ivanova ", "\u{130}vanova"] {
        browser.sign_in(spelling, RIGHT).await.expect(429);
    }
}

#[tokio::test]
async fn tries_are_counted_before_a_password_is_hashed() {
    let app = one_person().await;
    let mut browser = app.browser();
    fail(&mut browser, "ivanova", 5).await;
    // With no core left for hashing, only an answer that needs none can come.
    let _all = app.hashing.acquire_many(2).await.unwrap();
    let patience = std::time::Duration::from_secs(20);
    let answer = tokio::time::timeout(patience, browser.sign_in("ivanova", RIGHT)).await;
    answer.expect("an answer without hashing").expect(429);
}

#[tokio::test]
async fn signing_in_forgives_earlier_tries() {
    let app = one_person().await;
    let mut browser = app.browser();
    fail(&mut browser, "ivanova", 4).await;
    app.browser().sign_in("ivanova", RIGHT).await.expect(303);
    fail(&mut browser, "ivanova", 5).await;
}

#[tokio::test]
async fn next_leads_only_to_own_pages() {
    let app = one_person().await;
    for (next, led) in [
        ("/account/password/?a=1", "/account/password/?a=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
    ] {
        let fields = [("username", "ivanova"), ("password", RIGHT), ("next", next)];
        let answer = app.browser().post_from("/login/", "/login/", &fields).await;
        assert_eq!(answer.expect_redirect(), led, "{next}");
    }
    let shown = app.browser().get("/login/?next=//evil.example/").await;
    assert_eq!(shown.attribute("input[name=next]", "value").as_deref(), Some("/"));
}

#[tokio::test]
async fn signing_in_leads_to_an_address_with_a_query() {
    let app = one_person().await;
    let mut browser = app.browser();
    let led = browser
        .get("/companies/?q=%D0%B7%D0%B0%D1%80%D1%8F&status=2")
        .await
        .expect_redirect();
    let wanted = browser.get(&led).await.attribute("input[name=next]", "value");
    assert_eq!(
        wanted.as_deref(),
        Some("/companies/?q=%D0%B7%D0%B0%D1%80%D1%8F&status=2")
    );
}

#[tokio::test]
async fn who_has_signed_in_is_led_on_from_the_sign_in_page() {
    let app = one_person().await;
    let mut browser = app.signed_in("ivanova").await;
    let answer = browser.get("/login/?next=/account/password/").await;
    assert_eq!(answer.expect_redirect(), "/account/password/");
}

#[tokio::test]
async fn odd_bytes_in_a_login_are_refused_and_not_a_failure() {
    let app = one_person().await;
    app.browser().sign_in("iva\0nova", RIGHT).await.expect(422);
}

#[tokio::test]
async fn every_sign_in_and_every_failed_try_is_in_the_audit() {
    let app = one_person().await;
    let mut browser = app.browser();
    browser
        .headers
        .insert("user-agent", "Mozilla/5.0 (test)".parse().unwrap());
    fail(&mut browser, "ivanova", 1).await;
    browser.sign_in("ivanova", RIGHT).await.expect(303);
    browser.post("/logout/", &[]).await.expect(303);
    let events: Vec<(String, String, String)> =
        sqlx::query_as("SELECT verb, ip, user_agent FROM audit_events ORDER BY at, id")
            .fetch_all(&app.db)
            .await
            .unwrap();
    let from = |verb: &str| (verb.to_owned(), "127.0.0.1".to_owned(), "Mozilla/5.0 (test)".to_owned());
    assert_eq!(events[..2], [from("sign_in_failed"), from("sign_in")]);
    assert_eq!(events[2].0, "sign_out");
}
