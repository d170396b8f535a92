//! SQL of tasks.

mod comments;
mod list;
mod many;
mod series;
mod write;

use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) use comments::{add_comment, comment, comment_ids, comments, delete_comment};
pub(super) use list::{Wanted, by_ids, due_between, heads, list_by, of_company, page};
pub(super) use many::{
    act, act_counts, act_rows, end_act, erase_titles, forget_acts, insert_act, insert_act_rows, lock_many,
    set_verdicts, write_many,
};
pub(super) use series::{insert_series, join, reach, ripe, rules, series, stop, update_occurrences, update_series};
pub(super) use write::{
    close, count_of_type, delete, insert, move_companies, replace_type, set_due, set_status, update,
};

use super::due::Due;
use super::model::{Status, Task};
use crate::values::{BranchId, CompanyId, SeriesId, TaskId, TaskTypeId, UserId};

type Sql<T> = Result<T, sqlx::Error>;

/// A task with the names it is shown with.
#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    title: String,
    description: String,
    status: String,
    is_urgent: bool,
    company_id: Option<Uuid>,
    company_name: String,
    company_branch: Option<i64>,
    type_id: Option<i64>,
    author_id: Option<i64>,
    author_name: String,
    assignee_id: i64,
    assignee_name: String,
    assignee_branch: Option<i64>,
    due_at: Option<DateTime<Utc>>,
    is_all_day: bool,
    closed_at: Option<DateTime<Utc>>,
    result: String,
    series_id: Option<Uuid>,
    occurrence: Option<NaiveDateTime>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

impl From<Row> for Task {
    fn from(row: Row) -> Self {
        Self {
            id: TaskId(row.id),
            title: row.title,
            description: row.description,
            // The column's CHECK allows no other codes.
            status: Status::from_code(&row.status).unwrap_or(Status::New),
            is_urgent: row.is_urgent,
            company: row.company_id.map(CompanyId),
            company_name: row.company_name,
            company_branch: row.company_branch.map(BranchId),
            kind: row.type_id.map(TaskTypeId),
            author: row.author_id.map(UserId),
            author_name: row.author_name,
            assignee: UserId(row.assignee_id),
            assignee_name: row.assignee_name,
            assignee_branch: row.assignee_branch.map(BranchId),
            due: row.due_at.map(|at| Due {
                at,
                is_all_day: row.is_all_day,
            }),
            closed_at: row.closed_at,
            result: row.result,
            occurrence: row.series_id.map(SeriesId).zip(row.occurrence),
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// One task; `is_locked`: nobody else changes it until the transaction ends.
pub(super) async fn find(conn: &mut PgConnection, id: TaskId, is_locked: bool) -> Sql<Option<Task>> {
    if is_locked {
        let held = sqlx::query_scalar!("SELECT id FROM tasks WHERE id = $1 FOR NO KEY UPDATE", id.0);
        if held.fetch_optional(&mut *conn).await?.is_none() {
            return Ok(None);
        }
    }
    let row = sqlx::query_as!(
        Row,
        r#"SELECT task.id, task.title, task.description, task.status, task.is_urgent, task.company_id,
                  COALESCE(company.name, '') AS "company_name!",
                  COALESCE(company.branch_id, owner.branch_id) AS company_branch,
                  task.type_id, task.author_id, COALESCE(author.name, '') AS "author_name!", task.assignee_id,
                  assignee.name AS assignee_name, assignee.branch_id AS assignee_branch, task.due_at,
                  task.is_all_day, task.closed_at, task.result, task.series_id, task.occurrence, task.created_at,
                  task.updated_at, task.version
           FROM tasks AS task
           JOIN users AS assignee ON assignee.id = task.assignee_id
           LEFT JOIN users AS author ON author.id = task.author_id
           LEFT JOIN companies AS company ON company.id = task.company_id
           LEFT JOIN users AS owner ON owner.id = company.responsible_id
           WHERE task.id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Task::from))
}
