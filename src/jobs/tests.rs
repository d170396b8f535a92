//! Several runners on one database, some of which die.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio::task::JoinHandle;

use super::lease::LEASE;
use super::periodic::{Periodic, take_turn};
use super::queue::{Ended, Queued, Taken, again, claim, clean, dead, enqueue, forget, pause, settle};
use super::runner::{Handler, Handlers, work};
use crate::app::App;
use crate::testing::TestApp;

const MOMENT: Duration = Duration::from_millis(10);

/// A base with a table into which works write what they have done.
async fn workshop() -> TestApp {
    let app = TestApp::new().await;
    let mut owner = crate::db::owner(&app.app.db).await.expect("the owner");
    sqlx::raw_sql(
        "CREATE TABLE effects (n bigint NOT NULL, CONSTRAINT effects_key UNIQUE (n));
         CREATE TABLE turns (slot timestamptz NOT NULL);
         CREATE TABLE traps (n bigint NOT NULL);
         GRANT ALL ON effects, turns, traps TO PUBLIC",
    )
    .execute(&mut owner)
    .await
    .expect("tables");
    app
}

async fn number(app: &App, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(&app.db)
        .await
        .expect("a number")
}

/// Waits until this is so many; panics when it takes too long.
async fn until(app: &App, sql: &str, wanted: i64) {
    let waiting = async {
        while number(app, sql).await != wanted {
            tokio::time::sleep(MOMENT).await;
        }
    };
    let done = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    assert!(done.is_ok(), "{sql} is not {wanted} but {}", number(app, sql).await);
}

fn job(payload: Value) -> Queued {
    Queued {
        kind: "effect",
        payload,
        unique_key: None,
        max_attempts: 5,
    }
}

async fn put(app: &TestApp, job: Queued) -> bool {
    let mut conn = app.conn().await;
    enqueue(&mut conn, job, app.now()).await.expect("queued")
}

/// Writes its number down; the first one of a runner with a trap stands still for ever.
fn handlers(app: &App, trap: &Arc<AtomicBool>, begun: &Arc<AtomicUsize>) -> Handlers {
    let (app, trap, begun) = (app.clone(), trap.clone(), begun.clone());
    let write: Handler = Arc::new(move |payload| {
        let (app, trap, begun) = (app.clone(), trap.clone(), begun.clone());
        Box::pin(async move {
            begun.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(3)).await;
            if trap.swap(false, Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            sqlx::query("INSERT INTO effects (n) VALUES ($1) ON CONFLICT DO NOTHING")
                .bind(payload["n"].as_i64())
                .execute(&app.db)
                .await?;
            Ok(())
        })
    });
    Handlers::from([("effect", write)])
}

#[tokio::test]
async fn three_runners_do_each_job_though_one_is_killed_in_the_middle() {
    const JOBS: i64 = 60;
    let app = workshop().await;
    for n in 0..JOBS {
        put(&app, job(json!({ "n": n }))).await;
    }
    let begun = Arc::new(AtomicUsize::new(0));
    let mut runners: Vec<JoinHandle<()>> = Vec::new();
    for (name, process) in [("one", app.twin()), ("two", app.twin()), ("three", app.twin())] {
        let trap = Arc::new(AtomicBool::new(name == "one"));
        let begun = begun.clone();
        runners.push(tokio::spawn(async move {
            let handlers = handlers(&process.app, &trap, &begun);
            work(&process.app, &handlers, name).await;
        }));
    }
    // All but the one that stands still.
    until(&app, "SELECT count(*) FROM jobs WHERE state <> 'done'", 1).await;
    let doomed = "SELECT count(*) FROM jobs WHERE state = 'running' AND locked_by = 'one'";
    assert_eq!(number(&app, doomed).await, 1);
    runners[0].abort();
    assert_eq!(number(&app, "SELECT count(*) FROM effects").await, JOBS - 1);
    app.pass(LEASE + TimeDelta::seconds(1));
    until(&app, "SELECT count(*) FROM jobs WHERE state = 'done'", JOBS).await;
    assert_eq!(number(&app, "SELECT count(*) FROM effects").await, JOBS);
    assert_eq!(number(&app, "SELECT count(*) FROM jobs WHERE attempts > 1").await, 1);
    let begun = begun.load(Ordering::SeqCst);
    assert_eq!(
        begun,
        usize::try_from(JOBS).expect("a few") + 1,
        "only that one was begun twice"
    );
    for runner in runners {
        runner.abort();
    }
}

