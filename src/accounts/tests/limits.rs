//! Strangers who guess: they are held back, and the person is not.

use chrono::TimeDelta;

use crate::accounts::limits::login_key;
use crate::policy::Role;
use crate::testing::{Client, TestApp};

const WRONG: &str = "не тот пароль";
const RIGHT: &str = "правильный пароль";

async fn one_person() -> TestApp {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    app
}

fn at(app: &TestApp, ip: &str) -> Client {
    let mut browser = app.browser();
    browser.headers.insert("x-forwarded-for", ip.parse().expect("a value"));
    browser
}

/// A browser in which this person has signed in and out.
async fn known_browser(app: &TestApp, login: &str) -> Client {
    let mut browser = app.signed_in(login).await;
    browser.post("/logout/", &[]).await.expect(303);
    browser
}

async fn fail(browser: &mut Client, login: &str, times: usize) {
    for _ in 0..times {
        browser.sign_in(login, WRONG).await.expect(422);
    }
}

/// As if this had been tried so often within the last minutes.
async fn tried(app: &TestApp, key: &str, tries: i32) {
    sqlx::query("INSERT INTO sign_in_limits (key, tries, window_started_at) VALUES ($1, $2, $3)")
        .bind(key)
        .bind(tries)
        .bind(app.now())
        .execute(&app.db)
        .await
        .expect("a counter");
}

async fn tries(app: &TestApp, key: &str) -> i32 {
    let found = sqlx::query_scalar("SELECT tries FROM sign_in_limits WHERE key = $1").bind(key);
    found.fetch_optional(&app.db).await.expect("an answer").unwrap_or(0)
}

/// Who and from where, of each lock that was logged.
async fn logged_locks(app: &TestApp) -> Vec<(String, String)> {
    sqlx::query_as("SELECT entity_id, ip FROM audit_events WHERE verb = 'sign_in_locked' ORDER BY at, id")
        .fetch_all(&app.db)
        .await
        .expect("locks")
}

#[tokio::test]
async fn strangers_cannot_keep_a_person_out_of_a_known_browser() {
    let app = one_person().await;
    let mut own = known_browser(&app, "ivanova").await;
    // At the person's own address, and everywhere.
    let mut stranger = app.browser();
    fail(&mut stranger, "ivanova", 5).await;
    stranger.sign_in("ivanova", RIGHT).await.expect(429);
    tried(&app, "ip:203.0.113.7", 50).await;
    sqlx::query("UPDATE sign_in_limits SET tries = 30 WHERE key = $1")
        .bind(format!("user:{}", login_key("ivanova")))
        .execute(&app.db)
        .await
        .expect("a botnet");
    at(&app, "198.51.100.1").sign_in("ivanova", RIGHT).await.expect(429);
    own.headers
        .insert("x-forwarded-for", "203.0.113.7".parse().expect("a value"));
    own.sign_in("ivanova", RIGHT).await.expect(303);
}

#[tokio::test]
async fn one_address_cannot_close_a_login_for_other_addresses() {
    let app = one_person().await;
    let mut stranger = at(&app, "203.0.113.7");
    fail(&mut stranger, "ivanova", 5).await;
    for _ in 0..40 {
        stranger.sign_in("ivanova", WRONG).await.expect(429);
    }
    // What is refused at the narrow limit does not use up the wide one.
    assert_eq!(tries(&app, &format!("user:{}", login_key("ivanova"))).await, 5);
    at(&app, "203.0.113.8").sign_in("ivanova", RIGHT).await.expect(303);
    // The person's own success does not give the stranger fresh tries.
    stranger.sign_in("ivanova", WRONG).await.expect(429);
}

#[tokio::test]
async fn thirty_tries_from_anywhere_close_a_login_for_strange_browsers() {
    let app = one_person().await;
    tried(&app, &format!("user:{}", login_key("ivanova")), 29).await;
    fail(&mut at(&app, "198.51.100.1"), "ivanova", 1).await;
    at(&app, "198.51.100.2").sign_in("Ivanova", RIGHT).await.expect(429);
    app.pass(TimeDelta::minutes(16));
    at(&app, "198.51.100.2").sign_in("ivanova", RIGHT).await.expect(303);
}

