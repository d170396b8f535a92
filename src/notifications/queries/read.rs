//! The bell and the page.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::Sql;
use crate::db::{Cursor, Place};
use crate::notifications::model::{Filter, Told, Unread};
use crate::values::{UserId, time};

/// The newest unread notices of a person.
pub(in crate::notifications) async fn unread(conn: &mut PgConnection, user: UserId, limit: i64) -> Sql<Vec<Unread>> {
    sqlx::query_as!(
        Unread,
        "SELECT id, kind, title, body, entity, created_at
         FROM notifications
         WHERE user_id = $1 AND read_at IS NULL
         ORDER BY created_at DESC, id DESC
         LIMIT $2",
        user.0,
        limit,
    )
    .fetch_all(conn)
    .await
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    title: String,
    body: String,
    url: String,
    created_at: DateTime<Utc>,
    is_read: bool,
}

/// Notices of a person, newest first, from this place on.
pub(in crate::notifications) async fn page(
    conn: &mut PgConnection,
    user: UserId,
    filter: Filter,
    place: &Place,
    limit: i64,
) -> Sql<Vec<Told>> {
    let rows: Vec<Row> = query(user, filter, place, limit)
        .build_query_as()
        .fetch_all(conn)
        .await?;
    let told = |row: Row| Told {
        id: row.id,
        kind: row.kind,
        title: row.title,
        body: row.body,
        url: row.url,
        created_at: row.created_at,
        is_read: row.is_read,
    };
    Ok(rows.into_iter().map(told).collect())
}

/// Only filters that are set, so that the planner sees which index serves.
fn query(user: UserId, filter: Filter, place: &Place, limit: i64) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "SELECT id, kind, title, body, url, created_at, read_at IS NOT NULL AS is_read
         FROM notifications WHERE user_id = ",
    );
    sql.push_bind(user.0);
    if let Some(kind) = filter.kind {
        sql.push(" AND kind = ").push_bind(kind.code());
    }
    if filter.is_unread {
        sql.push(" AND read_at IS NULL");
    }
    let (from, sign) = match place {
        Place::First => (None, ""),
        Place::After(cursor) => (Some(cursor), " < ("),
        Place::Before(cursor) => (Some(cursor), " > ("),
    };
    if let Some((at, id)) = from.and_then(moment) {
        sql.push(" AND (created_at, id)").push(sign);
        sql.push_bind(at).push(", ").push_bind(id).push(")");
    }
    let order = if place.is_backward() { "ASC" } else { "DESC" };
    sql.push(format!(" ORDER BY created_at {order}, id {order} LIMIT "))
        .push_bind(limit);
    sql
}

fn moment(cursor: &Cursor) -> Option<(DateTime<Utc>, Uuid)> {
    time::from_micros(&cursor.key).map(|at| (at, cursor.id))
}