/// Writes down for which hour it was done; whoever finds a trap stands still for ever.
const HOURLY: Periodic = Periodic {
    name: "hourly",
    label: "Ежечасная",
    every: Duration::from_hours(1),
    is_shared: true,
    run: |app| {
        Box::pin(async move {
            let trapped = sqlx::query("DELETE FROM traps").execute(&app.db).await?;
            if trapped.rows_affected() > 0 {
                std::future::pending::<()>().await;
            }
            sqlx::query("INSERT INTO turns (slot) VALUES (date_trunc('hour', $1::timestamptz))")
                .bind(app.now())
                .execute(&app.db)
                .await?;
            Ok(())
        })
    },
};

#[tokio::test]
async fn three_processes_take_each_slot_once_though_one_is_killed_in_the_middle() {
    const NAMES: [&str; 3] = ["one", "two", "three"];
    let app = workshop().await;
    sqlx::query("INSERT INTO traps (n) VALUES (1)")
        .execute(&app.app.db)
        .await
        .expect("a trap");
    let processes = NAMES.map(|name| {
        let process = app.twin();
        tokio::spawn(async move {
            loop {
                take_turn(&process.app, &HOURLY, name).await.expect("a look");
                tokio::time::sleep(MOMENT).await;
            }
        })
    });
    let taken = "SELECT count(*) FROM job_slots WHERE NOT EXISTS (SELECT FROM traps)";
    until(&app, taken, 1).await;
    let holder: String = sqlx::query_scalar("SELECT locked_by FROM job_slots")
        .fetch_one(&app.app.db)
        .await
        .expect("a holder");
    let killed = NAMES.iter().position(|name| *name == holder).expect("one of them");
    processes[killed].abort();
    tokio::time::sleep(MOMENT * 10).await;
    assert_eq!(
        number(&app, "SELECT count(*) FROM turns").await,
        0,
        "its lease is believed"
    );
    app.pass(LEASE + TimeDelta::seconds(1));
    for slot in 1..=4 {
        until(
            &app,
            "SELECT count(*) FROM job_slots WHERE finished_at IS NOT NULL",
            slot,
        )
        .await;
        tokio::time::sleep(MOMENT * 5).await;
        assert_eq!(number(&app, "SELECT count(*) FROM turns").await, slot);
        app.pass(TimeDelta::hours(1));
    }
    until(&app, "SELECT count(DISTINCT slot) FROM turns", 5).await;
    until(&app, "SELECT runs FROM schedule WHERE name = 'hourly'", 5).await;
    assert_eq!(number(&app, "SELECT count(*) FROM turns").await, 5);
    for process in processes {
        process.abort();
    }
}

async fn take(app: &TestApp, me: &str) -> Vec<Taken> {
    claim(&app.app, me, 10).await.expect("an answer")
}