#[tokio::test]
async fn a_known_browser_has_five_tries_of_its_own_and_counts_for_nobody_else() {
    let app = one_person().await;
    app.person("petrov", Role::Manager, None).await;
    let mut own = known_browser(&app, "ivanova").await;
    fail(&mut own, "ivanova", 5).await;
    own.sign_in("ivanova", RIGHT).await.expect(429);
    app.twin().browser().sign_in("ivanova", RIGHT).await.expect(303);
    // It knows ivanova, so for petrov it is a stranger.
    let key = format!("here:{}:127.0.0.1", login_key("petrov"));
    fail(&mut own, "petrov", 1).await;
    assert_eq!(tries(&app, &key).await, 1);
    app.pass(TimeDelta::minutes(16));
    own.sign_in("ivanova", RIGHT).await.expect(303);
    own.post("/logout/", &[]).await.expect(303);
    fail(&mut own, "ivanova", 5).await;
}

#[tokio::test]
async fn the_cookie_of_a_known_browser_names_nobody_and_a_foreign_one_gives_nothing() {
    let app = one_person().await;
    let answer = app.browser().sign_in("ivanova", RIGHT).await;
    let cookies: Vec<_> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().expect("a text").to_owned())
        .collect();
    let own = cookies
        .iter()
        .find(|cookie| cookie.starts_with("crm_device="))
        .expect("a mark");
    assert!(
        own.contains("; HttpOnly; SameSite=Lax") && !own.contains("ivanova"),
        "{own}"
    );
    // A failure leaves no mark.
    let answer = app.browser().sign_in("ivanova", WRONG).await;
    let cookies = answer.headers.get_all("set-cookie").iter();
    assert!(
        cookies
            .filter(|cookie| cookie.as_bytes().starts_with(b"crm_device"))
            .count()
            == 0
    );
}

#[tokio::test]
async fn the_beginning_of_a_lock_is_logged_once() {
    let app = one_person().await;
    let id: i64 = sqlx::query_scalar("SELECT id FROM users")
        .fetch_one(&app.db)
        .await
        .expect("an id");
    let mut stranger = at(&app, "203.0.113.7");
    fail(&mut stranger, "ivanova", 5).await;
    for _ in 0..3 {
        stranger.sign_in("ivanova", WRONG).await.expect(429);
    }
    let lock = (id.to_string(), "203.0.113.7".to_owned());
    assert_eq!(logged_locks(&app).await, std::slice::from_ref(&lock));
    app.pass(TimeDelta::seconds(31));
    stranger.sign_in("ivanova", WRONG).await.expect(429);
    assert_eq!(logged_locks(&app).await, [lock.clone(), lock]);
}

#[tokio::test]
async fn what_was_typed_as_an_unknown_login_is_written_down_nowhere() {
    let app = one_person().await;
    let mut browser = app.browser();
    fail(&mut browser, "мой-тайный-пароль", 5).await;
    browser.sign_in("мой-тайный-пароль", WRONG).await.expect(429);
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT entity_id, audit_events::text FROM audit_events UNION ALL SELECT key, key FROM sign_in_limits",
    )
    .fetch_all(&app.db)
    .await
    .expect("rows");
    assert!(rows.iter().all(|(_, text)| !text.contains("тайный")), "{rows:?}");
    let failed: Vec<_> = rows.iter().filter(|(id, _)| id.starts_with("login:")).collect();
    assert_eq!(failed.len(), 6);
}

#[tokio::test]
async fn a_known_browser_of_an_office_does_not_use_up_the_tries_of_its_address() {
    let app = one_person().await;
    let mut own = known_browser(&app, "ivanova").await;
    fail(&mut own, "ivanova", 4).await;
    assert_eq!(tries(&app, "ip:127.0.0.1").await, 0);
}
