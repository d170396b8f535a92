//! Records in the trash.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::Sql;
use crate::db::Place;
use crate::policy::Actor;
use crate::trash::model::{Contents, KEPT, NewTrashed, Trashed};
use crate::values::{CompanyId, Entity, TrashId, text, time};

/// What [`list`] and [`find`] read.
const COLUMNS: &str = "SELECT trash.id, trash.entity, trash.entity_id, trash.company_id, trash.title, trash.reason,
       COALESCE(person.name, '') AS deleted_by, trash.deleted_at, trash.purge_at, trash.contents
FROM trash
LEFT JOIN users AS person ON person.id = trash.deleted_by
WHERE ";

fn read(row: &sqlx::postgres::PgRow) -> Sql<Trashed> {
    let contents: Value = row.try_get("contents")?;
    let contents = serde_json::from_value(contents).unwrap_or_default();
    Ok(Trashed {
        id: row.try_get("id")?,
        entity: Entity::read(row.try_get("entity")?),
        entity_id: row.try_get("entity_id")?,
        company: row.try_get("company_id")?,
        title: row.try_get("title")?,
        reason: row.try_get("reason")?,
        deleted_by: row.try_get("deleted_by")?,
        deleted_at: row.try_get("deleted_at")?,
        purge_at: row.try_get("purge_at")?,
        contents: Contents(contents),
    })
}

/// A page of the trash, the newest first, `limit + 1` rows; `q` is a part of a title.
pub(in crate::trash) async fn list(conn: &mut PgConnection, q: &str, place: &Place, limit: i64) -> Sql<Vec<Trashed>> {
    let mut sql = QueryBuilder::<Postgres>::new(COLUMNS);
    sql.push("true");
    let part = text::fold(q.trim());
    if !part.is_empty() {
        let part = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        sql.push(" AND fold_text(trash.title) LIKE ")
            .push_bind(format!("%{part}%"));
    }
    if let Place::After(cursor) | Place::Before(cursor) = place {
        let at = time::from_micros(&cursor.key).unwrap_or_default();
        let sign = if place.is_backward() { ">" } else { "<" };
        sql.push(format!(" AND (trash.deleted_at, trash.id) {sign} ("));
        sql.push_bind(at).push(", ").push_bind(cursor.id).push(")");
    }
    let order = if place.is_backward() { "ASC" } else { "DESC" };
    sql.push(format!(" ORDER BY trash.deleted_at {order}, trash.id {order} LIMIT "));
    sql.push_bind(limit + 1);
    let rows = sql.build().fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// One record, without its rows.
pub(in crate::trash) async fn find(conn: &mut PgConnection, id: TrashId) -> Sql<Option<Trashed>> {
    let mut sql = QueryBuilder::<Postgres>::new(COLUMNS);
    sql.push("trash.id = ").push_bind(id.0);
    let row = sql.build().fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Whether a record of this key lies in the trash, and where.
pub(in crate::trash) async fn is_trashed(conn: &mut PgConnection, entity_id: Uuid) -> Sql<Option<TrashId>> {
    let id = sqlx::query_scalar!("SELECT id FROM trash WHERE entity_id = $1", entity_id);
    Ok(id.fetch_optional(conn).await?.map(TrashId))
}

/// A record's rows, and the companies that lost their head organisation by it.
pub(in crate::trash) struct Whole {
    pub(in crate::trash) rows: Value,
    pub(in crate::trash) detached: Vec<CompanyId>,
}

/// Locks a record against other restorers and erasers, and reads its rows.
pub(in crate::trash) async fn take(conn: &mut PgConnection, id: TrashId) -> Sql<Option<Whole>> {
    let row = sqlx::query!("SELECT rows, detached FROM trash WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| Whole {
        rows: row.rows,
        detached: row.detached.into_iter().map(CompanyId).collect(),
    }))
}

/// Contacts of a company that were deleted by themselves.
pub(in crate::trash) async fn of_company(conn: &mut PgConnection, company: CompanyId) -> Sql<Vec<TrashId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: TrashId" FROM trash WHERE company_id = $1 AND entity = 'contact' ORDER BY id"#,
        company.0,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::trash) async fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    new: &NewTrashed<'_>,
    now: DateTime<Utc>,
) -> Sql<TrashId> {
    let id = TrashId::new();
    let rows = serde_json::to_value(&new.snapshot).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let contents = serde_json::json!(Contents::of(&new.snapshot).0);
    let detached: Vec<Uuid> = new.detached.iter().map(|id| id.0).collect();
    sqlx::query!(
        "INSERT INTO trash (id, entity, entity_id, company_id, title, reason, deleted_by, deleted_at, purge_at,
                            detached, contents, rows)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        new.entity.code(),
        new.entity_id,
        new.company.map(|company| company.0),
        new.title,
        new.reason,
        actor.user.map(|user| user.0),
        now,
        now + KEPT,
        &detached,
        contents,
        rows,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Takes a record out of the trash, rows and all.
pub(in crate::trash) async fn forget(conn: &mut PgConnection, id: TrashId) -> Sql<()> {
    sqlx::query!("DELETE FROM trash WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// The next record whose time is over and that no other process is at.
pub(in crate::trash) async fn due(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<Option<TrashId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: TrashId" FROM trash
           WHERE purge_at <= $1
           ORDER BY purge_at
           LIMIT 1
           FOR UPDATE SKIP LOCKED"#,
        now,
    )
    .fetch_optional(conn)
    .await
}

/// How many contacts, notes, letters and dependent companies a company has.
pub(in crate::trash) async fn belongings(conn: &mut PgConnection, company: CompanyId) -> Sql<[i64; 4]> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM contacts WHERE company_id = $1) AS "contacts!",
                  (SELECT count(*) FROM notes WHERE company_id = $1) AS "notes!",
                  (SELECT count(*) FROM letters WHERE company_id = $1) AS "letters!",
                  (SELECT count(*) FROM companies WHERE head_company_id = $1) AS "children!""#,
        company.0,
    )
    .fetch_one(conn)
    .await?;
    Ok([row.contacts, row.notes, row.letters, row.children])
}
