//! SQL that changes tasks.

use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::policy::Actor;
use crate::tasks::due::Due;
use crate::tasks::model::{Fields, Status};
use crate::values::{SeriesId, TaskId, TaskTypeId, UserId};

/// So many tasks change their type in one transaction.
const CHUNK: i64 = 500;

/// Writes a task, or, when it is an occurrence that is there already, nothing.
pub(in crate::tasks) async fn insert(
    conn: &mut PgConnection,
    author: Option<UserId>,
    fields: &Fields,
    occurrence: Option<(SeriesId, NaiveDateTime)>,
    now: DateTime<Utc>,
) -> Sql<Option<TaskId>> {
    let (series, occurrence) = occurrence.unzip();
    let id = sqlx::query_scalar!(
        "INSERT INTO tasks (id, title, description, is_urgent, company_id, type_id, author_id, assignee_id, due_at,
                            is_all_day, series_id, occurrence, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
         ON CONFLICT (series_id, occurrence) WHERE series_id IS NOT NULL DO NOTHING
         RETURNING id",
        TaskId::new().0,
        fields.title,
        fields.description,
        fields.is_urgent,
        fields.company.map(|company| company.0),
        fields.kind.map(|kind| kind.0),
        author.map(|author| author.0),
        fields.assignee.0,
        fields.due.map(|due| due.at),
        fields.due.is_some_and(|due| due.is_all_day),
        series.map(|series| series.0),
        occurrence,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(TaskId))
}

/// Answers whether the task still had this version.
pub(in crate::tasks) async fn update(
    conn: &mut PgConnection,
    id: TaskId,
    version: i32,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE tasks
         SET title = $3, description = $4, is_urgent = $5, company_id = $6, type_id = $7, assignee_id = $8, due_at = $9,
             is_all_day = $10, updated_at = $11, version = version + 1
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        fields.title,
        fields.description,
        fields.is_urgent,
        fields.company.map(|company| company.0),
        fields.kind.map(|kind| kind.0),
        fields.assignee.0,
        fields.due.map(|due| due.at),
        fields.due.is_some_and(|due| due.is_all_day),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An open status.
pub(in crate::tasks) async fn set_status(
    conn: &mut PgConnection,
    id: TaskId,
    status: Status,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE tasks
         SET status = $2, closed_at = NULL, closed_by = NULL, result = '', updated_at = $3, version = version + 1
         WHERE id = $1",
        id.0,
        status.code(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A status that ends it, with what came of it.
pub(in crate::tasks) async fn close(
    conn: &mut PgConnection,
    actor: &Actor,
    id: TaskId,
    (status, result): (Status, &str),
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE tasks
         SET status = $2, result = $3, closed_at = $4, closed_by = $5, updated_at = $4, version = version + 1
         WHERE id = $1",
        id.0,
        status.code(),
        result,
        now,
        actor.user.map(|user| user.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::tasks) async fn set_due(
    conn: &mut PgConnection,
    id: TaskId,
    due: Option<Due>,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE tasks SET due_at = $2, is_all_day = $3, updated_at = $4, version = version + 1 WHERE id = $1",
        id.0,
        due.map(|due| due.at),
        due.is_some_and(|due| due.is_all_day),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a task with its comments. Answers whether there was one.
pub(in crate::tasks) async fn delete(conn: &mut PgConnection, id: TaskId) -> Sql<bool> {
    sqlx::query!("DELETE FROM task_comments WHERE task_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query!("DELETE FROM tasks WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Tasks and series of one company become another's; `only`: of these alone. Answers which tasks and which series.
pub(in crate::tasks) async fn move_companies(
    conn: &mut PgConnection,
    (from, to): (Uuid, Uuid),
    only: Option<(&[Uuid], &[Uuid])>,
) -> Sql<(Vec<Uuid>, Vec<Uuid>)> {
    let (tasks, series) = only.unzip();
    let tasks = sqlx::query_scalar!(
        "UPDATE tasks SET company_id = $2
         WHERE company_id = $1 AND ($3::uuid[] IS NULL OR id = ANY($3))
         RETURNING id",
        from,
        to,
        tasks,
    )
    .fetch_all(&mut *conn)
    .await?;
    let series = sqlx::query_scalar!(
        "UPDATE task_series SET company_id = $2
         WHERE company_id = $1 AND ($3::uuid[] IS NULL OR id = ANY($3))
         RETURNING id",
        from,
        to,
        series,
    )
    .fetch_all(conn)
    .await?;
    Ok((tasks, series))
}

/// How many tasks and series are of a type.
pub(in crate::tasks) async fn count_of_type(conn: &mut PgConnection, kind: TaskTypeId) -> Sql<i64> {
    sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM tasks WHERE type_id = $1)
                + (SELECT count(*) FROM task_series WHERE type_id = $1) AS "count!""#,
        kind.0,
    )
    .fetch_one(conn)
    .await
}

/// Gives some tasks and series of a type another one. Answers how many.
pub(in crate::tasks) async fn replace_type(conn: &mut PgConnection, old: TaskTypeId, new: TaskTypeId) -> Sql<u64> {
    let series = sqlx::query!("UPDATE task_series SET type_id = $2 WHERE type_id = $1", old.0, new.0)
        .execute(&mut *conn)
        .await?;
    let tasks = sqlx::query!(
        "UPDATE tasks SET type_id = $2
         WHERE id IN (SELECT id FROM tasks WHERE type_id = $1 ORDER BY id LIMIT $3 FOR NO KEY UPDATE)",
        old.0,
        new.0,
        CHUNK,
    )
    .execute(conn)
    .await?;
    Ok(series.rows_affected() + tasks.rows_affected())
}
