//! SQL of how people see the list.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::model::{self, Column, ListSettings, Saved};
use crate::values::{BranchId, FilterId, UserId};

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

/// The filters that a person sees: own ones first, then those that others show, by name.
///
/// Everybody sees those of people with the first roles; those with the second ones show theirs to their branch.
pub(super) async fn saved(
    conn: &mut PgConnection,
    (user, branch): (UserId, Option<BranchId>),
    (everybodys, branches): (&[&str], &[&str]),
) -> Sql<Vec<Saved>> {
    let rows = sqlx::query!(
        r#"SELECT filter.id, filter.name, filter.query, filter.is_shared, filter.user_id, author.name AS "author!",
                  COALESCE(settings.opens_with = filter.id, false) AS "opens!"
           FROM saved_filters AS filter
           JOIN users AS author ON author.id = filter.user_id
           LEFT JOIN list_settings AS settings ON settings.user_id = $1
           WHERE filter.user_id = $1
              OR (filter.is_shared AND author.is_active
                  AND (author.role = ANY($3) OR (author.role = ANY($4) AND author.branch_id = $2)))
           ORDER BY filter.user_id <> $1, fold_text(filter.name), filter.id"#,
        user.0,
        branch.map(|branch| branch.0),
        everybodys as &[&str],
        branches as &[&str],
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Saved {
            id: FilterId(row.id),
            name: row.name,
            query: row.query,
            is_own: row.user_id == user.0,
            is_shared: row.is_shared,
            author: row.author,
            opens: row.opens,
        })
        .collect())
}

/// How many filters a person has named. Another one is not named until the transaction ends.
pub(super) async fn count_saved(conn: &mut PgConnection, user: UserId) -> Sql<i64> {
    sqlx::query!("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", user.0)
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM saved_filters WHERE user_id = $1"#,
        user.0
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn insert_saved(
    conn: &mut PgConnection,
    user: UserId,
    (name, query): (&str, &str),
    is_shared: bool,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO saved_filters (user_id, name, query, is_shared, created_at) VALUES ($1, $2, $3, $4, $5)",
        user.0,
        name,
        query,
        is_shared,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether this person has such a filter.
pub(super) async fn update_saved(
    conn: &mut PgConnection,
    user: UserId,
    id: FilterId,
    name: &str,
    is_shared: bool,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE saved_filters SET name = $3, is_shared = $4 WHERE id = $2 AND user_id = $1",
        user.0,
        id.0,
        name,
        is_shared,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether this person had such a filter.
pub(super) async fn delete_saved(conn: &mut PgConnection, user: UserId, id: FilterId) -> Sql<bool> {
    let done = sqlx::query!("DELETE FROM saved_filters WHERE id = $2 AND user_id = $1", user.0, id.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// `None`: the list opens as it does by the person's role.
pub(super) async fn set_opening(
    conn: &mut PgConnection,
    user: UserId,
    filter: Option<FilterId>,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO list_settings (user_id, opens_with, updated_at)
         VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET opens_with = excluded.opens_with, updated_at = excluded.updated_at",
        user.0,
        filter.map(|id| id.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
