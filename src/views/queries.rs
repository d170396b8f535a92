//! SQL of how people see the list.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::model::{self, Column, ListSettings};
use crate::values::UserId;

type Sql<T> = Result<T, sqlx::Error>;

pub(super) async fn settings(conn: &mut PgConnection, user: UserId) -> Sql<ListSettings> {
    let row = sqlx::query!(
        "SELECT columns, page_size FROM list_settings WHERE user_id = $1",
        user.0
    )
    .fetch_optional(conn)
    .await?;
    let standard = ListSettings::default();
    let Some(row) = row else { return Ok(standard) };
    let columns = row
        .columns
        .map(|codes| model::columns(codes.iter().map(String::as_str)));
    Ok(ListSettings {
        columns: columns.unwrap_or(standard.columns),
        page_size: row.page_size.into(),
    })
}

/// `None`: the standard columns, also when these will be others one day.
pub(super) async fn set_columns(
    conn: &mut PgConnection,
    user: UserId,
    columns: Option<&[Column]>,
    now: DateTime<Utc>,
) -> Sql<()> {
    let codes = columns.map(|columns| {
        columns
            .iter()
            .map(|column| column.code().to_owned())
            .collect::<Vec<_>>()
    });
    sqlx::query!(
        "INSERT INTO list_settings (user_id, columns, updated_at)
         VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET columns = excluded.columns, updated_at = excluded.updated_at",
        user.0,
        codes.as_deref(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn set_page_size(conn: &mut PgConnection, user: UserId, size: i64, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO list_settings (user_id, page_size, updated_at)
         VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET page_size = excluded.page_size, updated_at = excluded.updated_at",
        user.0,
        i32::try_from(size).unwrap_or(i32::MAX),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
