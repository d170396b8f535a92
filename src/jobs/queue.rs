//! The durable queue: rows that are taken, done, tried again and at last given up.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{lease, slots};
use crate::app::App;
use crate::db::{self, Happened};
use crate::error::Result;

/// How long what is done and what is given up is kept.
const KEPT: TimeDelta = TimeDelta::days(30);
/// The first pause after a failure; each next one is twice as long.
const PAUSE: i64 = 10;
/// The longest pause, in seconds.
const LONGEST: i64 = 3_600;
/// So much of a cause is kept.
const CAUSE: usize = 1_000;

/// Something that is to be done once, by whichever process.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    /// Who does it.
    pub(crate) kind: &'static str,
    /// What the one who does it needs to know: ids.
    pub(crate) payload: Value,
    /// The same wish waits once.
    pub(crate) unique_key: Option<String>,
    /// How often it is tried.
    pub(crate) max_attempts: i32,
}

/// A job that was taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) payload: Value,
    attempts: i32,
    max_attempts: i32,
}

/// A job that was given up.
#[derive(Clone, Debug)]
pub(crate) struct Dead {
    /// Key.
    pub(crate) id: Uuid,
    /// Who should have done it.
    pub(crate) kind: String,
    /// What was to be done.
    pub(crate) payload: Value,
    /// How often it was tried.
    pub(crate) attempts: i32,
    /// Why it failed last.
    pub(crate) last_error: String,
    /// When it was given up.
    pub(crate) finished_at: DateTime<Utc>,
}

/// Puts a job into the queue, in the transaction of whatever causes it; processes wake up when it commits. `false`: the same
/// waits already.
pub(crate) async fn enqueue(conn: &mut PgConnection, job: Queued, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO jobs (id, queue, kind, payload, run_at, max_attempts, unique_key, created_at)
         VALUES ($1, 'default', $2, $3, $4, $5, $6, $4)
         ON CONFLICT (kind, unique_key) WHERE finished_at IS NULL AND unique_key IS NOT NULL DO NOTHING",
        Uuid::now_v7(),
        job.kind,
        job.payload,
        now,
        job.max_attempts,
        job.unique_key,
    )
    .execute(&mut *conn)
    .await?;
    db::announce(conn, &[Happened::Queued]).await?;
    Ok(done.rows_affected() > 0)
}

