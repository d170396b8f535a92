//! Limits on guessing, counted in Postgres before any hashing, so that they hold for all processes and over restarts.
//!
//! Whoever tries from a strange place is counted by address, by login at that address and by login anywhere; a browser
//! that the login knows is counted alone, so that strangers cannot keep a person out (decision 0018).

mod counter;
mod keys;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

pub(super) use counter::{LockRow, forget_old, locks};
pub(crate) use keys::network;
pub(super) use keys::{Locked, login_key};

use crate::error::{Error, Result};
use crate::values::UserId;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// All tries from an address.
    Address,
    /// Tries of a login from an address.
    Here,
    /// Tries of a login from anywhere but its known devices.
    Login,
    /// Tries of a login in a browser where it signed in before.
    Device,
    /// Codes of a person's second factor.
    Code,
    /// The present password of a person who has signed in.
    Own,
}

impl Limit {
    /// How many tries are free in which time.
    fn rule(self) -> (i32, TimeDelta) {
        let quarter = TimeDelta::minutes(15);
        match self {
            Self::Address => (50, quarter),
            Self::Login => (30, quarter),
            Self::Here | Self::Device | Self::Own => (5, quarter),
            // With pauses of up to a quarter of an hour, whoever knows a password has some hundred guesses a day at a
            // million codes.
            Self::Code => (5, TimeDelta::hours(24)),
        }
    }
}

/// A try that must wait.
pub(super) struct Held {
    /// Which limit holds it.
    pub(super) by: Limit,
    /// For how long.
    pub(super) seconds: u64,
    /// The lock begins with this try.
    pub(super) is_new: bool,
}

impl From<Held> for Error {
    fn from(held: Held) -> Self {
        Self::TooMany(held.seconds)
    }
}

/// A try to sign in.
#[derive(Clone, Copy)]
pub(super) struct Try<'a> {
    /// As typed.
    pub(super) username: &'a str,
    /// From where.
    pub(super) ip: &'a str,
    /// The mark of a browser in which this login signed in before.
    pub(super) device: Option<&'a str>,
}

impl Try<'_> {
    /// What is counted, in this order: whoever is held by a narrow limit does not use up a wider one.
    fn keys(&self) -> Vec<(Limit, String)> {
        match self.device {
            Some(mark) => vec![(Limit::Device, keys::device(self.username, mark))],
            None => vec![
                (Limit::Address, keys::address(self.ip)),
                (Limit::Here, keys::here(self.username, self.ip)),
                (Limit::Login, keys::login(self.username)),
            ],
        }
    }
}

/// Counts a try to sign in, the same for known and unknown logins; `None`: it may go on.
pub(super) async fn count(conn: &mut PgConnection, tried: Try<'_>, now: DateTime<Utc>) -> Result<Option<Held>> {
    for (limit, key) in tried.keys() {
        if let Some(held) = counter::count(conn, (limit, &key), now).await? {
            return Ok(Some(held));
        }
    }
    Ok(None)
}

/// Forgets what a right password makes good: the tries of this login here. What others did elsewhere stays counted.
pub(super) async fn forgive_try(conn: &mut PgConnection, tried: Try<'_>) -> Result<()> {
    for (limit, key) in tried.keys() {
        match limit {
            // An office behind one address signs in every morning: only its own try is taken back.
            Limit::Address | Limit::Login => counter::give_back(conn, &key).await?,
            _ => counter::forget(conn, &key).await?,
        }
    }
    Ok(())
}

/// Counts one try of the present password by a person who has signed in: whoever sits down at an open session must not
/// find the password out by trying.
pub(super) async fn count_own(conn: &mut PgConnection, id: UserId, now: DateTime<Utc>) -> Result<Option<Held>> {
    counter::count(conn, (Limit::Own, &keys::own(id)), now).await
}

/// Forgets these tries after the right password.
pub(super) async fn forgive_own(conn: &mut PgConnection, id: UserId) -> Result<()> {
    counter::forget(conn, &keys::own(id)).await
}

/// Counts one try of a second factor.
pub(super) async fn count_code(conn: &mut PgConnection, id: UserId, now: DateTime<Utc>) -> Result<Option<Held>> {
    counter::count(conn, (Limit::Code, &keys::code(id)), now).await
}

/// Forgets these tries after a right code.
pub(super) async fn forgive_code(conn: &mut PgConnection, id: UserId) -> Result<()> {
    counter::forget(conn, &keys::code(id)).await
}

/// Lets a person in at once: forgets the tries of the login anywhere, of its codes and of its present password.
pub(super) async fn forgive_person(conn: &mut PgConnection, username: &str, id: UserId) -> Result<()> {
    counter::forget_login(conn, &login_key(username)).await?;
    forgive_code(conn, id).await?;
    forgive_own(conn, id).await
}

/// Lifts one lock; whether it was there.
pub(super) async fn lift(conn: &mut PgConnection, key: &str, now: DateTime<Utc>) -> Result<bool> {
    counter::lift(conn, key, now).await
}
