//! `/settings/jobs/`.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::jobs::{self, Periodic};
use crate::policy::Role;
use crate::testing::TestApp;

const SHARED: Periodic = Periodic {
    name: "shared",
    label: "Общая работа",
    every: Duration::from_hours(1),
    is_shared: true,
    run: |_| Box::pin(async { Ok(()) }),
};

const BROKEN: Periodic = Periodic {
    name: "broken",
    label: "Сломанная работа",
    every: Duration::from_hours(1),
    is_shared: false,
    run: |_| Box::pin(async { Err(anyhow::anyhow!("диск полон").into()) }),
};

async fn value(app: &TestApp, sql: &'static str) -> String {
    let sql = format!("SELECT COALESCE(({sql})::text, '')");
    let value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&app.app.db)
        .await;
    value.expect("a value")
}

#[tokio::test]
async fn works_are_shown_with_how_they_went_and_are_run_by_hand() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut admin = app.signed_in("admin").await;
    admin
        .get("/settings/jobs/")
        .await
        .expect(200)
        .expect_text("Работы ещё не запущены");
    let stop = CancellationToken::new();
    let running = tokio::spawn(jobs::run(app.app.clone(), vec![SHARED, BROKEN], stop.clone()));
    while value(&app, "SELECT runs FROM schedule WHERE name = 'shared'").await != "1"
        || app.works.list().iter().any(|work| work.runs == 0)
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let page = admin.get("/settings/jobs/").await;
    page.expect(200)
        .expect_text("Общая работа раз в час, один из процессов")
        .expect_text("сегодня 13:00")
        .expect_text("Сломанная работа раз в час, каждый процесс")
        .expect_text("диск полон")
        .expect_text("Не удаётся");
    let led = admin
        .post("/settings/jobs/run/", &[("name", "shared")])
        .await
        .expect_redirect();
    assert_eq!(led, "/settings/jobs/");
    while value(&app, "SELECT runs FROM schedule WHERE name = 'shared'").await != "2" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let event = "SELECT string_agg(message, ', ') FROM audit_events WHERE verb = 'run_work'";
    assert_eq!(value(&app, event).await, "Запущена вручную работа «Общая работа»");
    admin
        .post("/settings/jobs/run/", &[("name", "unknown")])
        .await
        .expect(404);
    stop.cancel();
    running.await.expect("no panic");
    // Wanted twice before anybody does it: done once, logged once.
    for _ in 0..2 {
        admin
            .post("/settings/jobs/run/", &[("name", "shared")])
            .await
            .expect_redirect();
    }
    assert_eq!(
        value(&app, "SELECT count(*) FROM jobs WHERE state = 'ready'").await,
        "1"
    );
    assert_eq!(
        value(&app, "SELECT count(*) FROM audit_events WHERE verb = 'run_work'").await,
        "2"
    );
    admin
        .get("/settings/jobs/")
        .await
        .expect_text("Очередь: 1 задание ждёт");
}

#[tokio::test]
async fn what_was_given_up_is_tried_again_or_taken_away() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut admin = app.signed_in("admin").await;
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        let id = uuid::Uuid::now_v7();
        sqlx::query(
            "INSERT INTO jobs (id, queue, kind, payload, state, run_at, attempts, max_attempts, last_error, created_at,
                               finished_at)
             VALUES ($1, 'default', 'run_work', jsonb_build_object('name', $2::text), 'dead', $3, 3, 3, 'нет места', $3, $3)",
        )
        .bind(id)
        .bind(name)
        .bind(app.now())
        .execute(&app.app.db)
        .await
        .expect("a job");
        ids.push(id);
    }
    let page = admin.get("/settings/jobs/").await;
    page.expect(200)
        .expect_text("Задания, которые не удались")
        .expect_text("нет места");
    admin
        .post(&format!("/settings/jobs/{}/retry/", ids[0]), &[])
        .await
        .expect_redirect();
    admin
        .post(&format!("/settings/jobs/{}/remove/", ids[1]), &[])
        .await
        .expect_redirect();
    admin
        .post(&format!("/settings/jobs/{}/retry/", ids[1]), &[])
        .await
        .expect(404);
    assert_eq!(
        value(&app, "SELECT string_agg(state || attempts, ' ') FROM jobs").await,
        "ready0"
    );
    let events = "SELECT string_agg(verb, ' ' ORDER BY verb) FROM audit_events WHERE entity = 'job'";
    assert_eq!(value(&app, events).await, "remove_job retry_job");
    admin.get("/settings/jobs/").await.expect_no_text("не удались");
}
