//! «Есть просроченные задачи».

use super::number;
use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::CompanyId;

const LIST: &str = "/companies/?overdue=1&sort=name&dir=asc";

async fn names(browser: &mut Client, path: &str) -> Vec<String> {
    let page = browser.get(path).await;
    page.expect(200).texts("a.row-link")
}

/// A task at a company, due at this moment.
async fn task(app: &TestApp, (company, person): (CompanyId, &Actor), due: &str, status: &str) {
    sqlx::query(
        "INSERT INTO tasks (id, title, status, company_id, assignee_id, due_at, closed_at)
         VALUES (gen_random_uuid(), 'Позвонить', $4, $1, $2, $3::timestamptz,
                 CASE WHEN $4 IN ('done', 'cancelled') THEN now() END)",
    )
    .bind(company.0)
    .bind(person.user.map(|user| user.0))
    .bind(due)
    .bind(status)
    .execute(&app.app.db)
    .await
    .expect("a task");
}

#[tokio::test]
async fn the_list_shows_companies_with_tasks_whose_day_is_over_where_the_reader_is() {
    let app = TestApp::new().await;
    let me = app.person("petrov", Role::Admin, None).await;
    // It is noon of 23 November in Moscow.
    for (name, due, status) in [
        ("Вчера", "2026-11-22 20:00+03", "new"),
        ("Вчера в работе", "2026-11-22 10:00+03", "in_progress"),
        ("Сделана", "2026-11-22 10:00+03", "done"),
        ("Сегодня", "2026-11-23 09:00+03", "new"),
        ("Ночью", "2026-11-22 23:30+03", "new"),
        ("Завтра", "2026-11-24 09:00+03", "new"),
    ] {
        let company = app.company(name).of(&me).create(&app).await;
        task(&app, (company, &me), due, status).await;
    }
    app.company("Без задач").of(&me).create(&app).await;
    let mut browser = app.signed_in("petrov").await;
    assert_eq!(names(&mut browser, LIST).await, ["Вчера", "Вчера в работе", "Ночью"]);
    let page = browser.get(LIST).await;
    assert_eq!(page.texts(".chip"), ["Задачи: есть просроченные"]);
    browser
        .get("/companies/count/?overdue=1")
        .await
        .expect_text("3 компании");
    browser
        .get("/companies/export/?overdue=1")
        .await
        .expect(200)
        .expect_text("Задачи: есть просроченные");
    // In Kamchatka 23:30 of Moscow's 22nd is 8:30 of the 23rd, which is today there.
    sqlx::query("UPDATE users SET time_zone = 'Asia/Kamchatka'")
        .execute(&app.app.db)
        .await
        .expect("a zone");
    assert_eq!(names(&mut browser, LIST).await, ["Вчера в работе"]);
}

#[tokio::test]
async fn a_filter_of_overdue_tasks_gets_a_name_and_is_acted_on() {
    let app = TestApp::new().await;
    let me = app.person("petrov", Role::Admin, None).await;
    for (name, due) in [("Вчера", "2026-11-22 10:00+03"), ("Завтра", "2026-11-24 10:00+03")] {
        let company = app.company(name).of(&me).create(&app).await;
        task(&app, (company, &me), due, "new").await;
    }
    let mut browser = app.signed_in("petrov").await;
    let saved = [("name", "Горит"), ("query", "overdue=1")];
    browser.post("/companies/saved/", &saved).await.expect_redirect();
    let page = browser.get("/companies/?all=1").await;
    let tabs = page.attributes(".tab", "href");
    assert!(tabs.iter().any(|url| url == "/companies/?overdue=1"), "{tabs:?}");
    let chosen = [
        ("whole", "1"),
        ("query", "overdue=1"),
        ("kind", "status"),
        ("status", "2"),
        ("asked", "1"),
    ];
    browser.post("/companies/bulk/", &chosen).await.expect_redirect();
    let rows = number(&app, "SELECT count(*) FROM bulk_rows").await;
    assert_eq!(rows, 1, "only what the filter lets through");
}
