//! What a run remembers for its undoing.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::imports::memory::{Before, Change, Touched};
use crate::imports::model::{Kind, ORDINALS_PER_ROW};
use crate::values::ImportId;

/// Companies as they are before a chunk changes them.
pub(in crate::imports) async fn companies_before(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<HashMap<Uuid, Before>> {
    let rows = sqlx::query!(
        r#"SELECT id, updated_at, imported_fields IS NOT NULL AS "had_marks!" FROM companies WHERE id = ANY($1)"#,
        ids,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(rows
        .map(|row| (row.id, before(row.updated_at, row.had_marks)))
        .collect())
}

/// Contacts as they are before a chunk changes them.
pub(in crate::imports) async fn contacts_before(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<HashMap<Uuid, Before>> {
    let rows = sqlx::query!(
        r#"SELECT id, updated_at, imported_fields IS NOT NULL AS "had_marks!" FROM contacts WHERE id = ANY($1)"#,
        ids,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(rows
        .map(|row| (row.id, before(row.updated_at, row.had_marks)))
        .collect())
}

fn before(updated_at: DateTime<Utc>, had_marks: bool) -> Before {
    Before { updated_at, had_marks }
}

/// Remembers records that a chunk has just written, as they are now. What was remembered of them before stays.
pub(in crate::imports) async fn remember(
    conn: &mut PgConnection,
    import: ImportId,
    kind: Kind,
    touched: &Touched,
) -> Sql<()> {
    if touched.ids.is_empty() {
        return Ok(());
    }
    let created: Vec<bool> = touched.before.iter().map(Option::is_none).collect();
    let times: Vec<Option<DateTime<Utc>>> = touched
        .before
        .iter()
        .map(|before| before.map(|before| before.updated_at))
        .collect();
    let marks: Vec<bool> = touched
        .before
        .iter()
        .map(|before| before.is_some_and(|before| before.had_marks))
        .collect();
    let mut notes: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (owner, note) in &touched.notes {
        notes.entry(*owner).or_default().push(note.to_string());
    }
    // An array of arrays would have to be a rectangle.
    let notes: Vec<String> = touched
        .ids
        .iter()
        .map(|id| notes.get(id).map_or_else(String::new, |notes| notes.join(",")))
        .collect();
    let table = match kind {
        Kind::Company => "companies",
        Kind::Contact => "contacts",
    };
    let sql = format!(
        "INSERT INTO import_records (import_id, entity, record_id, line, is_created, version, updated_after,
                                     updated_before, had_marks, notes)
         SELECT $1, $2, record.id, row.line, row.is_created, record.version, record.updated_at, row.updated_before,
                row.had_marks, string_to_array(row.notes, ',')::bigint[]
         FROM unnest($3::uuid[], $4::int[], $5::boolean[], $6::timestamptz[], $7::boolean[], $8::text[])
              AS row (id, line, is_created, updated_before, had_marks, notes)
         JOIN {table} AS record ON record.id = row.id
         ON CONFLICT (import_id, entity, record_id) DO UPDATE
         SET version = EXCLUDED.version, updated_after = EXCLUDED.updated_after,
             notes = import_records.notes || EXCLUDED.notes"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(import.0)
        .bind(kind.code())
        .bind(&touched.ids)
        .bind(&touched.lines)
        .bind(created)
        .bind(times)
        .bind(marks)
        .bind(notes)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::imports) async fn add_changes(conn: &mut PgConnection, id: ImportId, changes: &[Change]) -> Sql<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let numbers = |get: fn(&Change) -> i32| changes.iter().map(get).collect::<Vec<_>>();
    let texts = |get: for<'a> fn(&'a Change) -> &'a str| changes.iter().map(get).collect::<Vec<_>>();
    let options = |get: for<'a> fn(&'a Change) -> Option<&'a str>| changes.iter().map(get).collect::<Vec<_>>();
    let records: Vec<Uuid> = changes.iter().map(|change| change.record).collect();
    sqlx::query!(
        "INSERT INTO import_changes (import_id, ordinal, line, entity, record_id, field, old, new, old_text, new_text,
                                     old_mark)
         SELECT $1, row.*
         FROM unnest($2::int[], $3::int[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
                     $10::text[], $11::text[]) AS row",
        id.0,
        &numbers(|change| change.ordinal),
        &numbers(|change| change.line),
        &texts(|change| change.entity) as &[&str],
        &records,
        &texts(|change| change.field) as &[&str],
        &texts(|change| &change.old) as &[&str],
        &texts(|change| &change.new) as &[&str],
        &options(|change| change.old_text.as_deref()) as &[Option<&str>],
        &options(|change| change.new_text.as_deref()) as &[Option<&str>],
        &options(|change| change.old_mark.as_deref()) as &[Option<&str>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries of dictionaries that the run has made.
pub(in crate::imports) async fn add_made(
    conn: &mut PgConnection,
    id: ImportId,
    statuses: &[i64],
    spheres: &[i64],
) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports SET made_statuses = made_statuses || $2, made_spheres = made_spheres || $3 WHERE id = $1",
        id.0,
        statuses,
        spheres,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lines of the rows that were judged.
pub(in crate::imports) async fn judged(conn: &mut PgConnection, id: ImportId) -> Sql<Vec<i32>> {
    sqlx::query_scalar!(
        "SELECT line FROM import_rows WHERE import_id = $1 AND ordinal = line * $2",
        id.0,
        ORDINALS_PER_ROW,
    )
    .fetch_all(conn)
    .await
}

/// To which records the judged rows have led: line, whether it is a company, key. Companies that a contact's row made
/// stand beside that contact.
pub(in crate::imports) async fn led_to(conn: &mut PgConnection, id: ImportId) -> Sql<Vec<(i32, bool, Uuid)>> {
    let rows = sqlx::query!(
        r#"SELECT line AS "line!", entity = 'company' AS "is_company!", entity_id AS "record!"
           FROM import_rows
           WHERE import_id = $1 AND entity_id IS NOT NULL AND field = ''
           UNION ALL
           SELECT line, true, record_id
           FROM import_records
           WHERE import_id = $1 AND entity = 'company' AND is_created"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.line, row.is_company, row.record))
        .collect())
}
