//! One's own page, and sessions that are seen and ended one by one.

use crate::policy::Role;
use crate::testing::{Client, TestApp};

const PAGE: &str = "/account/sessions/";
const ROWS: &str = "tbody tr";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                       Chrome/131.0.0.0 Safari/537.36";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/18.1 Mobile/15E148 Safari/604.1";

async fn signed_in_from(app: &TestApp, login: &str, agent: &str, ip: &str) -> Client {
    let mut browser = app.browser();
    browser.headers.insert("user-agent", agent.parse().expect("a value"));
    browser.headers.insert("x-forwarded-for", ip.parse().expect("a value"));
    browser.sign_in(login, "правильный пароль").await.expect(303);
    browser
}

async fn two_devices() -> (TestApp, Client, Client) {
    let app = TestApp::new().await;
    let branch = app.branch("ekb").await;
    app.person("ivanova", Role::Manager, Some(branch)).await;
    let phone = signed_in_from(&app, "ivanova", PHONE, "203.0.113.7").await;
    app.pass(chrono::TimeDelta::minutes(10));
    let desk = signed_in_from(&app, "ivanova", WINDOWS, "198.51.100.9").await;
    (app, desk, phone)
}

/// Who ended what from where, in the order of time.
async fn ends(app: &TestApp) -> Vec<(String, String, String, String)> {
    sqlx::query_as(
        "SELECT event.verb, person.username, event.ip, event.message
         FROM audit_events AS event JOIN users AS person ON person.id = event.actor_id
         WHERE event.verb LIKE 'end%' ORDER BY event.at, event.id",
    )
    .fetch_all(&app.db)
    .await
    .expect("events")
}

#[tokio::test]
async fn the_own_page_says_who_one_is_and_leads_to_the_rest() {
    let (_app, mut desk, _phone) = two_devices().await;
    let page = desk.get("/account/").await;
    page.expect(200);
    for text in [
        "ivanova",
        "Менеджер",
        "ekb",
        "сегодня 12:10",
        "Открыто: 2 сеанса",
        "Выключен",
    ] {
        page.expect_text(text);
    }
    for link in ["/account/password/", "/account/second-factor/", PAGE] {
        assert!(
            page.attribute(&format!(".tile[href='{link}']"), "href").is_some(),
            "{link}"
        );
    }
}

#[tokio::test]
async fn each_session_shows_its_device_address_and_times_and_this_one_comes_first() {
    let (app, mut desk, mut phone) = two_devices().await;
    app.pass(chrono::TimeDelta::minutes(20));
    phone.get("/account/").await.expect(200);
    assert_eq!(
        desk.get(PAGE).await.texts(ROWS),
        [
            "Chrome, Windowsэто устройство 198.51.100.9 сегодня 12:10 сегодня 12:30",
            "Safari, iPhone 203.0.113.7 сегодня 12:00 сегодня 12:30 Завершить",
        ]
    );
}

#[tokio::test]
async fn a_session_is_ended_once_by_its_person_and_the_audit_says_from_where() {
    let (app, mut desk, mut phone) = two_devices().await;
    let end = desk
        .get(PAGE)
        .await
        .attribute("form[action$='/end/']", "action")
        .expect("a button");
    assert_eq!(desk.post_from(PAGE, &end, &[]).await.expect_redirect(), PAGE);
    desk.get(PAGE)
        .await
        .expect_text("Сеанс завершён.")
        .expect_no_text("iPhone");
    phone.get(PAGE).await.expect(303);
    desk.post_from(PAGE, &end, &[]).await.expect(303);
    desk.get(PAGE).await.expect_text("Этот сеанс уже завершён.");
    let end = (
        "end_session".to_owned(),
        "ivanova".to_owned(),
        "198.51.100.9".to_owned(),
        "Завершён сеанс: Safari, iPhone, адрес 203.0.113.7".to_owned(),
    );
    assert_eq!(ends(&app).await, [end]);
}

#[tokio::test]
async fn nobody_ends_the_session_of_another_person() {
    let (app, mut desk, mut phone) = two_devices().await;
    app.person("petrov", Role::GroupManager, None).await;
    let mut petrov = app.signed_in("petrov").await;
    let end = desk
        .get(PAGE)
        .await
        .attribute("form[action$='/end/']", "action")
        .expect("a button");
    petrov.post_from(PAGE, &end, &[]).await.expect(303);
    petrov.get(PAGE).await.expect_text("Этот сеанс уже завершён.");
    phone.get(PAGE).await.expect(200);
    assert!(ends(&app).await.is_empty());
}

#[tokio::test]
async fn all_other_sessions_are_ended_at_once() {
    let (app, mut desk, mut phone) = two_devices().await;
    let path = format!("{PAGE}end-others/");
    desk.post_from(PAGE, &path, &[]).await.expect(303);
    let page = desk.get(PAGE).await;
    page.expect_text("Завершено: 1 сеанс.")
        .expect_no_text("Завершить все остальные");
    phone.get(PAGE).await.expect(303);
    desk.post_from(PAGE, &path, &[]).await.expect(303);
    desk.get(PAGE).await.expect_text("Других сеансов нет.");
    assert_eq!(ends(&app).await.len(), 1);
}

#[tokio::test]
async fn an_administrator_ends_one_session_of_a_person() {
    let (app, mut desk, mut phone) = two_devices().await;
    app.person("boss", Role::Admin, None).await;
    let mut boss = app.signed_in("boss").await;
    let id: i64 = sqlx::query_scalar("SELECT id FROM users WHERE username = 'ivanova'")
        .fetch_one(&app.db)
        .await
        .expect("an id");
    let page = format!("/settings/users/{id}/edit/");
    let shown = boss.get(&page).await;
    assert_eq!(shown.texts(ROWS).len(), 2);
    shown.expect_text("Safari, iPhone").expect_no_text("это устройство");
    let end = shown.attribute("tr:nth-of-type(2) form[action$='/end/']", "action");
    let end = end.expect("a button");
    assert_eq!(boss.post_from(&page, &end, &[]).await.expect_redirect(), page);
    phone.get(PAGE).await.expect(303);
    desk.get(PAGE).await.expect(200);
    boss.get(&page).await.expect_text("Сеанс завершён.");
    boss.post_from(&page, &end, &[]).await.expect(303);
    boss.get(&page).await.expect_text("Этот сеанс уже завершён.");
    let ended = ends(&app).await;
    assert_eq!(
        (ended.len(), ended[0].1.as_str(), ended[0].2.as_str()),
        (1, "boss", "127.0.0.1")
    );
}

#[tokio::test]
async fn signing_out_a_new_password_and_ended_sessions_are_logged_with_address_and_device() {
    let (app, mut desk, _phone) = two_devices().await;
    let new = "другой хороший пароль";
    let fields = [("present", "правильный пароль"), ("new", new), ("repeat", new)];
    desk.post("/account/password/", &fields).await.expect(303);
    desk.post("/logout/", &[]).await.expect(303);
    let events: Vec<(String, String)> = sqlx::query_as(
        "SELECT ip, user_agent FROM audit_events WHERE verb IN ('change_password', 'sign_out') ORDER BY at, id",
    )
    .fetch_all(&app.db)
    .await
    .expect("events");
    let here = ("198.51.100.9".to_owned(), WINDOWS.to_owned());
    assert_eq!(events, [here.clone(), here]);
}
