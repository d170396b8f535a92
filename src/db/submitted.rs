//! Double submits: each rendered form carries a key, and a key makes one record.

use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::values::UserId;

/// Claims a form's key for this transaction.
///
/// Answers `None` when this is its first arrival, and where the first one led when it is not. A second arrival waits
/// for the first one's transaction.
pub(crate) async fn claim(conn: &mut PgConnection, key: Uuid, user: UserId) -> Result<Option<String>> {
    let inserted = sqlx::query!(
        "INSERT INTO submitted_forms (key, user_id)
         VALUES ($1, $2)
         ON CONFLICT (key) DO NOTHING",
        key,
        user.0,
    )
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(None);
    }
    let location = sqlx::query_scalar!("SELECT location FROM submitted_forms WHERE key = $1", key)
        .fetch_optional(conn)
        .await?;
    Ok(Some(location.unwrap_or_default()))
}

/// Remembers where the first arrival led.
pub(crate) async fn settle(conn: &mut PgConnection, key: Uuid, location: &str) -> Result<()> {
    sqlx::query!("UPDATE submitted_forms SET location = $2 WHERE key = $1", key, location)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets keys older than two days.
pub(crate) async fn forget_old(conn: &mut PgConnection) -> Result<u64> {
    let done = sqlx::query!("DELETE FROM submitted_forms WHERE created_at < now() - interval '2 days'")
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// By what an arrival is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// Of a rendered form. A browser may bring it back with its old key and let other words be typed into it: they are
    /// no double.
    Form(Uuid),
    /// Of a call that a program makes again until it is answered: whatever comes with it, it is the same call.
    Call(Uuid),
}

impl Key {
    /// The key itself, whatever comes with it.
    pub(crate) fn bare(self) -> Uuid {
        match self {
            Self::Form(key) | Self::Call(key) => key,
        }
    }
}

impl From<Uuid> for Key {
    fn from(key: Uuid) -> Self {
        Self::Form(key)
    }
}

/// The key of one content of a form.
pub(crate) fn key_of(key: impl Into<Key>, content: &str) -> Uuid {
    let form_key = match key.into() {
        Key::Form(key) => key,
        Key::Call(key) => return key,
    };
    let digest = Sha256::new()
        .chain_update(form_key.as_bytes())
        .chain_update(content.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
