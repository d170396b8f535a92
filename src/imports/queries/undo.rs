//! SQL of undoing: what is remembered, and how far the undoing is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::Sql;
use crate::companies::bulk::Settled;
use crate::imports::model::{Kind, UndoState};
use crate::imports::undo::{Line, Past, Remembered, Verdict};
use crate::policy::Actor;
use crate::values::ImportId;

pub(super) fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Company => "companies",
        Kind::Contact => "contacts",
    }
}

/// Records of the import after this one, in the order of their keys.
pub(in crate::imports) async fn remembered(
    conn: &mut PgConnection,
    import: ImportId,
    (kind, after): (Kind, Uuid),
    limit: i64,
) -> Sql<Vec<Remembered>> {
    sqlx::query_as!(
        Remembered,
        "SELECT record_id AS id, is_created, version, updated_after, updated_before, had_marks, notes
         FROM import_records
         WHERE import_id = $1 AND entity = $2 AND record_id > $3
         ORDER BY record_id
         LIMIT $4",
        import.0,
        kind.code(),
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// What the import changed in these records, in the order in which it did.
pub(in crate::imports) async fn past(
    conn: &mut PgConnection,
    import: ImportId,
    ids: &[Uuid],
) -> Sql<HashMap<Uuid, Vec<Past>>> {
    let rows = sqlx::query!(
        r#"SELECT record_id, field, old, new, COALESCE(old_text, old) AS "old_text!",
                  COALESCE(new_text, new) AS "new_text!", old_mark
           FROM import_changes
           WHERE import_id = $1 AND record_id = ANY($2)
           ORDER BY ordinal"#,
        import.0,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut past: HashMap<Uuid, Vec<Past>> = HashMap::new();
    for row in rows {
        past.entry(row.record_id).or_default().push(Past {
            field: row.field,
            old: row.old,
            new: row.new,
            old_text: row.old_text,
            new_text: row.new_text,
            old_mark: row.old_mark,
        });
    }
    Ok(past)
}

/// Records that are again as an earlier import had left them: that one may be undone, too, although their version has
/// grown.
pub(in crate::imports) async fn pass_back(
    conn: &mut PgConnection,
    import: ImportId,
    kind: Kind,
    settled: &[Settled],
) -> Sql<()> {
    let given_back = settled.iter().filter_map(|row| Some((row.id, row.updated_at?)));
    let (ids, times): (Vec<Uuid>, Vec<DateTime<Utc>>) = given_back.unzip();
    let sql = format!(
        "UPDATE import_records AS other
         SET version = record.version
         FROM unnest($3::uuid[], $4::timestamptz[]) AS row (id, updated_at)
         JOIN {} AS record ON record.id = row.id
         WHERE other.record_id = row.id AND other.entity = $2 AND other.import_id <> $1
           AND other.updated_after = row.updated_at",
        table(kind)
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(import.0)
        .bind(kind.code())
        .bind(ids)
        .bind(times)
        .execute(conn)
        .await?;
    Ok(())
}

/// How far an undoing is.
#[derive(Debug)]
pub(in crate::imports) struct UndoKept {
    pub(in crate::imports) state: UndoState,
    pub(in crate::imports) by: Option<i64>,
    pub(in crate::imports) entity: String,
    pub(in crate::imports) after: Uuid,
    pub(in crate::imports) judged: i32,
    pub(in crate::imports) file_name: String,
    pub(in crate::imports) stalls: i32,
}

/// Says that an undoing was taken up, when it should be at work.
pub(in crate::imports) async fn take_up_undo(conn: &mut PgConnection, id: ImportId) -> Sql<Option<UndoKept>> {
    let row = sqlx::query!(
        "UPDATE imports SET stalls = stalls + 1
         WHERE id = $1 AND undo_state IN ('checking', 'running')
         RETURNING undo_state, undo_by, undo_entity, undo_after, undo_judged, file_name, stalls",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| UndoKept {
        state: UndoState::from_code(&row.undo_state),
        by: row.undo_by,
        entity: row.undo_entity,
        after: row.undo_after.unwrap_or_default(),
        judged: row.undo_judged,
        file_name: row.file_name,
        stalls: row.stalls,
    }))
}

/// Begins a check or an undoing from the first record. `false`: the import is not over, is too old, or is undone.
pub(in crate::imports) async fn begin_undo(
    conn: &mut PgConnection,
    id: ImportId,
    state: UndoState,
    (actor, now): (&Actor, DateTime<Utc>),
) -> Sql<bool> {
    let begun = sqlx::query!(
        "UPDATE imports
         SET undo_state = $2, undo_by = $3, undo_began_at = $4, undo_ended_at = NULL, undo_entity = '',
             undo_after = NULL, undo_judged = 0, stalls = 0
         WHERE id = $1 AND state IN ('done', 'stopped', 'failed') AND undo_until > $4
           AND undo_state NOT IN ('checking', 'running', 'done')",
        id.0,
        state.code(),
        actor.user.map(|user| user.0),
        now,
    )
    .execute(&mut *conn)
    .await?;
    if begun.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("DELETE FROM import_undo_rows WHERE import_id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(true)
}

/// Writes what a chunk of an undoing has come to.
pub(in crate::imports) async fn count_undo(
    conn: &mut PgConnection,
    id: ImportId,
    (kind, after): (Kind, Uuid),
    judged: i32,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports SET undo_entity = $2, undo_after = $3, undo_judged = $4, stalls = 0 WHERE id = $1",
        id.0,
        kind.code(),
        after,
        judged,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a check or an undoing. `false`: it was not at work any more.
pub(in crate::imports) async fn finish_undo(
    conn: &mut PgConnection,
    id: ImportId,
    state: UndoState,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE imports SET undo_state = $2, undo_ended_at = $3
         WHERE id = $1 AND undo_state IN ('checking', 'running')",
        id.0,
        state.code(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::imports) async fn add_undo_lines(
    conn: &mut PgConnection,
    id: ImportId,
    first: i32,
    lines: &[Line],
) -> Sql<()> {
    let ordinals: Vec<i32> = (first..).take(lines.len()).collect();
    let entities: Vec<&str> = lines.iter().map(|line| line.entity.as_str()).collect();
    let records: Vec<Option<Uuid>> = lines.iter().map(|line| line.record).collect();
    let titles: Vec<&str> = lines.iter().map(|line| line.title.as_str()).collect();
    let verdicts: Vec<&str> = lines.iter().map(|line| line.verdict.code()).collect();
    let messages: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
    sqlx::query!(
        "INSERT INTO import_undo_rows (import_id, ordinal, entity, record_id, title, verdict, message)
         SELECT $1, row.*
         FROM unnest($2::int[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[]) AS row",
        id.0,
        &ordinals,
        &entities as &[&str],
        &records as &[Option<Uuid>],
        &titles as &[&str],
        &verdicts as &[&str],
        &messages as &[&str],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The next free place among the lines of an undoing.
pub(in crate::imports) async fn next_undo_line(conn: &mut PgConnection, id: ImportId) -> Sql<i32> {
    sqlx::query_scalar!(
        r#"SELECT COALESCE(max(ordinal), 0) + 1 AS "next!" FROM import_undo_rows WHERE import_id = $1"#,
        id.0
    )
    .fetch_one(conn)
    .await
}

/// How many records each verdict has.
pub(in crate::imports) async fn undo_counts(conn: &mut PgConnection, id: ImportId) -> Sql<Vec<(Verdict, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT verdict, count(*) AS "count!" FROM import_undo_rows WHERE import_id = $1 GROUP BY verdict"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .filter_map(|row| Some((Verdict::from_code(&row.verdict)?, row.count)))
        .collect())
}

/// How many records an import has touched.
pub(in crate::imports) async fn undo_total(conn: &mut PgConnection, id: ImportId) -> Sql<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM import_records WHERE import_id = $1"#,
        id.0
    );
    count.fetch_one(conn).await
}

/// Lines of an undoing after (or, backward, before) an ordinal, those of one verdict when it is given.
pub(in crate::imports) async fn undo_lines(
    conn: &mut PgConnection,
    id: ImportId,
    verdict: Option<Verdict>,
    (from, is_backward): (i32, bool),
    limit: i64,
) -> Sql<Vec<(i32, Line)>> {
    type Row = (i32, String, Option<Uuid>, String, String, String);
    let (direction, order) = if is_backward { ("<", "DESC") } else { (">", "ASC") };
    let sql = format!(
        "SELECT ordinal, entity, record_id, title, verdict, message
         FROM import_undo_rows
         WHERE import_id = $1 AND ordinal {direction} $2 AND ($3::text IS NULL OR verdict = $3)
         ORDER BY ordinal {order} LIMIT $4"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(id.0)
        .bind(from)
        .bind(verdict.map(Verdict::code))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    let mut lines: Vec<(i32, Line)> = rows
        .into_iter()
        .filter_map(|(ordinal, entity, record, title, verdict, message)| {
            let line = Line {
                entity,
                record,
                title,
                verdict: Verdict::from_code(&verdict)?,
                message,
            };
            Some((ordinal, line))
        })
        .collect();
    if is_backward {
        lines.reverse();
    }
    Ok(lines)
}

/// Entries of dictionaries that an import has made: statuses, spheres.
pub(in crate::imports) async fn made(conn: &mut PgConnection, id: ImportId) -> Sql<(Vec<i64>, Vec<i64>)> {
    let row = sqlx::query!("SELECT made_statuses, made_spheres FROM imports WHERE id = $1", id.0)
        .fetch_one(conn)
        .await?;
    Ok((row.made_statuses, row.made_spheres))
}
