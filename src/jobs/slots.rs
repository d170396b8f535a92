//! Shared periodic work: each time it is due is a row, which one process takes.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::lease;
use super::periodic::Periodic;
use crate::app::App;
use crate::error::Result;

/// Slots that are longer past are not made up for: the newest one does their work.
const MADE_UP: TimeDelta = TimeDelta::days(1);
/// So much of a cause is kept.
const CAUSE: usize = 1_000;

/// How a shared work goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scheduled {
    /// Ends, good and bad.
    pub(crate) runs: i64,
    /// Bad ends.
    pub(crate) failures: i64,
    /// When it was begun last.
    pub(crate) started_at: Option<DateTime<Utc>>,
    /// How long that took.
    pub(crate) took_ms: i64,
    /// The last good end.
    pub(crate) succeeded_at: Option<DateTime<Utc>>,
    /// The last bad end.
    pub(crate) failed_at: Option<DateTime<Utc>>,
    /// Why it was bad.
    pub(crate) last_error: String,
}

/// The beginning of the slot in which this moment lies: slots are the same for all processes.
fn slot_of(now: DateTime<Utc>, every: Duration) -> DateTime<Utc> {
    let every = i64::try_from(every.as_secs()).unwrap_or(i64::MAX).max(1);
    let begin = now.timestamp().div_euclid(every) * every;
    DateTime::from_timestamp(begin, 0).unwrap_or(now)
}

/// When a shared work is due next.
pub(crate) fn next_slot(now: DateTime<Utc>, every: Duration) -> DateTime<Utc> {
    slot_of(now, every) + every
}

/// Takes a slot that somebody left lying, or the present one; `None`: there is nothing to do.
pub(super) async fn claim(app: &App, work: &Periodic, me: &str) -> Result<Option<DateTime<Utc>>> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    let left = sqlx::query_scalar!(
        "UPDATE job_slots AS taken SET locked_by = $2, locked_until = $3
         FROM (SELECT name, slot FROM job_slots
               WHERE name = $1 AND finished_at IS NULL AND locked_until < $4 AND slot > $5
               ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED) AS left_lying
         WHERE taken.name = left_lying.name AND taken.slot = left_lying.slot
         RETURNING taken.slot",
        work.name,
        me,
        lease::until(now),
        now,
        now - MADE_UP,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if left.is_some() {
        return Ok(left);
    }
    let new = sqlx::query_scalar!(
        "INSERT INTO job_slots (name, slot, locked_by, locked_until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name, slot) DO NOTHING
         RETURNING slot",
        work.name,
        slot_of(now, work.every),
        me,
        lease::until(now),
    )
    .fetch_optional(conn.as_mut())
    .await?;
    Ok(new)
}

/// Goes on holding a slot; `false`: it is another's.
pub(super) async fn renew(app: &App, name: &str, slot: DateTime<Utc>, me: &str) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE job_slots SET locked_until = $4
         WHERE name = $1 AND slot = $2 AND locked_by = $3 AND finished_at IS NULL",
        name,
        slot,
        me,
        lease::until(app.now()),
    )
    .execute(&app.db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends a slot, well or badly: it is not begun again.
pub(super) async fn finish(app: &App, (name, slot): (&str, DateTime<Utc>), me: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE job_slots SET finished_at = $4 WHERE name = $1 AND slot = $2 AND locked_by = $3",
        name,
        slot,
        me,
        app.now(),
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// Writes down how a work went, for all processes.
pub(super) async fn note(
    app: &App,
    name: &str,
    me: &str,
    ((at, began), cause): ((DateTime<Utc>, Instant), Option<&str>),
) -> Result<()> {
    let cause = cause.map(|cause| cause.chars().take(CAUSE).collect::<String>());
    let now = app.now();
    sqlx::query!(
        "INSERT INTO schedule AS work (name, runs, failures, started_at, took_ms, succeeded_at, failed_at, last_error,
                                       runner)
         VALUES ($1, 1, CASE WHEN $4::text IS NULL THEN 0 ELSE 1 END, $2, $3,
                 CASE WHEN $4 IS NULL THEN $5::timestamptz END, CASE WHEN $4 IS NOT NULL THEN $5 END,
                 COALESCE($4, ''), $6)
         ON CONFLICT (name) DO UPDATE
         SET runs = work.runs + 1, failures = work.failures + excluded.failures, started_at = excluded.started_at,
             took_ms = excluded.took_ms, succeeded_at = COALESCE(excluded.succeeded_at, work.succeeded_at),
             failed_at = COALESCE(excluded.failed_at, work.failed_at),
             last_error = COALESCE(NULLIF(excluded.last_error, ''), work.last_error), runner = excluded.runner",
        name,
        at,
        i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX),
        cause,
        now,
        me,
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// How all shared works go, by their names.
pub(crate) async fn schedule(conn: &mut PgConnection) -> Result<HashMap<String, Scheduled>> {
    let rows = sqlx::query!(
        "SELECT name, runs, failures, started_at, took_ms, succeeded_at, failed_at, last_error FROM schedule",
    )
    .fetch_all(conn)
    .await?;
    let works = rows.into_iter().map(|row| {
        let scheduled = Scheduled {
            runs: row.runs,
            failures: row.failures,
            started_at: Some(row.started_at),
            took_ms: row.took_ms,
            succeeded_at: row.succeeded_at,
            failed_at: row.failed_at,
            last_error: row.last_error,
        };
        (row.name, scheduled)
    });
    Ok(works.collect())
}

/// Forgets slots that ended before this moment, or were left lying for good.
pub(super) async fn clean(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "DELETE FROM job_slots WHERE finished_at < $1 OR finished_at IS NULL AND locked_until < $1",
        before,
    )
    .execute(conn)
    .await?;
    Ok(())
}
