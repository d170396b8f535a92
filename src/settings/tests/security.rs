//! The log of sign-ins, locks, and the roles that need a second factor.

use super::office;
use crate::testing::{Client, TestApp};

const LOG: &str = "/settings/security/";
const LOCKS: &str = "/settings/security/locks/";
const RULES: &str = "/settings/security/second-factor/";
const WRONG: &str = "не тот пароль";

async fn try_from(app: &TestApp, login: &str, ip: &str, times: usize) {
    let mut browser = app.browser();
    browser.headers.insert("x-forwarded-for", ip.parse().expect("a value"));
    for _ in 0..times {
        browser.sign_in(login, WRONG).await;
    }
}

async fn id_of(app: &TestApp, login: &str) -> i64 {
    sqlx::query_scalar("SELECT id FROM users WHERE username = $1")
        .bind(login)
        .fetch_one(&app.db)
        .await
        .expect("an id")
}

/// Outcomes and people of the rows, in their order.
async fn rows(admin: &mut Client, query: &str) -> Vec<String> {
    let page = admin.get(&format!("{LOG}{query}")).await;
    let outcomes = page.expect(200).texts("tbody .badge");
    let people = page.texts("tbody .cell-main .line");
    outcomes
        .into_iter()
        .zip(people)
        .map(|(a, b)| format!("{a}: {b}"))
        .collect()
}

#[tokio::test]
async fn sign_ins_failures_and_locks_are_found_by_person_login_address_and_outcome() {
    let (app, mut admin) = office().await;
    try_from(&app, "ivanova", "203.0.113.7", 6).await;
    try_from(&app, "nobody", "203.0.113.9", 1).await;
    let mut person = app.signed_in("ivanova").await;
    person.post("/logout/", &[]).await.expect(303);
    let id = id_of(&app, "ivanova").await;
    let all = rows(&mut admin, "").await;
    assert_eq!(all.len(), 10, "{all:?}");
    let (own, unknown) = ("ivanova Тестовivanova", "логина нет в системе");
    for (query, expected) in [
        ("?outcome=locked".to_owned(), vec![format!("Блокировка: {own}")]),
        ("?outcome=out".to_owned(), vec![format!("Выход: {own}")]),
        ("?login=NOBODY".to_owned(), vec![format!("Неудача: {unknown}")]),
        ("?login=somebody".to_owned(), vec![]),
        ("?ip=203.0.113.9".to_owned(), vec![format!("Неудача: {unknown}")]),
        (format!("?person={id}&outcome=in"), vec![format!("Вход: {own}")]),
        (format!("?person={id}&login=nobody"), vec![]),
        ("?login=Ivanova&outcome=out".to_owned(), vec![format!("Выход: {own}")]),
        ("?until=2026-11-22".to_owned(), vec![]),
    ] {
        assert_eq!(rows(&mut admin, &query).await, expected, "{query}");
        let chips = admin.get(&format!("{LOG}{query}")).await.texts(".filter-active .chip");
        assert_eq!(chips.len(), query.split('&').count(), "{query}: {chips:?}");
    }
    assert_eq!(rows(&mut admin, &format!("?person={id}&outcome=failed")).await.len(), 5);
    let link = format!("a[href='{LOG}?person={id}']");
    let page = admin.get(&format!("/settings/users/{id}/edit/")).await;
    assert!(page.attribute(&link, "href").is_some());
    let page = admin.get(LOG).await;
    page.expect_text("закрыт на 30 с: много неверных попыток");
}

#[tokio::test]
async fn the_log_of_sign_ins_is_read_page_by_page() {
    let (app, mut admin) = office().await;
    sqlx::query(
        "INSERT INTO audit_events (id, at, verb, entity, entity_id, ip)
         SELECT gen_random_uuid(), $1, 'sign_in_failed', 'session', '-', '203.0.113.' || n
         FROM generate_series(1, 120) AS n",
    )
    .bind(app.now())
    .execute(&app.db)
    .await
    .expect("events");
    let mut address = format!("{LOG}?outcome=failed");
    let mut seen = Vec::new();
    loop {
        let page = admin.get(&address).await;
        seen.extend(page.texts("tbody td:nth-of-type(4)"));
        let Some(next) = page.attribute("a[rel=next]", "href") else {
            break;
        };
        assert!(next.contains("outcome=failed"), "{next}");
        address = next;
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 120);
}

