//! Reports: what became of each row, and of its fields.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::imports::model::{ORDINALS_PER_ROW, ReportLine, Verdict};
use crate::values::ImportId;

pub(in crate::imports) async fn add_lines(conn: &mut PgConnection, id: ImportId, lines: &[ReportLine]) -> Sql<()> {
    let ordinals: Vec<i32> = lines.iter().map(|line| line.ordinal).collect();
    let numbers: Vec<i32> = lines.iter().map(|line| line.line).collect();
    let verdicts: Vec<&str> = lines.iter().map(|line| line.verdict.code()).collect();
    let entities: Vec<&str> = lines.iter().map(|line| line.entity.as_str()).collect();
    let entity_ids: Vec<Option<Uuid>> = lines.iter().map(|line| line.entity_id).collect();
    let keys: Vec<&str> = lines.iter().map(|line| line.key.as_str()).collect();
    let fields: Vec<&str> = lines.iter().map(|line| line.field.as_str()).collect();
    let messages: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
    sqlx::query!(
        "INSERT INTO import_rows (import_id, ordinal, line, verdict, entity, entity_id, key, field, message)
         SELECT $1, row.*
         FROM unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[])
              AS row",
        id.0,
        &ordinals,
        &numbers,
        &verdicts as &[&str],
        &entities as &[&str],
        &entity_ids as &[Option<Uuid>],
        &keys as &[&str],
        &fields as &[&str],
        &messages as &[&str],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which lines of a report are wanted.
#[derive(Clone, Copy, Debug)]
pub(in crate::imports) enum Only {
    /// All of them.
    Everything,
    /// Those of rows with this verdict.
    Verdict(Verdict),
    /// Those of rows that the check of this import had judged otherwise.
    Differing(ImportId),
}

/// Lines of the report after (or, backward, before) an ordinal, in reading order: each row's verdict and remarks, then
/// the fields that it changed.
pub(in crate::imports) async fn lines(
    conn: &mut PgConnection,
    id: ImportId,
    only: Only,
    (from, is_backward): (i32, bool),
    limit: i64,
) -> Sql<Vec<ReportLine>> {
    let (direction, order) = if is_backward { ("<", "DESC") } else { (">", "ASC") };
    let verdict = match only {
        Only::Verdict(verdict) => Some(verdict.code()),
        Only::Everything | Only::Differing(_) => None,
    };
    let preview = match only {
        Only::Differing(preview) => Some(preview.0),
        Only::Everything | Only::Verdict(_) => None,
    };
    let other = if preview.is_some() {
        format!("WITH {}", differing_lines("$1", "$5"))
    } else {
        String::new()
    };
    let by_verdict = if verdict.is_some() {
        "AND row.verdict = $4"
    } else {
        "AND $4::text IS NULL"
    };
    let by_line = if preview.is_some() {
        "AND row.line IN (SELECT line FROM other)"
    } else {
        "AND $5::uuid IS NULL"
    };
    let sql = format!(
        "{other}
         SELECT * FROM (
             (SELECT row.ordinal, row.line, row.verdict, row.entity, row.entity_id, row.key, row.field, row.message,
                     '' AS old, '' AS new
              FROM import_rows AS row
              WHERE row.import_id = $1 AND row.ordinal {direction} $2 {by_verdict} {by_line}
              ORDER BY row.ordinal {order} LIMIT $3)
             UNION ALL
             (SELECT change.ordinal, change.line, row.verdict, change.entity, change.record_id, row.key, change.field, '',
                     COALESCE(change.old_text, change.old), COALESCE(change.new_text, change.new)
              FROM import_changes AS change
              JOIN import_rows AS row ON row.import_id = change.import_id AND row.ordinal = change.line * $6
              WHERE change.import_id = $1 AND change.ordinal {direction} $2 {by_verdict} {by_line}
              ORDER BY change.ordinal {order} LIMIT $3)
         ) AS both_kinds
         ORDER BY ordinal {order} LIMIT $3"
    );
    let rows: Vec<LineRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id.0)
        .bind(from)
        .bind(limit)
        .bind(verdict)
        .bind(preview)
        .bind(ORDINALS_PER_ROW)
        .fetch_all(conn)
        .await?;
    let mut lines: Vec<ReportLine> = rows.into_iter().map(LineRow::read).collect();
    if is_backward {
        lines.reverse();
    }
    Ok(lines)
}

