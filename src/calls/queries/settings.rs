//! How calls go here.

use sqlx::PgConnection;

use super::Sql;
use crate::calls::model::Settings;

/// The only row.
pub(in crate::calls) async fn read(conn: &mut PgConnection) -> Sql<Settings> {
    sqlx::query_as!(Settings, "SELECT ttl_seconds, version FROM call_settings")
        .fetch_one(conn)
        .await
}

/// The only row, until the transaction ends.
pub(in crate::calls) async fn lock(conn: &mut PgConnection) -> Sql<Settings> {
    sqlx::query_as!(Settings, "SELECT ttl_seconds, version FROM call_settings FOR UPDATE")
        .fetch_one(conn)
        .await
}

/// Says anew how long requests live that are made from now on.
pub(in crate::calls) async fn set_ttl(conn: &mut PgConnection, seconds: i32) -> Sql<()> {
    sqlx::query!(
        "UPDATE call_settings SET ttl_seconds = $1, version = version + 1",
        seconds
    )
    .execute(conn)
    .await?;
    Ok(())
}
