//! What people want to hear of.

use sqlx::PgConnection;

use super::Sql;
use crate::values::UserId;

/// Kinds that a person does not want to hear of.
pub(in crate::notifications) async fn silenced(conn: &mut PgConnection, user: UserId) -> Sql<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT kind FROM notification_settings WHERE user_id = $1 AND NOT in_bell",
        user.0,
    )
    .fetch_all(conn)
    .await
}

/// Writes down of these kinds whether a person wants to hear of them.
pub(in crate::notifications) async fn write(
    conn: &mut PgConnection,
    user: UserId,
    kinds: &[&str],
    wanted: &[bool],
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO notification_settings AS setting (user_id, kind, in_bell)
         SELECT $1, kind, in_bell FROM unnest($2::text[], $3::bool[]) AS wish (kind, in_bell)
         ON CONFLICT (user_id, kind) DO UPDATE SET in_bell = excluded.in_bell
         WHERE setting.in_bell <> excluded.in_bell",
        user.0,
        kinds as &[&str],
        wanted,
    )
    .execute(conn)
    .await?;
    Ok(())
}
