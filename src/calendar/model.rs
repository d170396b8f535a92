//! Calendars: types, and the token of an address.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::values::{Recurrence, TaskId, UserId};

/// Tasks that were due at most so long ago are shown.
pub(super) const BACK: TimeDelta = TimeDelta::days(30);
/// Tasks that are due at most so far ahead are shown.
pub(super) const AHEAD: TimeDelta = TimeDelta::days(365);

/// A person's calendar as its row has it.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    pub(super) salt: Uuid,
    pub(super) token_hash: Vec<u8>,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) read_at: Option<DateTime<Utc>>,
    pub(super) reader: String,
}

/// Whose calendar is asked for.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) time_zone: String,
    pub(super) read_at: Option<DateTime<Utc>>,
}

/// A task with a date.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: TaskId,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) company: String,
    pub(super) is_done: bool,
    pub(super) due_at: DateTime<Utc>,
    pub(super) is_all_day: bool,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) version: i32,
}

/// Occurrences that are no tasks yet.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) company: String,
    pub(super) rule: Recurrence,
    pub(super) starts_at: NaiveDateTime,
    pub(super) zone: Tz,
    pub(super) is_all_day: bool,
    pub(super) skips_weekends: bool,
    /// The latest occurrence that is a task, or was left out.
    pub(super) reached: NaiveDateTime,
    pub(super) created_at: DateTime<Utc>,
    pub(super) version: i32,
}

/// The secret of an address: made of the application's secret key, the person and the salt of the issue, so that it can
/// be shown again and yet stands in no table and no copy.
pub(super) fn token(key: &SecretString, user: UserId, salt: Uuid) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(b"calendar 1");
    mac.update(&user.0.to_be_bytes());
    mac.update(salt.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// What is stored of a token.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