/// Rows about which a run and its check say different things, as the table `other`.
fn differing_lines(run: &str, check: &str) -> String {
    let said =
        |id: &str| format!("SELECT line, ordinal, verdict, field, message FROM import_rows WHERE import_id = {id}");
    let changed = |id: &str| {
        format!(
            "SELECT line, ordinal, '', field, COALESCE(old_text, old) || '→' || COALESCE(new_text, new)
             FROM import_changes WHERE import_id = {id}"
        )
    };
    format!(
        "other AS (
             SELECT line FROM (
                 ({} EXCEPT {}) UNION ALL ({} EXCEPT {}) UNION ALL ({} EXCEPT {}) UNION ALL ({} EXCEPT {})
             ) AS differing
         )",
        said(run),
        said(check),
        said(check),
        said(run),
        changed(run),
        changed(check),
        changed(check),
        changed(run),
    )
}

/// How many rows came out otherwise than a check had said.
pub(in crate::imports) async fn differing(conn: &mut PgConnection, id: ImportId, preview: ImportId) -> Sql<i32> {
    let sql = format!(
        "WITH {} SELECT count(DISTINCT line)::int FROM other",
        differing_lines("$1", "$2")
    );
    let count = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(preview.0);
    count.fetch_one(conn).await
}

#[derive(sqlx::FromRow)]
struct LineRow {
    ordinal: i32,
    line: i32,
    verdict: String,
    entity: String,
    entity_id: Option<Uuid>,
    key: String,
    field: String,
    message: String,
    old: String,
    new: String,
}

impl LineRow {
    fn read(self) -> ReportLine {
        ReportLine {
            ordinal: self.ordinal,
            line: self.line,
            // The column's CHECK allows no other codes.
            verdict: Verdict::from_code(&self.verdict).unwrap_or(Verdict::Refused),
            entity: self.entity,
            entity_id: self.entity_id,
            key: self.key,
            field: self.field,
            message: self.message,
            old: self.old,
            new: self.new,
        }
    }
}

/// Erases all lines about the rows of a file that name one of these records, and what was remembered of these.
pub(in crate::imports) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Sql<u64> {
    let erased = sqlx::query!(
        "UPDATE import_rows AS line
         SET key = '', message = '[стёрто]'
         FROM (SELECT DISTINCT import_id, line FROM import_rows WHERE entity_id = ANY($1)) AS known
         WHERE line.import_id = known.import_id AND line.line = known.line",
        records,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM import_changes WHERE record_id = ANY($1)", records)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM import_records WHERE record_id = ANY($1)", records)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "UPDATE import_undo_rows SET title = '[стёрто]', message = '' WHERE record_id = ANY($1)",
        records
    )
    .execute(conn)
    .await?;
    Ok(erased.rows_affected())
}

/// Files of checks that have spoken of one of these records: their keys, which are forgotten here.
pub(in crate::imports) async fn let_files_of(conn: &mut PgConnection, records: &[Uuid]) -> Sql<Vec<String>> {
    sqlx::query_scalar!(
        r#"WITH known AS (
               SELECT DISTINCT run.file_key
               FROM import_rows AS line JOIN imports AS run ON run.id = line.import_id
               WHERE line.entity_id = ANY($1) AND run.file_key <> ''
                 AND NOT EXISTS (SELECT FROM imports AS other
                                 WHERE other.file_key = run.file_key AND other.state IN ('running', 'paused'))
           ), gone AS (
               UPDATE imports SET file_key = '', file_until = NULL WHERE file_key IN (SELECT file_key FROM known)
           )
           SELECT file_key FROM known"#,
        records,
    )
    .fetch_all(conn)
    .await
}
