//! One counter: a row that counts, holds and forgets.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::{Held, Limit};
use crate::error::Result;

/// Counts a try. One statement counts and decides: two processes cannot both see the last free try.
pub(super) async fn count(
    conn: &mut PgConnection,
    (limit, key): (Limit, &str),
    now: DateTime<Utc>,
) -> Result<Option<Held>> {
    let (free, window) = limit.rule();
    // A held key is not counted further: holding on cannot be prolonged by others' tries. Each try over the free
    // ones doubles the pause, from 30 seconds up to 15 minutes.
    let row = sqlx::query!(
        "INSERT INTO sign_in_limits AS held (key, tries, window_started_at)
         VALUES ($1, 1, $2)
         ON CONFLICT (key) DO UPDATE SET
             tries = CASE
                 WHEN held.blocked_until > $2 THEN held.tries
                 WHEN held.window_started_at < $3 THEN 1
                 ELSE held.tries + 1
             END,
             window_started_at = CASE WHEN held.window_started_at < $3 THEN $2 ELSE held.window_started_at END,
             blocked_until = CASE
                 WHEN held.blocked_until > $2 THEN held.blocked_until
                 WHEN held.window_started_at < $3 THEN NULL
                 WHEN held.tries + 1 > $4
                     THEN $2 + LEAST(interval '15 minutes', interval '30 seconds' * (2 ^ LEAST(held.tries - $4, 10)))
             END,
             refused = CASE
                 WHEN held.blocked_until > $2 THEN held.refused + 1
                 WHEN held.window_started_at >= $3 AND held.tries + 1 > $4 THEN 1
                 ELSE 0
             END
         RETURNING blocked_until, refused",
        key,
        now,
        now - window,
        free,
    )
    .fetch_one(conn)
    .await?;
    let left = row.blocked_until.filter(|until| *until > now);
    Ok(left.map(|until| Held {
        by: limit,
        seconds: u64::try_from((until - now).num_seconds() + 1).unwrap_or(1),
        is_new: row.refused == 1,
    }))
}

/// Takes one try back.
pub(super) async fn give_back(conn: &mut PgConnection, key: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE sign_in_limits SET tries = tries - 1 WHERE key = $1 AND tries > 0",
        key
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a counter.
pub(super) async fn forget(conn: &mut PgConnection, key: &str) -> Result<()> {
    sqlx::query!("DELETE FROM sign_in_limits WHERE key = $1", key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets all counters of a login.
pub(super) async fn forget_login(conn: &mut PgConnection, login_key: &str) -> Result<()> {
    sqlx::query!(
        "DELETE FROM sign_in_limits
         WHERE key = 'user:' || $1 OR starts_with(key, 'here:' || $1 || ':') OR starts_with(key, 'device:' || $1 || ':')",
        login_key,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lifts a lock that still holds; whether there was one.
pub(super) async fn lift(conn: &mut PgConnection, key: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "DELETE FROM sign_in_limits WHERE key = $1 AND blocked_until > $2",
        key,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A counter that holds somebody back.
pub(in crate::accounts) struct LockRow {
    pub(in crate::accounts) key: String,
    pub(in crate::accounts) until: DateTime<Utc>,
    pub(in crate::accounts) refused: i32,
}

/// What is locked right now, the longest first.
pub(in crate::accounts) async fn locks(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<LockRow>> {
    let rows = sqlx::query_as!(
        LockRow,
        r#"SELECT key, blocked_until AS "until!", refused
           FROM sign_in_limits
           WHERE blocked_until > $1
           ORDER BY blocked_until DESC, key
           LIMIT $2"#,
        now,
        limit,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Removes counters that no longer matter.
pub(in crate::accounts) async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    let before = |limit: Limit| -> DateTime<Utc> {
        let (_, window): (i32, TimeDelta) = limit.rule();
        now - window
    };
    let done = sqlx::query!(
        "DELETE FROM sign_in_limits
         WHERE window_started_at < CASE WHEN starts_with(key, 'code:') THEN $3::timestamptz ELSE $1::timestamptz END
           AND COALESCE(blocked_until < $2, true)",
        before(Limit::Address),
        now,
        before(Limit::Code),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
