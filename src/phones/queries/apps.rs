//! Versions of the app.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::phones::model::Release;
use crate::values::UserId;

/// All versions, the newest first.
pub(in crate::phones) async fn releases(conn: &mut PgConnection) -> Sql<Vec<Release>> {
    sqlx::query_as!(
        Release,
        r#"SELECT release.id, release.version_code, release.version_name, release.package, release.key, release.size,
                  release.sha256, person.name AS "uploaded_by?", release.uploaded_at, release.withdrawn_at
           FROM app_releases AS release
           LEFT JOIN users AS person ON person.id = release.uploaded_by
           ORDER BY release.version_code DESC, release.uploaded_at DESC"#
    )
    .fetch_all(conn)
    .await
}

/// The greatest version that is offered.
pub(in crate::phones) async fn current_release(conn: &mut PgConnection) -> Sql<Option<Release>> {
    sqlx::query_as!(
        Release,
        r#"SELECT id, version_code, version_name, package, key, size, sha256, NULL::text AS uploaded_by, uploaded_at,
                  withdrawn_at
           FROM app_releases
           WHERE withdrawn_at IS NULL
           ORDER BY version_code DESC
           LIMIT 1"#
    )
    .fetch_optional(conn)
    .await
}

/// One version.
pub(in crate::phones) async fn release(conn: &mut PgConnection, id: Uuid) -> Sql<Option<Release>> {
    sqlx::query_as!(
        Release,
        r#"SELECT id, version_code, version_name, package, key, size, sha256, NULL::text AS uploaded_by, uploaded_at,
                  withdrawn_at
           FROM app_releases
           WHERE id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await
}

/// One version, until the transaction ends.
pub(in crate::phones) async fn lock_release(conn: &mut PgConnection, id: Uuid) -> Sql<Option<Release>> {
    sqlx::query!("SELECT id FROM app_releases WHERE id = $1 FOR UPDATE", id)
        .fetch_optional(&mut *conn)
        .await?;
    release(conn, id).await
}

/// A new version.
pub(in crate::phones) async fn insert_release(
    conn: &mut PgConnection,
    by: Option<UserId>,
    release: &Release,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO app_releases (id, version_code, version_name, package, key, size, sha256, uploaded_by, uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        release.id,
        release.version_code,
        release.version_name,
        release.package,
        release.key,
        release.size,
        release.sha256,
        by.map(|by| by.0),
        release.uploaded_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Offers a version no more, or again.
pub(in crate::phones) async fn set_withdrawn(conn: &mut PgConnection, id: Uuid, at: Option<DateTime<Utc>>) -> Sql<()> {
    sqlx::query!("UPDATE app_releases SET withdrawn_at = $2 WHERE id = $1", id, at)
        .execute(conn)
        .await?;
    Ok(())
}
