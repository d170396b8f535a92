//! Runs and their reports.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::imports::model::{Import, ImportSummary, ReportLine, State, Verdict};
use crate::values::ImportId;

/// First half of the advisory lock that a running import holds; the second half comes from its key.
const ALIVE: i32 = 0x4352_4d02;

/// Lets a session wait longer than a page may, and plan for a base that grows under it: plans made for an empty one
/// are forgotten, and the trigram index, which knows «equals» too, is left to search (hundreds of names at once take
/// seconds by it, and only bitmap scans can use it).
pub(in crate::imports) async fn prepare_session(conn: &mut PgConnection) -> Sql<()> {
    let settings = [
        "SET statement_timeout = '120s'",
        "SET lock_timeout = '60s'",
        "SET plan_cache_mode = force_custom_plan",
        "SET enable_bitmapscan = off",
        // The search index takes new words in batches, sorted in this much memory.
        "SET work_mem = '64MB'",
    ];
    for setting in settings {
        sqlx::query(setting).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Shows for as long as the session lives that the import is at work.
pub(in crate::imports) async fn hold(conn: &mut PgConnection, id: ImportId) -> Sql<()> {
    sqlx::query!(
        "SELECT pg_advisory_lock($1, ('x' || right($2::uuid::text, 8))::bit(32)::int)",
        ALIVE,
        id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends imports whose process has died.
pub(in crate::imports) async fn bury_dead(conn: &mut PgConnection, failure: &str, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports
         SET state = 'failed', failure = $2, finished_at = $3
         WHERE state = 'running' AND NOT EXISTS (
             SELECT FROM pg_locks AS held
             WHERE held.locktype = 'advisory' AND held.granted
               AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND held.classid = $1::bigint::oid
               AND held.objid = (('x' || right(imports.id::text, 8))::bit(32)::bigint)::oid
         )",
        i64::from(ALIVE),
        failure,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether an import that writes is at work.
pub(in crate::imports) async fn is_running(conn: &mut PgConnection) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM imports WHERE state = 'running' AND NOT is_dry_run) AS "is_running!""#
    )
    .fetch_one(conn)
    .await
}

pub(in crate::imports) async fn insert(
    conn: &mut PgConnection,
    import: &Import,
    sha256: &str,
    by: Option<i64>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO imports (id, started_by, file_name, file_sha256, is_dry_run, rows_total, started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        import.summary.id.0,
        by,
        import.file_name,
        sha256,
        import.is_dry_run,
        i32::try_from(import.summary.rows).unwrap_or(i32::MAX),
        import.started_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::imports) async fn count(conn: &mut PgConnection, summary: &ImportSummary) -> Sql<()> {
    let number = |verdict| i32::try_from(summary.of(verdict)).unwrap_or(i32::MAX);
    sqlx::query!(
        "UPDATE imports
         SET created = $2, updated = $3, unchanged = $4, skipped = $5, refused = $6
         WHERE id = $1",
        summary.id.0,
        number(Verdict::Created),
        number(Verdict::Updated),
        number(Verdict::Unchanged),
        number(Verdict::Skipped),
        number(Verdict::Refused),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends an import, well when there is no failure.
pub(in crate::imports) async fn finish(
    conn: &mut PgConnection,
    id: ImportId,
    failure: &str,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports
         SET state = CASE WHEN $2 = '' THEN 'done' ELSE 'failed' END, failure = $2, finished_at = $3
         WHERE id = $1 AND state = 'running'",
        id.0,
        failure,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

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

/// Imports, the newest first; one of them when `id` is given.
pub(in crate::imports) async fn imports(conn: &mut PgConnection, id: Option<ImportId>, limit: i64) -> Sql<Vec<Import>> {
    let rows = sqlx::query!(
        r#"SELECT run.id, run.file_name, run.is_dry_run, run.state, run.failure, run.started_at, run.finished_at,
                  run.rows_total, run.created, run.updated, run.unchanged, run.skipped, run.refused,
                  COALESCE(person.name, '') AS "started_by!"
           FROM imports AS run
           LEFT JOIN users AS person ON person.id = run.started_by
           WHERE $1::uuid IS NULL OR run.id = $1
           ORDER BY run.started_at DESC, run.id DESC
           LIMIT $2"#,
        id.map(|id| id.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    let import = rows.into_iter().map(|row| Import {
        summary: ImportSummary {
            id: ImportId(row.id),
            rows: i64::from(row.rows_total),
            created: i64::from(row.created),
            updated: i64::from(row.updated),
            unchanged: i64::from(row.unchanged),
            skipped: i64::from(row.skipped),
            refused: i64::from(row.refused),
        },
        file_name: row.file_name,
        is_dry_run: row.is_dry_run,
        state: State::from_code(&row.state),
        failure: row.failure,
        started_by: row.started_by,
        started_at: row.started_at,
        finished_at: row.finished_at,
    });
    Ok(import.collect())
}

/// Lines of the report after (or, backward, before) an ordinal, in reading order.
pub(in crate::imports) async fn lines(
    conn: &mut PgConnection,
    id: ImportId,
    verdict: Option<Verdict>,
    (from, is_backward): (i32, bool),
    limit: i64,
) -> Sql<Vec<ReportLine>> {
    let (direction, order) = if is_backward { ("<", "DESC") } else { (">", "ASC") };
    let mut query = sqlx::QueryBuilder::new(
        "SELECT ordinal, line, verdict, entity, entity_id, key, field, message FROM import_rows WHERE import_id = ",
    );
    query
        .push_bind(id.0)
        .push(format!(" AND ordinal {direction} "))
        .push_bind(from);
    if let Some(verdict) = verdict {
        query.push(" AND verdict = ").push_bind(verdict.code());
    }
    query.push(format!(" ORDER BY ordinal {order} LIMIT ")).push_bind(limit);
    let rows: Vec<LineRow> = query.build_query_as().fetch_all(conn).await?;
    let mut lines: Vec<ReportLine> = rows.into_iter().map(LineRow::read).collect();
    if is_backward {
        lines.reverse();
    }
    Ok(lines)
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
}

impl LineRow {
    fn read(self) -> ReportLine {
        let Self {
            ordinal,
            line,
            verdict,
            entity,
            entity_id,
            key,
            field,
            message,
        } = self;
        // The column's CHECK allows no other codes.
        let verdict = Verdict::from_code(&verdict).unwrap_or(Verdict::Refused);
        ReportLine {
            ordinal,
            line,
            verdict,
            entity,
            entity_id,
            key,
            field,
            message,
        }
    }
}

/// Erases all lines about the rows of a file that name one of these records.
pub(in crate::imports) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Sql<u64> {
    let erased = sqlx::query!(
        "UPDATE import_rows AS line
         SET key = '', message = '[стёрто]'
         FROM (SELECT DISTINCT import_id, line FROM import_rows WHERE entity_id = ANY($1)) AS known
         WHERE line.import_id = known.import_id AND line.line = known.line",
        records,
    )
    .execute(conn)
    .await?;
    Ok(erased.rows_affected())
}
