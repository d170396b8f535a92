//! SQL of calendars. Tasks and series are read only.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Entry, Feed, Owner, Series};
use crate::values::{Recurrence, TaskId, UserId};

type Sql<T> = Result<T, sqlx::Error>;

/// Most tasks of a calendar: far more than anybody has in thirteen months.
const MOST: i64 = 3000;

pub(super) async fn find(conn: &mut PgConnection, user: UserId) -> Sql<Option<Feed>> {
    sqlx::query_as!(
        Feed,
        "SELECT salt, token_hash, issued_at, read_at, reader FROM calendar_feeds WHERE user_id = $1",
        user.0,
    )
    .fetch_optional(conn)
    .await
}

/// Gives a person an address, instead of the one before; whether there was one.
pub(super) async fn issue(
    conn: &mut PgConnection,
    user: UserId,
    (salt, hash): (Uuid, &[u8]),
    now: DateTime<Utc>,
) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"INSERT INTO calendar_feeds AS feed (user_id, salt, token_hash, issued_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (user_id) DO UPDATE
           SET salt = $2, token_hash = $3, issued_at = $4, read_at = NULL, reader = ''
           -- A row that is only now inserted was never another transaction's.
           RETURNING xmax <> 0 AS "was_there!""#,
        user.0,
        salt,
        hash,
        now,
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn remove(conn: &mut PgConnection, user: UserId) -> Sql<bool> {
    let done = sqlx::query!("DELETE FROM calendar_feeds WHERE user_id = $1", user.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Whose address it is; people who no longer work here have none.
pub(super) async fn owner(conn: &mut PgConnection, token_hash: &[u8]) -> Sql<Option<Owner>> {
    let row = sqlx::query!(
        r#"SELECT feed.user_id, feed.read_at, person.name AS "name!", person.time_zone
           FROM calendar_feeds AS feed JOIN users AS person ON person.id = feed.user_id
           WHERE feed.token_hash = $1 AND person.is_active"#,
        token_hash,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Owner {
        user: UserId(row.user_id),
        name: row.name,
        time_zone: row.time_zone,
        read_at: row.read_at,
    }))
}

pub(super) async fn touch(conn: &mut PgConnection, user: UserId, reader: &str, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE calendar_feeds SET read_at = $2, reader = $3 WHERE user_id = $1",
        user.0,
        now,
        reader,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a reading; how many there were in this stretch of time, and when it began. One statement counts and decides, so
/// that all processes count together; whoever is the first of a stretch sweeps out what is over.
pub(super) async fn count(
    conn: &mut PgConnection,
    key: &str,
    now: DateTime<Utc>,
    stretch: TimeDelta,
) -> Sql<(i32, DateTime<Utc>)> {
    let row = sqlx::query!(
        "INSERT INTO calendar_readings AS reading (key, since, count) VALUES ($1, $2, 1)
         ON CONFLICT (key) DO UPDATE
         SET count = CASE WHEN reading.since <= $3 THEN 1 ELSE least(reading.count, 1000000) + 1 END,
             since = CASE WHEN reading.since <= $3 THEN $2 ELSE reading.since END
         RETURNING count, since",
        key,
        now,
        now - stretch,
    )
    .fetch_one(&mut *conn)
    .await?;
    if row.count == 1 {
        sqlx::query!("DELETE FROM calendar_readings WHERE since <= $1", now - stretch)
            .execute(conn)
            .await?;
    }
    Ok((row.count, row.since))
}

/// A person's tasks with a date between these moments, but those that were called off.
pub(super) async fn entries(
    conn: &mut PgConnection,
    user: UserId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Sql<Vec<Entry>> {
    let rows = sqlx::query!(
        r#"SELECT task.id, task.title, left(task.description, 2000) AS "description!", task.status,
                  task.due_at AS "due_at!", task.is_all_day, task.created_at, task.updated_at, task.version,
                  COALESCE(company.name, '') AS "company!"
           FROM tasks AS task LEFT JOIN companies AS company ON company.id = task.company_id
           WHERE task.assignee_id = $1 AND task.due_key >= $2 AND task.due_key < $3 AND task.status <> 'cancelled'
           ORDER BY task.due_key, task.id
           LIMIT $4"#,
        user.0,
        from,
        to,
        MOST,
    )
    .fetch_all(conn)
    .await?;
    let entry = rows.into_iter().map(|row| Entry {
        id: TaskId(row.id),
        title: row.title,
        description: row.description,
        company: row.company,
        is_done: row.status == "done",
        due_at: row.due_at,
        is_all_day: row.is_all_day,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    });
    Ok(entry.collect())
}

/// A person's series that go on. One whose rule or zone nobody can read any more is left out.
pub(super) async fn series(conn: &mut PgConnection, user: UserId) -> Sql<Vec<Series>> {
    let rows = sqlx::query!(
        r#"SELECT series.id, series.rule, series.starts_at, series.zone, series.is_all_day, series.skips_weekends,
                  series.title, left(series.description, 2000) AS "description!", series.reached, series.created_at,
                  series.version, COALESCE(company.name, '') AS "company!"
           FROM task_series AS series LEFT JOIN companies AS company ON company.id = series.company_id
           WHERE series.assignee_id = $1 AND series.next_at IS NOT NULL
           ORDER BY series.id
           LIMIT 200"#,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    let series = rows.into_iter().filter_map(|row| {
        Some(Series {
            id: row.id,
            title: row.title,
            description: row.description,
            company: row.company,
            rule: Recurrence::parse(&row.rule).ok()?,
            starts_at: row.starts_at,
            zone: row.zone.parse().ok()?,
            is_all_day: row.is_all_day,
            skips_weekends: row.skips_weekends,
            reached: row.reached,
            created_at: row.created_at,
            version: row.version,
        })
    });
    Ok(series.collect())
}