#[tokio::test]
async fn what_fails_waits_longer_each_time_and_is_given_up_at_last() {
    let app = workshop().await;
    put(
        &app,
        Queued {
            max_attempts: 2,
            ..job(json!({ "n": 1 }))
        },
    )
    .await;
    let taken = take(&app, "one").await;
    assert_eq!(take(&app, "two").await.len(), 0, "it is taken");
    settle(&app.app, &taken[0], "two", Ended::Well)
        .await
        .expect("an answer");
    let running = "SELECT count(*) FROM jobs WHERE state = 'running'";
    assert_eq!(
        number(&app, running).await,
        1,
        "whoever does not hold it does not end it"
    );
    settle(&app.app, &taken[0], "one", Ended::Badly("нет связи".to_owned()))
        .await
        .expect("an answer");
    assert_eq!(take(&app, "one").await.len(), 0);
    app.pass(TimeDelta::milliseconds(7_999));
    assert_eq!(take(&app, "one").await.len(), 0);
    app.pass(TimeDelta::milliseconds(4_001));
    let taken = take(&app, "one").await;
    settle(&app.app, &taken[0], "one", Ended::Badly("снова нет".to_owned()))
        .await
        .expect("an answer");
    let mut conn = app.conn().await;
    let given_up = dead(&mut conn, 10).await.expect("a list");
    assert_eq!(
        (given_up[0].attempts, given_up[0].last_error.as_str()),
        (2, "снова нет")
    );
    let id = given_up[0].id;
    assert_eq!(
        again(&mut conn, id, app.now()).await.expect("an answer").as_deref(),
        Some("effect")
    );
    let taken = take(&app, "one").await;
    settle(&app.app, &taken[0], "one", Ended::Hopelessly("её нет".to_owned()))
        .await
        .expect("an answer");
    assert_eq!(
        dead(&mut conn, 10).await.expect("a list")[0].attempts,
        1,
        "no try would help"
    );
    assert_eq!(
        forget(&mut conn, id).await.expect("an answer").as_deref(),
        Some("effect")
    );
    assert_eq!(forget(&mut conn, id).await.expect("an answer"), None);
}

#[test]
fn pauses_double_up_to_an_hour_and_are_never_quite_the_same() {
    assert_eq!(pause(1, 0), TimeDelta::seconds(8));
    assert_eq!(pause(1, 4_000), TimeDelta::seconds(12));
    assert_eq!(pause(2, 0), TimeDelta::seconds(16));
    assert!(pause(40, u32::MAX) <= TimeDelta::minutes(72));
    assert_ne!(pause(3, 1), pause(3, 2));
}

#[tokio::test]
async fn the_same_wish_waits_once_and_what_is_done_is_forgotten_in_time() {
    let app = workshop().await;
    let wish = || Queued {
        unique_key: Some("7".to_owned()),
        ..job(json!({ "n": 7 }))
    };
    assert!(put(&app, wish()).await);
    assert!(!put(&app, wish()).await, "it waits");
    let taken = take(&app, "one").await;
    assert!(!put(&app, wish()).await, "it is being done");
    settle(&app.app, &taken[0], "one", Ended::Well)
        .await
        .expect("an answer");
    assert!(put(&app, wish()).await);
    let taken = take(&app, "one").await;
    settle(&app.app, &taken[0], "one", Ended::Hopelessly(String::new()))
        .await
        .expect("an answer");
    assert!(put(&app, wish()).await);
    let mut conn = app.conn().await;
    let id = dead(&mut conn, 1).await.expect("a list")[0].id;
    assert_eq!(
        again(&mut conn, id, app.now()).await.expect("an answer"),
        None,
        "the same waits already"
    );
    app.pass(TimeDelta::days(31));
    clean(&app.app).await.expect("cleaned");
    assert_eq!(number(&app, "SELECT count(*) FROM jobs").await, 1, "what waits stays");
}

#[tokio::test]
async fn a_stop_gives_back_what_was_begun() {
    let app = workshop().await;
    sqlx::query("INSERT INTO traps (n) VALUES (1)")
        .execute(&app.app.db)
        .await
        .expect("a trap");
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(super::run(app.app.clone(), vec![HOURLY], stop.clone()));
    until(
        &app,
        "SELECT count(*) FROM job_slots WHERE NOT EXISTS (SELECT FROM traps)",
        1,
    )
    .await;
    stop.cancel();
    running.await.expect("no panic");
    // Another one need not wait for the lease.
    take_turn(&app.app, &HOURLY, "two").await.expect("a turn");
    assert_eq!(number(&app, "SELECT count(*) FROM turns").await, 1);
}
