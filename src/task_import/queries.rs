//! SQL of this room.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Candidate, Doer, Event, Import, Options, Report};
use crate::values::{CompanyId, UserId};

type Sql<T> = Result<T, sqlx::Error>;

pub(super) async fn insert(
    conn: &mut PgConnection,
    import: &Import,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO task_imports (id, created_by, file_name, options, events, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        import.id,
        user.map(|id| id.0),
        import.file_name,
        Json(&import.options) as _,
        Json(&import.events) as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A file, and, when it `is_held`, nobody else's until the transaction ends.
pub(super) async fn find(conn: &mut PgConnection, id: Uuid, is_held: bool) -> Sql<Option<Import>> {
    if is_held {
        sqlx::query!("SELECT id FROM task_imports WHERE id = $1 FOR UPDATE", id)
            .fetch_optional(&mut *conn)
            .await?;
    }
    let row = sqlx::query!(
        r#"SELECT file_name, options AS "options: Json<Options>", events AS "events: Json<Vec<Event>>",
                  report AS "report: Json<Report>"
           FROM task_imports WHERE id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Import {
        id,
        file_name: row.file_name,
        options: row.options.0,
        events: row.events.map(|events| events.0).unwrap_or_default(),
        report: row.report.map(|report| report.0),
    }))
}

/// Writes down how it went; what the file said is not kept any longer.
pub(super) async fn settle(conn: &mut PgConnection, id: Uuid, report: &Report, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE task_imports SET report = $2, events = NULL, done_at = $3 WHERE id = $1",
        id,
        Json(report) as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets files that came before this, brought in or not: they name people and companies.
pub(super) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Sql<()> {
    sqlx::query!("DELETE FROM task_imports WHERE created_at < $1", before)
        .execute(conn)
        .await?;
    Ok(())
}

/// Which of these are tasks already.
pub(super) async fn known(conn: &mut PgConnection, source: &str, uids: &[&str]) -> Sql<HashSet<String>> {
    let found = sqlx::query_scalar!(
        "SELECT external_uid FROM tasks WHERE external_source = $1 AND external_uid = ANY($2) AND external_uid <> ''",
        source,
        uids as &[&str],
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().collect())
}

/// Companies of these names, by the keys of their names; `zone` is that of people who have chosen none.
pub(super) async fn companies(
    conn: &mut PgConnection,
    keys: &[String],
    zone: Tz,
) -> Sql<HashMap<String, Vec<Candidate>>> {
    let rows = sqlx::query!(
        r#"SELECT company.id, company.name, company.name_key, person.id AS "responsible?",
                  person.time_zone AS "time_zone?"
           FROM companies AS company
           LEFT JOIN users AS person ON person.id = company.responsible_id AND person.is_active
           WHERE company.name_key = ANY($1)
           ORDER BY company.id"#,
        keys,
    )
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<String, Vec<Candidate>> = HashMap::new();
    for row in rows {
        let own = row.time_zone.and_then(|name| name.parse().ok());
        found.entry(row.name_key).or_default().push(Candidate {
            id: CompanyId(row.id),
            name: row.name,
            responsible: row.responsible.map(|id| Doer {
                id: UserId(id),
                zone: own.unwrap_or(zone),
            }),
        });
    }
    Ok(found)
}
