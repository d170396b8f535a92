//! SQL of the second factor: secrets, recovery codes, sign-ins that await a code.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::accounts::actions::Credentials;
use crate::values::{BranchId, UserId};

/// A person's second factor as it is stored.
pub(in crate::accounts) struct Stored {
    pub(in crate::accounts) sealed: Vec<u8>,
    pub(in crate::accounts) last_step: i64,
    pub(in crate::accounts) turned_on_at: DateTime<Utc>,
}

pub(in crate::accounts) async fn find(conn: &mut PgConnection, user: UserId) -> Sql<Option<Stored>> {
    sqlx::query_as!(
        Stored,
        "SELECT sealed_secret AS sealed, last_step, turned_on_at FROM second_factors WHERE user_id = $1",
        user.0,
    )
    .fetch_optional(conn)
    .await
}

/// [`find`], and nobody else uses a code of this person until the transaction ends.
pub(in crate::accounts) async fn lock(conn: &mut PgConnection, user: UserId) -> Sql<Option<Stored>> {
    sqlx::query_as!(
        Stored,
        "SELECT sealed_secret AS sealed, last_step, turned_on_at FROM second_factors WHERE user_id = $1 FOR UPDATE",
        user.0,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::accounts) async fn use_step(conn: &mut PgConnection, user: UserId, step: i64) -> Sql<()> {
    sqlx::query!(
        "UPDATE second_factors SET last_step = $2 WHERE user_id = $1",
        user.0,
        step
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Turns it on, or replaces the secret of one that is on.
pub(in crate::accounts) async fn save(
    conn: &mut PgConnection,
    user: UserId,
    sealed: &[u8],
    step: i64,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO second_factors (user_id, sealed_secret, last_step, turned_on_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET
             sealed_secret = excluded.sealed_secret,
             last_step = excluded.last_step,
             turned_on_at = excluded.turned_on_at",
        user.0,
        sealed,
        step,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Turns it off; whether it was on.
pub(in crate::accounts) async fn remove(conn: &mut PgConnection, user: UserId) -> Sql<bool> {
    sqlx::query!("DELETE FROM recovery_codes WHERE user_id = $1", user.0)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query!("DELETE FROM second_factors WHERE user_id = $1", user.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::accounts) async fn replace_codes(conn: &mut PgConnection, user: UserId, hashes: &[Vec<u8>]) -> Sql<()> {
    sqlx::query!("DELETE FROM recovery_codes WHERE user_id = $1", user.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])",
        user.0,
        hashes,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses a recovery code up; of two requests with one code one succeeds.
pub(in crate::accounts) async fn use_code(conn: &mut PgConnection, user: UserId, hash: &[u8]) -> Sql<bool> {
    let done = sqlx::query!(
        "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2",
        user.0,
        hash
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many of these are unused codes of the person.
pub(in crate::accounts) async fn count_codes(conn: &mut PgConnection, user: UserId, among: &[Vec<u8>]) -> Sql<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM recovery_codes WHERE user_id = $1 AND code_hash = ANY($2)"#,
        user.0,
        among,
    );
    count.fetch_one(conn).await
}

pub(in crate::accounts) async fn codes_left(conn: &mut PgConnection, user: UserId) -> Sql<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM recovery_codes WHERE user_id = $1"#,
        user.0
    );
    count.fetch_one(conn).await
}

pub(in crate::accounts) async fn draft(conn: &mut PgConnection, session: Uuid) -> Sql<Option<Vec<u8>>> {
    let draft = sqlx::query_scalar!("SELECT sealed_draft FROM sessions WHERE id = $1", session);
    Ok(draft.fetch_optional(conn).await?.flatten())
}

pub(in crate::accounts) async fn set_draft(conn: &mut PgConnection, session: Uuid, draft: Option<&[u8]>) -> Sql<()> {
    sqlx::query!("UPDATE sessions SET sealed_draft = $2 WHERE id = $1", session, draft)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn insert_pending(
    conn: &mut PgConnection,
    hash: &[u8],
    user: UserId,
    (expires_at, draft): (DateTime<Utc>, Option<&[u8]>),
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO pending_sign_ins (token_hash, user_id, expires_at, sealed_draft) VALUES ($1, $2, $3, $4)",
        hash,
        user.0,
        expires_at,
        draft,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A sign-in whose password was right.
pub(in crate::accounts) struct PendingSignIn {
    pub(in crate::accounts) person: Credentials,
    /// The sealed secret that is being set up; `None`: a code is awaited.
    pub(in crate::accounts) draft: Option<Vec<u8>>,
}

/// What awaits its second factor under this token.
pub(in crate::accounts) async fn pending(
    conn: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Sql<Option<PendingSignIn>> {
    let row = sqlx::query!(
        "SELECT pending.sealed_draft, person.id, person.username, person.password_hash, person.role, person.branch_id, person.is_active
         FROM pending_sign_ins AS pending
         JOIN users AS person ON person.id = pending.user_id
         WHERE pending.token_hash = $1 AND pending.expires_at > $2 AND person.is_active",
        hash,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| PendingSignIn {
        draft: row.sealed_draft,
        person: Credentials {
            id: UserId(row.id),
            username: row.username,
            password_hash: row.password_hash,
            role: super::role(&row.role),
            branch: row.branch_id.map(BranchId),
            is_active: row.is_active,
        },
    }))
}

/// Uses a pending sign-in up; whether it was there.
pub(in crate::accounts) async fn take_pending(conn: &mut PgConnection, hash: &[u8]) -> Sql<bool> {
    let done = sqlx::query!("DELETE FROM pending_sign_ins WHERE token_hash = $1", hash)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::accounts) async fn forget_pending(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<u64> {
    let done = sqlx::query!("DELETE FROM pending_sign_ins WHERE expires_at < $1", now)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
