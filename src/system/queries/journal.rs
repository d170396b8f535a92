//! SQL of the journal of copies.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::system::journal::{Copy, State};
use crate::system::{Kind, Made};

struct Row {
    kind: String,
    state: String,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    done: i64,
    total: i64,
    path: String,
    bytes: i64,
    rows: i64,
    files: i64,
    absent: i64,
    failure: String,
}

impl From<Row> for Copy {
    fn from(row: Row) -> Self {
        Self {
            kind: Kind::from_code(&row.kind).unwrap_or(Kind::Manual),
            state: State::from_code(&row.state),
            started_at: row.started_at,
            finished_at: row.finished_at,
            done: row.done,
            total: row.total,
            path: row.path.into(),
            bytes: row.bytes,
            rows: row.rows,
            files: row.files,
            absent: row.absent,
            failure: row.failure,
        }
    }
}

/// How a copy ended.
pub(in crate::system) enum Ended<'a> {
    Well(&'a Made),
    Badly(&'a str),
}

/// Whether this database has a journal at all: an older one that is copied before its upgrade has none.
pub(in crate::system) async fn exists(conn: &mut PgConnection) -> Sql<bool> {
    sqlx::query_scalar("SELECT to_regclass('public.system_copies') IS NOT NULL")
        .fetch_one(conn)
        .await
}

pub(in crate::system) async fn begin(
    conn: &mut PgConnection,
    id: Uuid,
    kind: Kind,
    slot: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO system_copies (id, kind, slot, started_at) VALUES ($1, $2, $3, $4)",
        id,
        kind.code(),
        slot,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::system) async fn advance(conn: &mut PgConnection, id: Uuid, done: i64, total: i64) -> Sql<()> {
    sqlx::query!(
        "UPDATE system_copies SET done = $2, total = $3 WHERE id = $1 AND state = 'running'",
        id,
        done,
        total,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// `note`: what went wrong after a good copy.
pub(in crate::system) async fn end(
    conn: &mut PgConnection,
    id: Uuid,
    ended: Ended<'_>,
    note: &str,
    now: DateTime<Utc>,
) -> Sql<()> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let (state, failure, made) = match ended {
        Ended::Well(made) => (State::Done, note, Some(made)),
        Ended::Badly(cause) => (State::Failed, cause, None),
    };
    sqlx::query!(
        "UPDATE system_copies
         SET state = $2, failure = $3, finished_at = $4, path = $5, bytes = $6, rows = $7, files = $8, absent = $9
         WHERE id = $1",
        id,
        state.code(),
        failure,
        now,
        made.map_or(String::new(), |made| made.path.display().to_string()),
        made.map_or(0, |made| number(made.bytes)),
        made.map_or(0, |made| number(made.rows)),
        made.map_or(0, |made| number(made.files)),
        made.map_or(0, |made| number(made.absent_files as u64)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::system) async fn has_running(conn: &mut PgConnection) -> Sql<bool> {
    let found = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM system_copies WHERE state = 'running') AS "found!""#);
    found.fetch_one(conn).await
}

/// Those that still seem to run though nobody makes a copy have ended with their process.
pub(in crate::system) async fn break_off(conn: &mut PgConnection, failure: &str, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE system_copies SET state = 'failed', failure = $1, finished_at = $2 WHERE state = 'running'",
        failure,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// When each attempt of this night was begun, and whether it failed; the newest first.
pub(in crate::system) async fn of_slot(
    conn: &mut PgConnection,
    slot: DateTime<Utc>,
) -> Sql<Vec<(DateTime<Utc>, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT started_at, state = 'failed' AS "is_failed!"
           FROM system_copies
           WHERE slot = $1
           ORDER BY started_at DESC"#,
        slot,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.started_at, row.is_failed)).collect())
}

/// When the newest good copy of any kind was begun, and its size.
pub(in crate::system) async fn newest_good(conn: &mut PgConnection) -> Sql<Option<(DateTime<Utc>, i64)>> {
    let row = sqlx::query!(
        "SELECT started_at, bytes FROM system_copies WHERE state = 'done' ORDER BY started_at DESC LIMIT 1"
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.started_at, row.bytes)))
}

/// The newest that has ended.
pub(in crate::system) async fn last(conn: &mut PgConnection) -> Sql<Option<Copy>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT kind, state, started_at, finished_at, done, total, path, bytes, rows, files, absent, failure
         FROM system_copies
         WHERE state <> 'running'
         ORDER BY started_at DESC
         LIMIT 1",
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Copy::from))
}

/// The newest first.
pub(in crate::system) async fn recent(conn: &mut PgConnection, limit: i64) -> Sql<Vec<Copy>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT kind, state, started_at, finished_at, done, total, path, bytes, rows, files, absent, failure
         FROM system_copies
         ORDER BY started_at DESC
         LIMIT $1",
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Copy::from).collect())
}

/// Forgets all but the newest good one of those begun before this moment.
pub(in crate::system) async fn forget_old(conn: &mut PgConnection, before: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "DELETE FROM system_copies
         WHERE started_at < $1
           AND id <> (SELECT id FROM system_copies WHERE state = 'done' ORDER BY started_at DESC LIMIT 1)",
        before,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets all of them.
pub(in crate::system) async fn forget(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query!("DELETE FROM system_copies").execute(conn).await?;
    Ok(())
}
