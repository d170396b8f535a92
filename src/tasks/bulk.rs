//! Many tasks at once, as an import writes them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::policy::Actor;
use crate::values::{CompanyId, TaskId, UserId};

/// A task to insert.
#[derive(Debug)]
pub(crate) struct NewTask {
    /// What is to be done.
    pub(crate) title: String,
    /// More about it.
    pub(crate) description: String,
    /// With whom.
    pub(crate) company: Option<CompanyId>,
    /// Who does it.
    pub(crate) assignee: UserId,
    /// Until when.
    pub(crate) due_at: Option<DateTime<Utc>>,
    /// The day counts, not the time.
    pub(crate) is_all_day: bool,
    /// What tells it from others where it comes from.
    pub(crate) external_uid: String,
}

/// Inserts open tasks of a source, but for those that it has brought before. Answers the keys of the new ones, each with
/// its company and title.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    source: &str,
    tasks: &[NewTask],
    now: DateTime<Utc>,
) -> Result<Vec<(TaskId, Option<CompanyId>, String)>> {
    let ids: Vec<Uuid> = tasks.iter().map(|_| TaskId::new().0).collect();
    let titles: Vec<&str> = tasks.iter().map(|task| task.title.as_str()).collect();
    let descriptions: Vec<&str> = tasks.iter().map(|task| task.description.as_str()).collect();
    let companies: Vec<Option<Uuid>> = tasks.iter().map(|task| task.company.map(|id| id.0)).collect();
    let assignees: Vec<i64> = tasks.iter().map(|task| task.assignee.0).collect();
    let dues: Vec<Option<DateTime<Utc>>> = tasks.iter().map(|task| task.due_at).collect();
    let days: Vec<bool> = tasks.iter().map(|task| task.is_all_day).collect();
    let uids: Vec<&str> = tasks.iter().map(|task| task.external_uid.as_str()).collect();
    let rows = sqlx::query!(
        "INSERT INTO tasks (id, title, description, company_id, author_id, assignee_id, due_at, is_all_day,
                            external_source, external_uid, created_at, updated_at)
         SELECT row.id, row.title, row.description, row.company, $9, row.assignee, row.due_at, row.is_all_day, $10,
                row.uid, $11, $11
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[], $7::boolean[],
                     $8::text[])
              AS row (id, title, description, company, assignee, due_at, is_all_day, uid)
         ON CONFLICT (external_source, external_uid) WHERE external_uid <> '' DO NOTHING
         RETURNING id, company_id, title",
        &ids,
        &titles as &[&str],
        &descriptions as &[&str],
        &companies as &[Option<Uuid>],
        &assignees,
        &dues as &[Option<DateTime<Utc>>],
        &days,
        &uids as &[&str],
        actor.user.map(|user| user.0),
        source,
        now,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (TaskId(row.id), row.company_id.map(CompanyId), row.title))
        .collect())
}