/// Takes jobs that are due, the longest due first.
pub(super) async fn claim(app: &App, me: &str, limit: i64) -> Result<Vec<Taken>> {
    let now = app.now();
    let taken = sqlx::query_as!(
        Taken,
        "UPDATE jobs SET state = 'running', attempts = jobs.attempts + 1, locked_by = $1, locked_until = $2
         FROM (SELECT id FROM jobs WHERE queue = 'default' AND state = 'ready' AND run_at <= $3
               ORDER BY run_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
         WHERE jobs.id = due.id
         RETURNING jobs.id, jobs.kind, jobs.payload, jobs.attempts, jobs.max_attempts",
        me,
        lease::until(now),
        now,
        limit,
    )
    .fetch_all(&app.db)
    .await?;
    Ok(taken)
}

/// Takes jobs back from processes that have died; one that has died with it too often is given up.
pub(super) async fn reap(app: &App) -> Result<()> {
    sqlx::query!(
        "UPDATE jobs
         SET state = CASE WHEN attempts < max_attempts THEN 'ready' ELSE 'dead' END,
             finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE $1::timestamptz END,
             last_error = 'процесс, который это делал, пропал', locked_by = NULL, locked_until = NULL
         WHERE id IN (SELECT id FROM jobs WHERE state = 'running' AND locked_until < $1 FOR UPDATE SKIP LOCKED)",
        app.now(),
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// Goes on holding a job; `false`: it is another's.
pub(super) async fn renew(app: &App, id: Uuid, me: &str) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE jobs SET locked_until = $3 WHERE id = $1 AND locked_by = $2 AND state = 'running'",
        id,
        me,
        lease::until(app.now()),
    )
    .execute(&app.db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Well,
    /// For this cause; worth another try.
    Badly(String),
    /// For this cause; no try will help.
    Hopelessly(String),
}

/// Writes down how a job ended, unless it is another's by now.
pub(super) async fn settle(app: &App, job: &Taken, me: &str, ended: Ended) -> Result<()> {
    let now = app.now();
    let is_last = job.attempts >= job.max_attempts;
    let (state, cause) = match ended {
        Ended::Well => ("done", String::new()),
        Ended::Badly(cause) if !is_last => ("ready", cause),
        Ended::Badly(cause) | Ended::Hopelessly(cause) => ("dead", cause),
    };
    let cause: String = cause.chars().take(CAUSE).collect();
    sqlx::query!(
        "UPDATE jobs
         SET state = $3, last_error = $4, locked_by = NULL, locked_until = NULL,
             run_at = CASE WHEN $3 = 'ready' THEN $5::timestamptz ELSE run_at END,
             finished_at = CASE WHEN $3 = 'ready' THEN NULL ELSE $6::timestamptz END
         WHERE id = $1 AND locked_by = $2 AND state = 'running'",
        job.id,
        me,
        state,
        cause,
        now + pause(job.attempts, rand::random()),
        now,
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// The pause after so many tries: 10 s, 20 s, 40 s … up to an hour, a fifth more or less, so that what failed together does
/// not come back together.
pub(super) fn pause(attempts: i32, chance: u32) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default().min(16);
    let base = (PAUSE << doublings).min(LONGEST) * 1000;
    let spread = base * 2 / 5;
    TimeDelta::milliseconds(base - spread / 2 + i64::from(chance) % (spread + 1))
}

/// Jobs that wait or are being done.
pub(crate) async fn waiting(conn: &mut PgConnection) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM jobs WHERE state = 'ready') AS "ready!",
                  (SELECT count(*) FROM jobs WHERE state = 'running') AS "running!""#,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.ready, row.running))
}

/// The jobs that were given up, the newest first.
pub(crate) async fn dead(conn: &mut PgConnection, limit: i64) -> Result<Vec<Dead>> {
    let rows = sqlx::query_as!(
        Dead,
        r#"SELECT id, kind, payload, attempts, last_error, finished_at AS "finished_at!"
           FROM jobs WHERE state = 'dead' AND finished_at IS NOT NULL
           ORDER BY finished_at DESC, id LIMIT $1"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// A given up job gets all its tries again; answers its kind. `None`: there is no such one, or the same wish waits already.
pub(crate) async fn again(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<Option<String>> {
    let kind = sqlx::query_scalar!(
        "UPDATE jobs AS job SET state = 'ready', attempts = 0, run_at = $2, finished_at = NULL
         WHERE id = $1 AND state = 'dead'
           AND NOT EXISTS (SELECT FROM jobs AS other WHERE other.kind = job.kind AND other.unique_key = job.unique_key
                                                       AND other.finished_at IS NULL)
         RETURNING kind",
        id,
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    db::announce(conn, &[Happened::Queued]).await?;
    Ok(kind)
}

/// Takes a given up job away; answers its kind. `None`: there is no such one.
pub(crate) async fn forget(conn: &mut PgConnection, id: Uuid) -> Result<Option<String>> {
    let kind = sqlx::query_scalar!("DELETE FROM jobs WHERE id = $1 AND state = 'dead' RETURNING kind", id);
    Ok(kind.fetch_optional(conn).await?)
}

/// The periodic work: forgets what ended long ago.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let before = app.now() - KEPT;
    let mut conn = app.db.acquire().await?;
    sqlx::query!("DELETE FROM jobs WHERE finished_at < $1", before)
        .execute(&mut *conn)
        .await?;
    slots::clean(&mut conn, before).await
}
