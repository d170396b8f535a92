//! Who called how much, and who sees it.

use crate::policy::Role;
use crate::testing::TestApp;

/// A call of this person that came to a phone, so many minutes ago.
async fn called(app: &TestApp, person: &crate::policy::Actor, minutes: i32, (is_cold, result): (bool, &str)) {
    let at = "now() - make_interval(mins => $2)";
    let sql = format!(
        "INSERT INTO call_requests (id, user_id, created_by, phone, note, click_key, state, is_cold, result, duration_seconds,
                                    created_at, expires_at, delivered_at, closed_at)
         VALUES (gen_random_uuid(), $1, $1, '+79123456789', 'UI click', gen_random_uuid(), 'ended', $3, $4, 65,
                 {at}, {at}, {at}, {at})"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(person.user.unwrap().0)
        .bind(minutes)
        .bind(is_cold)
        .bind(result)
        .execute(&app.db)
        .await
        .unwrap();
}

/// The reader's address of the month in which the database is.
async fn this_month(app: &TestApp) -> String {
    let month: String = sqlx::query_scalar("SELECT to_char(now() AT TIME ZONE 'Europe/Moscow', 'YYYY-MM')")
        .fetch_one(&app.db)
        .await
        .unwrap();
    format!("period=month&at={month}")
}

#[tokio::test]
async fn leads_see_their_branch_and_managers_themselves() {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("here").await, app.branch("there").await);
    let anna = app.person("anna", Role::Manager, Some(here)).await;
    let boris = app.person("boris", Role::Manager, Some(there)).await;
    app.person("chief", Role::SalesHead, Some(here)).await;
    app.person("lost", Role::BranchDirector, None).await;
    app.person("boss", Role::Admin, None).await;
    called(&app, &anna, 1, (true, "connected")).await;
    called(&app, &anna, 2, (false, "no_answer")).await;
    called(&app, &boris, 1, (false, "busy")).await;
    let month = this_month(&app).await;
    let page = app.signed_in("chief").await.get(&format!("/analytics/?{month}")).await;
    page.expect(200)
        .expect_text("anna Тестов")
        .expect_no_text("boris Тестов");
    page.expect_text("звонков 2, дозвонов 1, холодных 1");
    let page = app.signed_in("boss").await.get(&format!("/analytics/?{month}")).await;
    page.expect_text("boris Тестов").expect_no_text("boss Тестов Звонков");
    app.signed_in("lost")
        .await
        .get("/analytics/")
        .await
        .expect_text("Показывать некого");
    app.signed_in("anna").await.get("/analytics/").await.expect(403);
    let sheet = format!("/analytics/users/{}/?{month}", anna.user.unwrap());
    let page = app.signed_in("chief").await.get(&sheet).await;
    page.expect_text("Дозвонился").expect_text("1:05");
    app.signed_in("lost").await.get(&sheet).await.expect(404);
    let foreign = format!("/analytics/users/{}/?{month}", boris.user.unwrap());
    app.signed_in("chief").await.get(&foreign).await.expect(404);
    let page = app
        .signed_in("anna")
        .await
        .get(&format!("/calls/?{month}&list=cold"))
        .await;
    page.expect_text("Холодный").expect_no_text("Не дозвонился");
}

#[tokio::test]
async fn the_report_of_cold_calls_hides_repeats_and_goes_three_months_back() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    // The application's clock is the database's here: the report asks for its own today.
    called(&app, &anna, 0, (true, "connected")).await;
    called(&app, &anna, 0, (true, "connected")).await;
    sqlx::query("UPDATE call_requests SET created_at = '2026-11-23T08:00:00Z'")
        .execute(&app.db)
        .await
        .unwrap();
    called(&app, &anna, 0, (true, "connected")).await;
    sqlx::query("UPDATE call_requests SET created_at = '2026-10-05T08:00:00Z' WHERE created_at > '2026-11-24'")
        .execute(&app.db)
        .await
        .unwrap();
    let mut browser = app.signed_in("anna").await;
    let day = browser.get("/reports/cold-calls/day/").await.expect(200).json();
    assert_eq!((&day["count"], &day["date"]), (&1.into(), &"23.11.2026".into()));
    assert_eq!(day["items"][0]["time"], "11:00");
    let text = day["text"].as_str().unwrap();
    assert!(
        text.contains("Всего: 1") && text.contains("1) 11:00 — Контакт не указан"),
        "{text}"
    );
    let month = browser
        .get("/reports/cold-calls/month/?month=2026-10")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&month["month_label"], &month["count"]),
        (&"Октябрь 2026".into(), &1.into())
    );
    assert_eq!(month["available_months"][0]["key"], "2026-11");
    assert_eq!(month["available_months"][1]["label"], "Октябрь 2026");
    let other = browser
        .get("/reports/cold-calls/month/?month=2020-01")
        .await
        .expect(200)
        .json();
    assert_eq!(other["month"], "2026-11");
}
