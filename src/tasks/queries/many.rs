//! SQL of acts on many tasks.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::tasks::due::Due;
use crate::tasks::many::{Act, Row, Verdict, Wish};
use crate::values::{CompanyId, TaskActId, TaskId, UserId};

pub(in crate::tasks) async fn insert_act(conn: &mut PgConnection, act: &Act, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO task_acts (id, actor_id, wish, back, created_at) VALUES ($1, $2, $3, $4, $5)",
        act.id.0,
        act.actor.0,
        serde_json::to_value(act.wish).unwrap_or_default(),
        act.back,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::tasks) async fn insert_act_rows(conn: &mut PgConnection, act: TaskActId, rows: &[Row]) -> Sql<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.task.0).collect();
    let verdicts: Vec<&str> = rows.iter().map(|row| row.verdict.code()).collect();
    let versions: Vec<i32> = rows.iter().map(|row| row.version).collect();
    let titles: Vec<&str> = rows.iter().map(|row| row.title.as_str()).collect();
    let assignees: Vec<i64> = rows.iter().map(|row| row.assignee.0).collect();
    let dues: Vec<Option<DateTime<Utc>>> = rows.iter().map(|row| row.due.map(|due| due.at)).collect();
    let days: Vec<bool> = rows
        .iter()
        .map(|row| row.due.is_some_and(|due| due.is_all_day))
        .collect();
    sqlx::query!(
        "INSERT INTO task_act_rows (act_id, task_id, verdict, version, title, assignee_id, due_at, is_all_day)
         SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::text[], $6::bigint[], $7::timestamptz[],
                                  $8::boolean[])",
        act.0,
        &ids,
        &verdicts as &[&str],
        &versions,
        &titles as &[&str],
        &assignees,
        &dues as &[Option<DateTime<Utc>>],
        &days,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An act; locked until the transaction ends.
pub(in crate::tasks) async fn act(conn: &mut PgConnection, id: TaskActId) -> Sql<Option<Act>> {
    let row = sqlx::query!(
        "SELECT id, actor_id, wish, state, back, done_at FROM task_acts WHERE id = $1 FOR NO KEY UPDATE",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| {
        Some(Act {
            id: TaskActId(row.id),
            actor: UserId(row.actor_id),
            wish: serde_json::from_value::<Wish>(row.wish).ok()?,
            state: row.state,
            back: row.back,
            done_at: row.done_at,
        })
    }))
}

/// Rows of an act; `only`: of this verdict.
pub(in crate::tasks) async fn act_rows(
    conn: &mut PgConnection,
    id: TaskActId,
    only: Option<Verdict>,
    limit: i64,
) -> Sql<Vec<Row>> {
    let rows = sqlx::query!(
        "SELECT task_id, verdict, version, title, assignee_id, due_at, is_all_day
         FROM task_act_rows
         WHERE act_id = $1 AND ($2::text IS NULL OR verdict = $2)
         ORDER BY task_id
         LIMIT $3",
        id.0,
        only.map(Verdict::code),
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Row {
        task: TaskId(row.task_id),
        verdict: Verdict::from_code(&row.verdict),
        version: row.version,
        title: row.title,
        assignee: UserId(row.assignee_id),
        due: row.due_at.map(|at| Due {
            at,
            is_all_day: row.is_all_day,
        }),
    });
    Ok(rows.collect())
}

/// How many tasks of an act have which verdict.
pub(in crate::tasks) async fn act_counts(conn: &mut PgConnection, id: TaskActId) -> Sql<Vec<(Verdict, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT verdict, count(*) AS "count!" FROM task_act_rows WHERE act_id = $1 GROUP BY verdict"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| (Verdict::from_code(&row.verdict), row.count)).collect())
}

/// Locks these tasks, by key as everybody does who locks several, and answers the versions and companies of those that
/// are there.
pub(in crate::tasks) async fn lock_many(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Sql<Vec<(TaskId, (i32, Option<CompanyId>))>> {
    let rows = sqlx::query!(
        "SELECT id, version, company_id FROM tasks WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (TaskId(row.id), (row.version, row.company_id.map(CompanyId))))
        .collect())
}

/// Writes persons and dates of many tasks.
pub(in crate::tasks) async fn write_many(
    conn: &mut PgConnection,
    tasks: &[(TaskId, UserId, Option<Due>)],
    now: DateTime<Utc>,
) -> Sql<()> {
    let ids: Vec<Uuid> = tasks.iter().map(|(id, ..)| id.0).collect();
    let people: Vec<i64> = tasks.iter().map(|(_, person, _)| person.0).collect();
    let dues: Vec<Option<DateTime<Utc>>> = tasks.iter().map(|(.., due)| due.map(|due| due.at)).collect();
    let days: Vec<bool> = tasks
        .iter()
        .map(|(.., due)| due.is_some_and(|due| due.is_all_day))
        .collect();
    sqlx::query!(
        "UPDATE tasks
         SET assignee_id = row.person, due_at = row.due, is_all_day = row.is_all_day, updated_at = $5,
             version = version + 1
         FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::boolean[]) AS row (id, person, due, is_all_day)
         WHERE tasks.id = row.id",
        &ids,
        &people,
        &dues as &[Option<DateTime<Utc>>],
        &days,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives some rows of an act another verdict; `is_grown`: their tasks have one version more.
pub(in crate::tasks) async fn set_verdicts(
    conn: &mut PgConnection,
    act: TaskActId,
    ids: &[Uuid],
    (verdict, is_grown): (Verdict, bool),
) -> Sql<()> {
    sqlx::query!(
        "UPDATE task_act_rows SET verdict = $3, version = version + $4::integer WHERE act_id = $1 AND task_id = ANY($2)",
        act.0,
        ids,
        verdict.code(),
        i32::from(is_grown),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks an act as done, or as taken back.
pub(in crate::tasks) async fn end_act(
    conn: &mut PgConnection,
    id: TaskActId,
    now: DateTime<Utc>,
    undone: bool,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE task_acts
         SET state = CASE WHEN $3 THEN 'undone' ELSE 'done' END, done_at = CASE WHEN $3 THEN done_at ELSE $2 END,
             undone_at = CASE WHEN $3 THEN $2 END
         WHERE id = $1",
        id.0,
        now,
        undone,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets acts that were prepared before a moment.
pub(in crate::tasks) async fn forget_acts(conn: &mut PgConnection, before: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "DELETE FROM task_act_rows WHERE act_id IN (SELECT id FROM task_acts WHERE created_at < $1)",
        before,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM task_acts WHERE created_at < $1", before)
        .execute(conn)
        .await?;
    Ok(())
}

/// Blanks the titles by which acts remember these tasks.
pub(in crate::tasks) async fn erase_titles(conn: &mut PgConnection, tasks: &[Uuid]) -> Sql<()> {
    sqlx::query!(
        "UPDATE task_act_rows SET title = '[стёрто]' WHERE task_id = ANY($1)",
        tasks
    )
    .execute(conn)
    .await?;
    Ok(())
}
