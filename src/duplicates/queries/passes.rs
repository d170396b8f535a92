//! How far the search has come.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::duplicates::model::Progress;

/// Whoever compares cards holds this advisory lock; several processes ask, one works.
const LOCK: i64 = 0x0043_524d_0008;

/// Whether nobody else is at it; until the transaction ends.
pub(in crate::duplicates) async fn lock_pass(conn: &mut PgConnection) -> Sql<bool> {
    let is_ours = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "is_ours!""#, LOCK);
    let is_ours = is_ours.fetch_one(&mut *conn).await?;
    // A pass over a large base takes longer than a page may.
    sqlx::query!("SELECT set_config('statement_timeout', '900s', true)")
        .fetch_one(conn)
        .await?;
    Ok(is_ours)
}

pub(in crate::duplicates) async fn progress(conn: &mut PgConnection) -> Sql<Progress> {
    let row = sqlx::query_as!(
        Progress,
        "SELECT until, whole_at, whole_ms, wanted_at, begun_at FROM duplicate_passes",
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.unwrap_or_default())
}

/// When the newest change of a company was.
pub(in crate::duplicates) async fn latest(conn: &mut PgConnection) -> Sql<Option<DateTime<Utc>>> {
    let latest = sqlx::query_scalar!("SELECT updated_at FROM companies ORDER BY updated_at DESC, id DESC LIMIT 1");
    latest.fetch_optional(conn).await
}

/// Companies changed since then, at most `limit`.
pub(in crate::duplicates) async fn changed(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
    limit: i64,
) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM companies WHERE updated_at > $1 ORDER BY updated_at DESC, id DESC LIMIT $2",
        since,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Somebody asks for a pass over the whole base.
pub(in crate::duplicates) async fn want(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!("UPDATE duplicate_passes SET wanted_at = $1", now)
        .execute(conn)
        .await?;
    Ok(())
}

/// A pass over the whole base begins.
pub(in crate::duplicates) async fn begin(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!("UPDATE duplicate_passes SET begun_at = $1", now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Companies changed up to here have been compared.
pub(in crate::duplicates) async fn reach(conn: &mut PgConnection, until: DateTime<Utc>) -> Sql<()> {
    sqlx::query!("UPDATE duplicate_passes SET until = $1", until)
        .execute(conn)
        .await?;
    Ok(())
}

/// A pass over the whole base, begun at `now`, is through; wishes that came later stay.
pub(in crate::duplicates) async fn finish(
    conn: &mut PgConnection,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    took_ms: i64,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE duplicate_passes
         SET until = $1, whole_at = $2, whole_ms = $3, begun_at = NULL,
             wanted_at = CASE WHEN wanted_at > $2 THEN wanted_at END",
        until,
        now,
        took_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}
