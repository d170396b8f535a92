//! Three processes bring series forth while some of them are killed.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::team;
use crate::tasks::bring_forth;
use crate::testing::TestApp;

const MADE: &str = "SELECT count(*) FROM tasks";
const SERIES: i64 = 20;
/// Days since each of them began, and the one to come.
const DAYS: i64 = 16;

/// A process that looks again and again for what has become due.
fn process(app: &TestApp) -> JoinHandle<()> {
    let process = app.twin();
    tokio::spawn(async move {
        loop {
            bring_forth(&process.app).await.expect("brought forth");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.db).await.expect("a number")
}

async fn until(app: &TestApp, sql: &'static str, enough: impl Fn(i64) -> bool) {
    let waiting = async {
        while !enough(number(app, sql).await) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let done = tokio::time::timeout(Duration::from_mins(2), waiting).await;
    assert!(done.is_ok(), "{sql}: {}", number(app, sql).await);
}

#[tokio::test]
async fn each_occurrence_appears_once_though_processes_are_killed_again_and_again() {
    let team = team().await;
    let app = &team.app;
    sqlx::query(
        "INSERT INTO task_series (id, rule, starts_at, zone, title, author_id, assignee_id, reached, next_at)
         SELECT gen_random_uuid(), 'FREQ=DAILY', '2026-11-23 10:00', 'Europe/Moscow', 'Отчёт ' || n, $1, $1,
                '2026-11-23 10:00', '2026-11-23 10:00+03'
         FROM generate_series(1, $2) AS n",
    )
    .bind(team.manager_actor.user.map(|user| user.0))
    .bind(SERIES)
    .execute(&app.db)
    .await
    .expect("series");
    app.pass(chrono::TimeDelta::days(DAYS - 1));
    let mut processes: Vec<_> = (0..3).map(|_| process(app)).collect();
    // Each is killed wherever it stands, and another one comes in its place.
    for kill in 1..=12 {
        until(app, MADE, |made| made >= kill * SERIES).await;
        let turn = usize::try_from(kill).expect("a few") % 3;
        processes[turn].abort();
        processes[turn] = process(app);
    }
    until(
        app,
        "SELECT count(*) FROM task_series WHERE next_at <= '2026-12-08 12:00+03'",
        |left| left == 0,
    )
    .await;
    for process in processes {
        process.abort();
    }
    assert_eq!(number(app, MADE).await, SERIES * DAYS);
    let distinct = "SELECT count(DISTINCT (series_id, occurrence)) FROM tasks";
    assert_eq!(number(app, distinct).await, SERIES * DAYS, "none twice");
    let per_day = "SELECT count(DISTINCT occurrence) FROM tasks
                   WHERE occurrence BETWEEN '2026-11-24 10:00' AND '2026-12-09 10:00'";
    assert_eq!(number(app, per_day).await, DAYS, "none left out");
    let told = "SELECT count(*) FROM audit_events WHERE entity = 'task' AND verb = 'create'";
    assert_eq!(number(app, told).await, SERIES * DAYS, "and the log has each once");
}
