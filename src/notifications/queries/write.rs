//! Telling, reading, forgetting.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::notifications::model::Notice;
use crate::values::UserId;

/// Rows that one round of cleaning takes away.
const BATCH: i64 = 5_000;

/// A row for each of these people who is active, wants to hear of it and was not told before. Answers who is told now.
///
/// `people` are in the order of their keys: two transactions that tell the same then wait for one another, never in a
/// ring.
pub(in crate::notifications) async fn insert(
    conn: &mut PgConnection,
    notice: &Notice,
    people: &[i64],
) -> Sql<Vec<UserId>> {
    let ids: Vec<Uuid> = people.iter().map(|_| Uuid::now_v7()).collect();
    let told = sqlx::query_scalar!(
        "INSERT INTO notifications (id, user_id, kind, title, body, url, entity, dedup_key, created_at)
         SELECT receiver.id, receiver.user_id, $3, $4, $5, $6, $7, $8, $9
         FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS receiver (id, user_id, number)
         JOIN users AS person ON person.id = receiver.user_id AND person.is_active
         WHERE NOT EXISTS (SELECT FROM notification_settings AS setting
                           WHERE setting.user_id = receiver.user_id AND setting.kind = $3 AND NOT setting.in_bell)
         ORDER BY receiver.number
         ON CONFLICT (dedup_key, user_id) DO NOTHING
         RETURNING user_id",
        &ids,
        people,
        notice.kind.code(),
        notice.title,
        notice.body,
        notice.url,
        notice.entity,
        notice.key,
        notice.at,
    )
    .fetch_all(conn)
    .await?;
    Ok(told.into_iter().map(UserId).collect())
}

/// Whoever has not read what was told under this key need not read it any more. Answers who that was.
pub(in crate::notifications) async fn settle(
    conn: &mut PgConnection,
    key: &str,
    now: DateTime<Utc>,
) -> Sql<Vec<UserId>> {
    let settled = sqlx::query_scalar!(
        "UPDATE notifications SET read_at = $2 WHERE dedup_key = $1 AND read_at IS NULL RETURNING user_id",
        key,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(settled.into_iter().map(UserId).collect())
}

/// What was told under this key is no longer true and goes. Answers who had not read it.
pub(in crate::notifications) async fn withdraw(conn: &mut PgConnection, key: &str) -> Sql<Vec<UserId>> {
    let gone = sqlx::query!(
        r#"DELETE FROM notifications WHERE dedup_key = $1 RETURNING user_id, read_at IS NULL AS "is_unread!""#,
        key,
    )
    .fetch_all(conn)
    .await?;
    let unread = gone.into_iter().filter(|row| row.is_unread);
    Ok(unread.map(|row| UserId(row.user_id)).collect())
}

/// Takes away all that is about these things. Answers who had not read it.
pub(in crate::notifications) async fn forget(conn: &mut PgConnection, entities: &[String]) -> Sql<Vec<UserId>> {
    let gone = sqlx::query!(
        r#"DELETE FROM notifications WHERE entity = ANY($1) AND entity <> ''
           RETURNING user_id, read_at IS NULL AS "is_unread!""#,
        entities,
    )
    .fetch_all(conn)
    .await?;
    let unread = gone.into_iter().filter(|row| row.is_unread);
    Ok(unread.map(|row| UserId(row.user_id)).collect())
}

/// What a notice of this person opens; it is read by that, and so are all others of its kind about the same thing.
/// `None`: there is no such notice.
pub(in crate::notifications) async fn open(
    conn: &mut PgConnection,
    user: UserId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Sql<Option<String>> {
    sqlx::query_scalar!(
        r#"WITH opened AS (
             SELECT id, kind, entity, url FROM notifications WHERE id = $2 AND user_id = $1
         ), read AS (
             UPDATE notifications AS notice SET read_at = $3
             FROM opened
             WHERE notice.user_id = $1 AND notice.read_at IS NULL
               AND (notice.id = opened.id
                    OR opened.entity <> '' AND notice.entity = opened.entity AND notice.kind = opened.kind)
         )
         SELECT url AS "url!" FROM opened"#,
        user.0,
        id,
        now,
    )
    .fetch_optional(conn)
    .await
}

/// Marks one notice of this person read; `false`: there is no such notice.
pub(in crate::notifications) async fn read_one(
    conn: &mut PgConnection,
    user: UserId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE notifications SET read_at = COALESCE(read_at, $3) WHERE id = $2 AND user_id = $1",
        user.0,
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Marks all notices of this person read that happened no later than this.
pub(in crate::notifications) async fn read_all(
    conn: &mut PgConnection,
    user: UserId,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Sql<u64> {
    let done = sqlx::query!(
        "UPDATE notifications SET read_at = $3 WHERE user_id = $1 AND read_at IS NULL AND created_at <= $2",
        user.0,
        until,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Takes away some of those that were read before this moment; answers how many.
pub(in crate::notifications) async fn clean(conn: &mut PgConnection, before: DateTime<Utc>) -> Sql<u64> {
    let done = sqlx::query!(
        "DELETE FROM notifications
         WHERE id IN (SELECT id FROM notifications WHERE read_at < $1 ORDER BY read_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        BATCH,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
