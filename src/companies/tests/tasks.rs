//! What the list knows of a company's open tasks.

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

/// Companies of an administrator with a task each: its name, when it is due and where it stands. It is noon of 23 November
/// in Moscow.
async fn busy(tasks: &[(&str, &str, &str)]) -> (TestApp, Actor) {
    let app = TestApp::new().await;
    let me = app.person("petrov", Role::Admin, None).await;
    for (name, due, status) in tasks {
        let company = app.company(name).of(&me).create(&app).await;
        task(&app, (company, &me), due, status).await;
    }
    (app, me)
}

#[tokio::test]
async fn the_list_shows_companies_with_tasks_whose_day_is_over_where_the_reader_is() {
    let (app, me) = busy(&[
        ("Вчера", "2026-11-22 20:00+03", "new"),
        ("Вчера в работе", "2026-11-22 10:00+03", "in_progress"),
        ("Сделана", "2026-11-22 10:00+03", "done"),
        ("Сегодня", "2026-11-23 09:00+03", "new"),
        ("Ночью", "2026-11-22 23:30+03", "new"),
        ("Завтра", "2026-11-24 09:00+03", "new"),
    ])
    .await;
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
async fn tasks_of_today_of_the_week_and_none_at_all_are_asked_for_in_the_address() {
    let (app, me) = busy(&[
        ("Вчера", "2026-11-22 20:00+03", "new"),
        ("Сегодня", "2026-11-23 00:00+03", "new"),
        ("Шестой день", "2026-11-29 23:59+03", "in_progress"),
        ("Через неделю", "2026-11-30 00:00+03", "new"),
        ("Сделана", "2026-11-23 10:00+03", "done"),
        ("Без срока", "2027-01-01 00:00+03", "new"),
    ])
    .await;
    sqlx::query("UPDATE tasks SET due_at = NULL WHERE due_at > '2026-12-31'")
        .execute(&app.app.db)
        .await
        .expect("no date");
    app.company("Ни одной").of(&me).create(&app).await;
    let mut browser = app.signed_in("petrov").await;
    for (tasks, chip, expected) in [
        ("none", "Задачи: без задач", vec!["Ни одной", "Сделана"]),
        ("today", "Задачи: на сегодня", vec!["Сегодня"]),
        ("week", "Задачи: на неделю", vec!["Сегодня", "Шестой день"]),
        ("overdue", "Задачи: есть просроченные", vec!["Вчера"]),
    ] {
        for sort in ["name", "contract_until", "status"] {
            let list = format!("/companies/?tasks={tasks}&sort={sort}&dir=asc");
            let mut found = names(&mut browser, &list).await;
            found.sort();
            assert_eq!(found, expected, "{list}");
        }
        let page = browser.get(&format!("/companies/?tasks={tasks}")).await;
        assert_eq!(page.texts(".chip"), [chip]);
        assert_eq!(
            page.attribute(".chip a", "href").as_deref(),
            Some("/companies/?all=1"),
            "{tasks}"
        );
        let count = browser.get(&format!("/companies/count/?tasks={tasks}")).await;
        count.expect_text(&expected.len().to_string());
        let export = browser.get(&format!("/companies/export/?tasks={tasks}")).await;
        export.expect(200).expect_text(chip);
    }
    assert_eq!(names(&mut browser, "/companies/?tasks=nonsense").await.len(), 7);
}

#[tokio::test]
async fn the_column_of_overdue_tasks_counts_them_and_leads_to_them() {
    let app = TestApp::new().await;
    let me = app.person("petrov", Role::Admin, None).await;
    let late = app.company("Айва").of(&me).create(&app).await;
    app.company("Вишня").of(&me).create(&app).await;
    for (due, status) in [
        ("2026-11-21 10:00+03", "new"),
        ("2026-11-22 10:00+03", "in_progress"),
        ("2026-11-22 10:00+03", "done"),
        ("2026-11-23 09:00+03", "new"),
    ] {
        task(&app, (late, &me), due, status).await;
    }
    let mut browser = app.signed_in("petrov").await;
    let columns = [("order", "overdue"), ("column", "overdue"), ("size", "50")];
    browser.post("/companies/view/", &columns).await.expect_redirect();
    let page = browser.get("/companies/?sort=name").await;
    assert_eq!(page.texts("thead th"), ["Компания", "Просрочки"]);
    let url = page.attribute("td a.badge.danger", "href").expect("a link");
    assert_eq!(url, format!("/tasks/?scope=all&when=overdue&company={late}"));
    assert!(page.texts("td a.badge.danger")[0].starts_with('2'));
    assert_eq!(page.texts("td a.badge.danger").len(), 1);
    let tasks = browser.get(&url).await;
    assert_eq!(tasks.expect(200).texts("a.row-link").len(), 2);
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
    assert!(tabs.iter().any(|url| url == "/companies/?tasks=overdue"), "{tabs:?}");
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

/// Where nearly all companies have tasks, those without stand behind more of them than are asked one by one.
#[tokio::test]
async fn companies_without_tasks_are_found_behind_thousands_that_have_some() {
    let app = TestApp::new().await;
    let me = app.person("petrov", Role::Admin, None).await;
    let many = "WITH made AS (
            INSERT INTO companies (id, name, name_key, updated_at)
            SELECT gen_random_uuid(), 'Занятая ' || n, 'занятая ' || n, '2026-11-20 10:00+03' FROM generate_series(1, 8200) AS n
            RETURNING id
        )
        INSERT INTO tasks (id, title, status, company_id, assignee_id, due_at)
        SELECT gen_random_uuid(), 'Позвонить', 'new', id, $1, '2026-12-20 10:00+03' FROM made";
    let person = me.user.map(|user| user.0);
    sqlx::query(many)
        .bind(person)
        .execute(&app.db)
        .await
        .expect("companies with tasks");
    let few = "INSERT INTO companies (id, name, name_key, updated_at)
        SELECT gen_random_uuid(), name, lower(name), moment::timestamptz
        FROM (VALUES ('Первая', '2026-11-21 10:00+03'), ('Предпоследняя', '2026-11-19 10:00+03'),
                     ('Последняя', '2026-11-18 10:00+03')) AS few (name, moment)";
    sqlx::query(few).execute(&app.db).await.expect("companies without");
    let mut browser = app.signed_in("petrov").await;
    let found = names(&mut browser, "/companies/?tasks=none").await;
    assert_eq!(found, ["Первая", "Предпоследняя", "Последняя"]);
    let risen = names(&mut browser, "/companies/?tasks=none&sort=updated_at&dir=asc").await;
    assert_eq!(risen, ["Последняя", "Предпоследняя", "Первая"]);
}
