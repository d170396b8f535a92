//! Limits on guessing, counted in Postgres before any hashing, so that they hold for all processes and over restarts.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use crate::error::{Error, Result};
use crate::values::UserId;

const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// The same for codes of a second factor.
const CODE_WINDOW: TimeDelta = TimeDelta::hours(24);
/// Tries of one login before it is held back.
const USER_TRIES: i32 = 5;
/// Tries from one address before it is held back.
const ADDRESS_TRIES: i32 = 50;

/// Key of a login, known or not.
pub(super) fn user_key(username: &str) -> String {
    // As Postgres folds when it looks the login up: letter by letter, «İ» being an «i» without the dot above. Otherwise
    // another spelling of one login would have free tries of its own.
    let folded: String = username
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| *c != '\u{307}')
        .collect();
    format!("user:{}", hex::encode(Sha256::digest(folded)))
}

/// Key of an address.
pub(super) fn address_key(ip: &str) -> String {
    format!("ip:{ip}")
}

/// Counts one try of the present password by a person who has signed in: whoever sits down at an open session must not
/// find the password out by trying.
///
/// # Errors
/// [`Error::TooMany`].
pub(super) async fn count_own(conn: &mut PgConnection, id: UserId, now: DateTime<Utc>) -> Result<()> {
    let until = count_key(conn, (&own_key(id), USER_TRIES, WINDOW), now).await?;
    wait_for(until, now)
}

/// Forgets these tries after the right password.
pub(super) async fn forgive_own(conn: &mut PgConnection, id: UserId) -> Result<()> {
    forgive_key(conn, &own_key(id)).await
}

/// Counts one try of a second factor. A window of a day: with pauses of up to a quarter of an hour, whoever knows a
/// password has some hundred guesses a day at a million codes.
///
/// # Errors
/// [`Error::TooMany`].
pub(super) async fn count_code(conn: &mut PgConnection, id: UserId, now: DateTime<Utc>) -> Result<()> {
    let until = count_key(conn, (&code_key(id), USER_TRIES, CODE_WINDOW), now).await?;
    wait_for(until, now)
}

/// Forgets these tries after a right code, or when an administrator unlocks the person.
pub(super) async fn forgive_code(conn: &mut PgConnection, id: UserId) -> Result<()> {
    forgive_key(conn, &code_key(id)).await
}

fn code_key(id: UserId) -> String {
    format!("code:{id}")
}

fn own_key(id: UserId) -> String {
    format!("own:{id}")
}

/// Counts one try of `username` from `ip`.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait, the same for known and unknown logins.
pub(super) async fn count(conn: &mut PgConnection, username: &str, ip: &str, now: DateTime<Utc>) -> Result<()> {
    let user = count_key(conn, (&user_key(username), USER_TRIES, WINDOW), now).await?;
    let address = count_key(conn, (&address_key(ip), ADDRESS_TRIES, WINDOW), now).await?;
    wait_for(user.max(address), now)
}

fn wait_for(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
    match until {
        Some(until) if until > now => {
            let seconds = (until - now).num_seconds() + 1;
            Err(Error::TooMany(u64::try_from(seconds).unwrap_or(1)))
        }
        _ => Ok(()),
    }
}

/// One statement counts and decides: two processes cannot both see the last free try.
async fn count_key(
    conn: &mut PgConnection,
    (key, free, window): (&str, i32, TimeDelta),
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
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
             END
         RETURNING blocked_until",
        key,
        now,
        now - window,
        free,
    )
    .fetch_one(conn)
    .await?;
    Ok(row.blocked_until)
}

/// Forgets the tries of a login after it signed in, or when an administrator unlocks it.
pub(crate) async fn forgive(conn: &mut PgConnection, username: &str) -> Result<()> {
    forgive_key(conn, &user_key(username)).await
}

/// Takes back the try that a right password was: an office behind one address signs in every morning.
pub(super) async fn give_back(conn: &mut PgConnection, ip: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE sign_in_limits SET tries = tries - 1 WHERE key = $1 AND tries > 0",
        address_key(ip)
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn forgive_key(conn: &mut PgConnection, key: &str) -> Result<()> {
    sqlx::query!("DELETE FROM sign_in_limits WHERE key = $1", key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes counters that no longer matter.
pub(crate) async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM sign_in_limits
         WHERE window_started_at < CASE WHEN starts_with(key, 'code:') THEN $3::timestamptz ELSE $1::timestamptz END
           AND COALESCE(blocked_until < $2, true)",
        now - WINDOW,
        now,
        now - CODE_WINDOW,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
