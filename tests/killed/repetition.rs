//! Series come due in three processes on one database, two of which are killed in the middle; each occurrence is there once.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::number;
use crate::postgres::Postgres;
use crate::program::Program;

/// Thirty daily series, each with fifty days gone by: fifty-one occurrences beside the first, the last one to come.
const SERIES: &str = "
    INSERT INTO users (username, password_hash, first_name, last_name, role)
    VALUES ('petrov', '', 'Пётр', 'Петров', 'manager');
    INSERT INTO task_series (id, rule, starts_at, zone, title, author_id, assignee_id, reached, next_at)
    SELECT gen_random_uuid(), 'FREQ=DAILY', began, 'UTC', 'Отчёт ' || n, person.id, person.id, began,
           began AT TIME ZONE 'UTC'
    FROM users AS person, generate_series(1, 30) AS n,
         LATERAL (SELECT date_trunc('minute', now() AT TIME ZONE 'UTC') - interval '50 days' - n * interval '7 minutes' AS began)
             AS own
    WHERE person.username = 'petrov'";
const MADE: &str = "SELECT count(*) FROM tasks";
const RIPE: &str = "SELECT count(*) FROM task_series WHERE next_at <= now()";
/// Days of a series that are missing, or whose task or event is there twice.
const WRONG: &str = "
    SELECT count(*) FROM (
        SELECT series.id
        FROM task_series AS series
        CROSS JOIN LATERAL generate_series(series.starts_at + interval '1 day', series.reached, interval '1 day') AS day
        LEFT JOIN tasks AS task ON task.series_id = series.id AND task.occurrence = day
        LEFT JOIN audit_events AS event ON event.entity = 'task' AND event.entity_id = task.id::text
        GROUP BY series.id, day
        HAVING count(DISTINCT task.id) <> 1 OR count(event.id) <> 1
    ) AS wrong";
const PATIENCE: Duration = Duration::from_mins(3);

async fn until(url: &str, sql: &'static str, enough: impl Fn(i64) -> bool) {
    let end = Instant::now() + PATIENCE;
    loop {
        let now = number(url, sql).await;
        if now.is_some_and(&enough) {
            return;
        }
        assert!(Instant::now() < end, "{sql}: {now:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn three_processes_bring_each_occurrence_forth_once_though_two_are_killed() {
    let postgres = Postgres::start();
    let url = postgres.database("repetition").await;
    let program = Program::new(&url);
    program.run(&["migrate"]);
    let conn = PgConnection::connect(&url).await;
    conn.expect("a connection").execute(SERIES).await.expect("series");
    let places = [Program::new(&url), Program::new(&url), Program::new(&url)];
    let mut servers = places.each_ref().map(|place| place.spawn(&["serve"]));
    for (server, made) in [(0, 200), (1, 600)] {
        until(&url, MADE, |now| now >= made).await;
        servers[server].kill();
        assert!(number(&url, RIPE).await > Some(0), "it was killed in the middle");
    }
    // Somebody starts the second one again.
    servers[1] = places[1].spawn(&["serve"]);
    until(&url, RIPE, |left| left == 0).await;
    assert_eq!(number(&url, MADE).await, Some(30 * 51));
    assert_eq!(number(&url, WRONG).await, Some(0));
    program.run(&["verify"]);
}
