//! SQL of counting.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Limits, Reader, Time, Used};
use crate::values::UserId;

type Sql<T> = Result<T, sqlx::Error>;

/// Counts a card, unless a limit forbids it; tells what was counted before.
///
/// Two requests of one person at one instant may both get the last card: a few too many do no harm.
pub(super) async fn open(conn: &mut PgConnection, user: UserId, card: Uuid, time: Time) -> Sql<Used> {
    let row = sqlx::query!(
        r#"WITH used AS (
               SELECT count(*) AS in_day, count(*) FILTER (WHERE hours & $4 <> 0) AS in_hour,
                      COALESCE(bool_or(card = $3), false) AS knows_day,
                      COALESCE(bool_or(card = $3 AND hours & $4 <> 0), false) AS knows_hour
               FROM card_openings WHERE user_id = $1 AND day = $2
           ), opened AS (
               INSERT INTO card_openings AS opening (user_id, day, card, hours)
               SELECT $1, $2, $3, $4 FROM used, reading_limits
               WHERE (per_day > 0 OR per_hour > 0) AND (per_day = 0 OR knows_day OR in_day < per_day)
                 AND (per_hour = 0 OR knows_hour OR in_hour < per_hour)
               ON CONFLICT (user_id, day, card) DO UPDATE SET hours = opening.hours | excluded.hours
           )
           SELECT per_hour, per_day, in_hour AS "in_hour!", in_day AS "in_day!", knows_hour AS "knows_hour!",
                  knows_day AS "knows_day!"
           FROM used, reading_limits"#,
        user.0,
        time.day,
        card,
        time.bit(),
    )
    .fetch_one(conn)
    .await?;
    Ok(Used {
        limits: Limits {
            per_hour: row.per_hour,
            per_day: row.per_day,
        },
        in_hour: row.in_hour,
        in_day: row.in_day,
        knows_hour: row.knows_hour,
        knows_day: row.knows_day,
    })
}

/// At which company a person works.
pub(super) async fn company_of(conn: &mut PgConnection, contact: Uuid) -> Sql<Option<Uuid>> {
    let found = sqlx::query_scalar!("SELECT company_id FROM contacts WHERE id = $1", contact);
    Ok(found.fetch_optional(conn).await?.flatten())
}

/// Writes an alarm down; `false`: it was already.
pub(super) async fn alarm(
    conn: &mut PgConnection,
    user: UserId,
    (day, hour, is_over): (NaiveDate, i32, bool),
    opened: i64,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "INSERT INTO reading_alarms (user_id, day, hour, is_over, opened, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        user.0,
        day,
        hour,
        is_over,
        opened,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn limits(conn: &mut PgConnection) -> Sql<Limits> {
    sqlx::query_as!(Limits, "SELECT per_hour, per_day FROM reading_limits")
        .fetch_one(conn)
        .await
}

/// Sets limits that are still the old ones; `false`: they are not.
pub(super) async fn set_limits(conn: &mut PgConnection, old: Limits, limits: Limits) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE reading_limits SET per_hour = $1, per_day = $2 WHERE per_hour = $3 AND per_day = $4",
        limits.per_hour,
        limits.per_day,
        old.per_hour,
        old.per_day,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Who opened cards today, those who opened most first.
pub(super) async fn readers(conn: &mut PgConnection, time: Time) -> Sql<Vec<Reader>> {
    let rows = sqlx::query!(
        r#"SELECT person.id, person.name AS "name!", COALESCE(opened.in_hour, 0) AS "in_hour!",
                  COALESCE(opened.in_day, 0) AS "in_day!",
                  EXISTS (SELECT FROM reading_alarms WHERE user_id = person.id AND day = $1 AND NOT is_over) AS "is_near!",
                  EXISTS (SELECT FROM reading_alarms WHERE user_id = person.id AND day = $1 AND is_over) AS "is_over!"
           FROM (SELECT user_id, count(*) AS in_day, count(*) FILTER (WHERE hours & $2 <> 0) AS in_hour
                 FROM card_openings WHERE day = $1 GROUP BY user_id) AS opened
           JOIN users AS person ON person.id = opened.user_id
           ORDER BY opened.in_day DESC, person.id"#,
        time.day,
        time.bit(),
    )
    .fetch_all(conn)
    .await?;
    let reader = rows.into_iter().map(|row| Reader {
        id: UserId(row.id),
        name: row.name,
        in_hour: row.in_hour,
        in_day: row.in_day,
        is_near: row.is_near,
        is_over: row.is_over,
    });
    Ok(reader.collect())
}

/// How many people reached a limit on that day.
pub(super) async fn over(conn: &mut PgConnection, day: NaiveDate) -> Sql<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(DISTINCT user_id) AS "count!" FROM reading_alarms WHERE day = $1 AND is_over"#,
        day,
    )
    .fetch_one(conn)
    .await
}

/// Forgets openings before that day, and alarms of long ago.
pub(super) async fn clean(conn: &mut PgConnection, day: NaiveDate) -> Sql<()> {
    sqlx::query!("DELETE FROM card_openings WHERE day < $1", day)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM reading_alarms WHERE day < $1::date - 90", day)
        .execute(conn)
        .await?;
    Ok(())
}
