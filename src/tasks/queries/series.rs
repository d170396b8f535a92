//! SQL of series.

use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::tasks::model::Fields;
use crate::tasks::series::{Repeat, Series};
use crate::values::{CompanyId, Recurrence, SeriesId, TaskId, TaskTypeId, UserId};

struct Row {
    id: Uuid,
    rule: String,
    starts_at: NaiveDateTime,
    zone: String,
    is_all_day: bool,
    skips_weekends: bool,
    title: String,
    description: String,
    is_urgent: bool,
    company_id: Option<Uuid>,
    type_id: Option<i64>,
    author_id: Option<i64>,
    assignee_id: i64,
    reached: NaiveDateTime,
    next_at: Option<DateTime<Utc>>,
}

impl Row {
    /// `None`: a rule that some other program wrote and this one cannot read.
    fn series(self) -> Option<Series> {
        Some(Series {
            id: SeriesId(self.id),
            repeat: Repeat {
                rule: Recurrence::parse(&self.rule).ok()?,
                skips_weekends: self.skips_weekends,
            },
            starts_at: self.starts_at,
            zone: self.zone.parse().ok()?,
            is_all_day: self.is_all_day,
            fields: Fields {
                title: self.title,
                description: self.description,
                is_urgent: self.is_urgent,
                company: self.company_id.map(CompanyId),
                kind: self.type_id.map(TaskTypeId),
                assignee: UserId(self.assignee_id),
                due: None,
            },
            author: self.author_id.map(UserId),
            reached: self.reached,
            next_at: self.next_at,
        })
    }
}

pub(in crate::tasks) async fn series(conn: &mut PgConnection, id: SeriesId) -> Sql<Option<Series>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, rule, starts_at, zone, is_all_day, skips_weekends, title, description, is_urgent, company_id, type_id,
                author_id, assignee_id, reached, next_at
         FROM task_series
         WHERE id = $1
         FOR NO KEY UPDATE",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(Row::series))
}

/// The rules of these series.
pub(in crate::tasks) async fn rules(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<(SeriesId, String)>> {
    let rows = sqlx::query!("SELECT id, rule FROM task_series WHERE id = ANY($1)", ids)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (SeriesId(row.id), row.rule)).collect())
}

/// A series whose next occurrence's time has come, that no other process has in hand; its first task says whose turn it is.
pub(in crate::tasks) async fn ripe(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<Option<SeriesId>> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM task_series
         WHERE next_at <= $1
         ORDER BY next_at
         LIMIT 1
         FOR NO KEY UPDATE SKIP LOCKED",
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(SeriesId))
}

pub(in crate::tasks) async fn insert_series(conn: &mut PgConnection, series: &Series, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO task_series (id, rule, starts_at, zone, is_all_day, skips_weekends, title, description, is_urgent,
                                  company_id, type_id, author_id, assignee_id, reached, next_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        series.id.0,
        series.repeat.rule.to_string(),
        series.starts_at,
        series.zone.name(),
        series.is_all_day,
        series.repeat.skips_weekends,
        series.fields.title,
        series.fields.description,
        series.fields.is_urgent,
        series.fields.company.map(|company| company.0),
        series.fields.kind.map(|kind| kind.0),
        series.author.map(|author| author.0),
        series.fields.assignee.0,
        series.reached,
        series.next_at,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What occurrences to come say.
pub(in crate::tasks) async fn update_series(conn: &mut PgConnection, id: SeriesId, fields: &Fields) -> Sql<()> {
    sqlx::query!(
        "UPDATE task_series
         SET title = $2, description = $3, is_urgent = $4, company_id = $5, type_id = $6, assignee_id = $7,
             version = version + 1
         WHERE id = $1",
        id.0,
        fields.title,
        fields.description,
        fields.is_urgent,
        fields.company.map(|company| company.0),
        fields.kind.map(|kind| kind.0),
        fields.assignee.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How far a series has come, and when it goes on; `None`: it has ended.
pub(in crate::tasks) async fn reach(
    conn: &mut PgConnection,
    id: SeriesId,
    reached: NaiveDateTime,
    next_at: Option<DateTime<Utc>>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE task_series SET reached = $2, next_at = $3, version = version + 1 WHERE id = $1",
        id.0,
        reached,
        next_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes a task an occurrence of another series.
pub(in crate::tasks) async fn join(
    conn: &mut PgConnection,
    task: TaskId,
    series: Option<(SeriesId, NaiveDateTime)>,
) -> Sql<()> {
    let (series, occurrence) = series.unzip();
    sqlx::query!(
        "UPDATE tasks SET series_id = $2, occurrence = $3 WHERE id = $1",
        task.0,
        series.map(|series| series.0),
        occurrence,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The other open occurrences of a series, from one on, say the same, each at its own date.
pub(in crate::tasks) async fn update_occurrences(
    conn: &mut PgConnection,
    (series, but): (SeriesId, TaskId),
    from: Option<NaiveDateTime>,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE tasks
         SET title = $3, description = $4, is_urgent = $5, company_id = $6, type_id = $7, assignee_id = $8,
             updated_at = $9, version = version + 1
         WHERE series_id = $1 AND id <> $2 AND status IN ('new', 'in_progress')
           AND ($10::timestamp IS NULL OR occurrence >= $10)",
        series.0,
        but.0,
        fields.title,
        fields.description,
        fields.is_urgent,
        fields.company.map(|company| company.0),
        fields.kind.map(|kind| kind.0),
        fields.assignee.0,
        now,
        from,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a series.
pub(in crate::tasks) async fn stop(conn: &mut PgConnection, id: SeriesId) -> Sql<()> {
    sqlx::query!(
        "UPDATE task_series SET next_at = NULL, version = version + 1 WHERE id = $1",
        id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}