#[tokio::test]
async fn what_is_locked_is_listed_and_lifted() {
    let (app, mut admin) = office().await;
    admin
        .get(LOCKS)
        .await
        .expect(200)
        .expect_text("Ничего не заблокировано");
    try_from(&app, "ivanova", "203.0.113.7", 8).await;
    try_from(&app, "nobody", "203.0.113.9", 6).await;
    let page = admin.get(LOCKS).await;
    page.expect_text("Вход с этим логином с адреса 203.0.113.7")
        .expect_text("ivanova Тестов")
        .expect_text("с логином, которого нет, с адреса 203.0.113.9")
        .expect_text("ещё 30 с, до 12:00");
    let refused = page.texts("tbody td.num");
    assert!(
        refused.contains(&"3".to_owned()) && refused.contains(&"1".to_owned()),
        "{refused:?}"
    );
    let id = id_of(&app, "ivanova").await;
    let row = format!("tr:has(a[href='/settings/users/{id}/edit/']) input[name=key]");
    let key = page.attribute(&row, "value").expect("a button");
    let lift = format!("{LOCKS}lift/");
    admin.post_from(LOCKS, &lift, &[("key", &key)]).await.expect(303);
    let page = admin.get(LOCKS).await;
    page.expect_text("Блокировка снята").expect_no_text("203.0.113.7");
    admin.post_from(LOCKS, &lift, &[("key", &key)]).await.expect(303);
    admin.get(LOCKS).await.expect_text("Этой блокировки уже нет.");
    assert_eq!(rows(&mut admin, "?outcome=unlocked").await.len(), 1);
    let mut person = app.browser();
    person
        .headers
        .insert("x-forwarded-for", "203.0.113.7".parse().expect("a value"));
    person.sign_in("ivanova", "правильный пароль").await.expect(303);
}

#[tokio::test]
async fn a_role_is_made_to_need_a_second_factor_and_the_log_says_so() {
    let (app, mut admin) = office().await;
    let page = admin.get(RULES).await;
    page.expect(200)
        .expect_text("1 человек, без второго фактора: ivanova Тестов");
    let mut person = app.signed_in("ivanova").await;
    admin.post_from(RULES, RULES, &[("role", "manager")]).await.expect(303);
    let page = admin.get(RULES).await;
    page.expect_text("завершено: 1 сеанс.");
    assert_eq!(page.attribute("input[name=seen]", "value").as_deref(), Some("manager"));
    assert!(page.attribute("input[value=manager][checked]", "name").is_some());
    person.get("/account/").await.expect(303);
    let id = id_of(&app, "ivanova").await;
    admin
        .get(&format!("/settings/users/{id}/edit/"))
        .await
        .expect_text("обязателен, ещё не настроен");
    admin
        .get("/settings/activity/?verb=second_factor_rules")
        .await
        .expect_text("Менеджер: по желанию → обязателен");
    admin.post_from(RULES, RULES, &[("seen", "manager")]).await.expect(303);
    app.signed_in("ivanova").await.get("/account/").await.expect(200);
}

#[tokio::test]
async fn an_administrator_without_one_cannot_require_it_of_administrators() {
    let (_app, mut admin) = office().await;
    let fields = [("role", "manager"), ("role", "admin")];
    let answer = admin.post_from(RULES, RULES, &fields).await;
    answer.expect(422).expect_text("Сначала включите второй фактор у себя");
    assert!(answer.attribute("a[href='/account/second-factor/']", "href").is_some());
    // What was chosen stays, and nothing was done.
    assert!(answer.attribute("input[value=admin][checked]", "name").is_some());
    assert_eq!(admin.get(RULES).await.attribute("input[name=seen]", "value"), None);
}

#[tokio::test]
async fn a_second_choice_made_from_an_old_page_is_shown_and_not_saved() {
    let (_app, mut admin) = office().await;
    admin.post_from(RULES, RULES, &[("role", "manager")]).await.expect(303);
    let answer = admin.post_from(RULES, RULES, &[("role", "sales_head")]).await;
    answer.expect(409).expect_text("правила изменил другой администратор");
    answer
        .expect_text("Сейчас: обязателен")
        .expect_text("Сейчас: по желанию");
    assert!(answer.attribute("input[value=sales_head][checked]", "name").is_some());
    assert_eq!(
        answer.attribute("input[name=seen]", "value").as_deref(),
        Some("manager")
    );
}
