//! Runs and their reports.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::imports::model::{Import, ImportSummary, KeptFile, NewImport, State, Undo, UndoState, Verdict};
use crate::values::{ImportId, UserId};

/// First half of the advisory lock that a running import holds; the second half comes from its key.
const ALIVE: i32 = 0x4352_4d02;

/// Lets a session wait longer than a page may. The trigram index, which knows «equals» too, is left to search: hundreds of
/// names at once take seconds by it, and only bitmap scans can use it.
pub(in crate::imports) async fn prepare_session(conn: &mut PgConnection) -> Sql<()> {
    let settings = [
        "SET statement_timeout = '120s'",
        "SET lock_timeout = '60s'",
        "SET enable_bitmapscan = off",
        // The search index takes new words in batches, sorted in this much memory.
        "SET work_mem = '64MB'",
    ];
    for setting in settings {
        sqlx::query(setting).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Until the transaction ends: whether records are looked up by their keys and in no other way. Some hundred keys are
/// wanted of a base that grows under the session, of which the planner knows little: it would read whole tables.
pub(in crate::imports) async fn look_up_by_keys(conn: &mut PgConnection, is_wanted: bool) -> Sql<()> {
    let settings = if is_wanted {
        "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
    } else {
        "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"
    };
    sqlx::raw_sql(settings).execute(conn).await?;
    Ok(())
}

/// Until the transaction ends: whether each statement is planned for the base as it is. What reads a base that shrinks
/// under it wants that; what writes does not, since the check of each foreign key would be planned row by row, which once
/// took a third of the time of an import.
pub(in crate::imports) async fn plan_anew(conn: &mut PgConnection, is_wanted: bool) -> Sql<()> {
    let setting = if is_wanted {
        "SET LOCAL plan_cache_mode = force_custom_plan"
    } else {
        "SET LOCAL plan_cache_mode = auto"
    };
    sqlx::query(setting).execute(conn).await?;
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

/// [`hold`], unless another session has it.
pub(in crate::imports) async fn try_hold(conn: &mut PgConnection, id: ImportId) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"SELECT pg_try_advisory_lock($1, ('x' || right($2::uuid::text, 8))::bit(32)::int) AS "held!""#,
        ALIVE,
        id.0
    )
    .fetch_one(conn)
    .await
}

/// Ends imports whose process has died and that nobody can go on with, their file being gone.
pub(in crate::imports) async fn bury_dead(conn: &mut PgConnection, failure: &str, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports
         SET state = 'failed', failure = $2, finished_at = $3
         WHERE state = 'running' AND file_key = '' AND NOT EXISTS (
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

/// Enters an import.
pub(in crate::imports) async fn insert(conn: &mut PgConnection, new: &NewImport<'_>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO imports (id, started_by, file_name, file_sha256, is_dry_run, rows_total, started_at, options,
                              file_key, file_until, preview_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id.0,
        new.started_by.map(|user| user.0),
        new.options.file_name,
        new.sha256,
        new.options.is_dry_run,
        new.rows,
        new.started_at,
        serde_json::to_value(new.options).unwrap_or_default(),
        new.file.key,
        new.file.until,
        new.preview.map(|id| id.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the counts of a run that has come so far, and answers what a person has asked of it meanwhile.
pub(in crate::imports) async fn count(conn: &mut PgConnection, summary: &ImportSummary) -> Sql<String> {
    let number = |verdict| i32::try_from(summary.of(verdict)).unwrap_or(i32::MAX);
    sqlx::query_scalar!(
        "UPDATE imports
         SET created = $2, updated = $3, unchanged = $4, skipped = $5, refused = $6, stalls = 0
         WHERE id = $1
         RETURNING wish",
        summary.id.0,
        number(Verdict::Created),
        number(Verdict::Updated),
        number(Verdict::Unchanged),
        number(Verdict::Skipped),
        number(Verdict::Refused),
    )
    .fetch_one(conn)
    .await
}

/// How an import ends.
#[derive(Clone, Copy, Debug)]
pub(in crate::imports) struct Ending<'a> {
    pub(in crate::imports) state: State,
    pub(in crate::imports) failure: &'a str,
    pub(in crate::imports) differing: Option<i32>,
    pub(in crate::imports) undo_until: Option<DateTime<Utc>>,
}

/// Ends a run, or pauses it. `false`: it was not at work any more.
pub(in crate::imports) async fn finish(
    conn: &mut PgConnection,
    id: ImportId,
    ending: Ending<'_>,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE imports
         SET state = $2, failure = $3, wish = '', differing = $4, undo_until = $5,
             finished_at = CASE WHEN $2 <> 'paused' THEN $6::timestamptz END
         WHERE id = $1 AND state = 'running'",
        id.0,
        ending.state.code(),
        ending.failure,
        ending.differing,
        ending.undo_until,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Imports that should be at work and are not in anybody's hands; whether it is their undoing that should.
pub(in crate::imports) async fn orphans(conn: &mut PgConnection) -> Sql<Vec<(ImportId, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: ImportId", state <> 'running' AS "is_undo!" FROM imports
           WHERE (state = 'running' OR undo_state IN ('checking', 'running')) AND NOT EXISTS (
               SELECT FROM pg_locks AS held
               WHERE held.locktype = 'advisory' AND held.granted
                 AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND held.classid = $1::bigint::oid
                 AND held.objid = (('x' || right(imports.id::text, 8))::bit(32)::bigint)::oid
           )
           ORDER BY started_at, id"#,
        i64::from(ALIVE),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.is_undo)).collect())
}

/// What whoever goes on with a run must know.
#[derive(Debug)]
pub(in crate::imports) struct Kept {
    pub(in crate::imports) started_by: Option<UserId>,
    pub(in crate::imports) started_at: DateTime<Utc>,
    pub(in crate::imports) options: serde_json::Value,
    pub(in crate::imports) file: KeptFile,
    pub(in crate::imports) preview: Option<ImportId>,
    pub(in crate::imports) stalls: i32,
    pub(in crate::imports) wish: String,
    pub(in crate::imports) summary: ImportSummary,
}

/// Says that a run was taken up, when it should be at work at all.
pub(in crate::imports) async fn take_up(conn: &mut PgConnection, id: ImportId) -> Sql<Option<Kept>> {
    let row = sqlx::query!(
        r#"UPDATE imports SET stalls = stalls + 1
           WHERE id = $1 AND state = 'running'
           RETURNING started_by AS "started_by: UserId", started_at, options, file_key, file_until,
                     preview_id AS "preview_id: ImportId", stalls, wish, rows_total, created, updated,
                     unchanged, skipped, refused"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Kept {
        started_by: row.started_by,
        started_at: row.started_at,
        options: row.options,
        file: KeptFile {
            key: row.file_key,
            until: row.file_until,
        },
        preview: row.preview_id,
        stalls: row.stalls,
        wish: row.wish,
        summary: ImportSummary {
            id,
            rows: i64::from(row.rows_total),
            created: i64::from(row.created),
            updated: i64::from(row.updated),
            unchanged: i64::from(row.unchanged),
            skipped: i64::from(row.skipped),
            refused: i64::from(row.refused),
        },
    }))
}

/// A check begins anew: what it has said so far is forgotten.
pub(in crate::imports) async fn begin_anew(conn: &mut PgConnection, id: ImportId) -> Sql<()> {
    sqlx::query!("DELETE FROM import_rows WHERE import_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM import_changes WHERE import_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "UPDATE imports SET created = 0, updated = 0, unchanged = 0, skipped = 0, refused = 0 WHERE id = $1",
        id.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks a check that a run is to be started from.
pub(in crate::imports) async fn lock_preview(conn: &mut PgConnection, id: ImportId) -> Sql<Option<Kept>> {
    let row = sqlx::query!(
        r#"SELECT started_at, options, file_key, file_until, rows_total
           FROM imports
           WHERE id = $1 AND is_dry_run AND state = 'done'
           -- The run that is entered meanwhile refers to it.
           FOR NO KEY UPDATE"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Kept {
        started_by: None,
        started_at: row.started_at,
        options: row.options,
        file: KeptFile {
            key: row.file_key,
            until: row.file_until,
        },
        preview: Some(id),
        stalls: 0,
        wish: String::new(),
        summary: ImportSummary::new(id, i64::from(row.rows_total)),
    }))
}

/// Asks something of a run at work. `false`: it is not.
pub(in crate::imports) async fn wish(conn: &mut PgConnection, id: ImportId, wish: &str) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE imports SET wish = $2 WHERE id = $1 AND state = 'running'",
        id.0,
        wish,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets a paused run go on, or end. `false`: it is not paused.
pub(in crate::imports) async fn release(conn: &mut PgConnection, id: ImportId, wish: &str) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE imports SET state = 'running', wish = $2, stalls = 0 WHERE id = $1 AND state = 'paused'",
        id.0,
        wish,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets where the file of an import lies, and of all that have the same one. Answers its key.
pub(in crate::imports) async fn let_file_go(conn: &mut PgConnection, id: ImportId) -> Sql<Option<String>> {
    let keys = sqlx::query_scalar!(
        r#"WITH known AS (SELECT file_key FROM imports WHERE id = $1 AND file_key <> ''),
                gone AS (UPDATE imports SET file_key = '', file_until = NULL
                         WHERE file_key IN (SELECT file_key FROM known))
           SELECT file_key FROM known"#,
        id.0,
    );
    keys.fetch_optional(conn).await
}

/// Where the file of an import lies.
pub(in crate::imports) async fn file_key(conn: &mut PgConnection, id: ImportId) -> Sql<Option<String>> {
    let key = sqlx::query_scalar!("SELECT file_key FROM imports WHERE id = $1 AND file_key <> ''", id.0);
    key.fetch_optional(conn).await
}

/// Says anew until when the file of an import is kept.
pub(in crate::imports) async fn keep_file(conn: &mut PgConnection, key: &str, until: DateTime<Utc>) -> Sql<()> {
    sqlx::query!("UPDATE imports SET file_until = $2 WHERE file_key = $1", key, until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Imports, the newest first; one of them when `id` is given.
pub(in crate::imports) async fn imports(conn: &mut PgConnection, id: Option<ImportId>, limit: i64) -> Sql<Vec<Import>> {
    let rows = sqlx::query!(
        r#"SELECT run.id, run.file_name, run.is_dry_run, run.state, run.failure, run.started_at, run.finished_at,
                  run.rows_total, run.created, run.updated, run.unchanged, run.skipped, run.refused, run.wish,
                  run.file_key <> '' AS "has_file!", run.file_until, run.preview_id AS "preview_id: ImportId",
                  (SELECT child.id FROM imports AS child WHERE child.preview_id = run.id
                   ORDER BY child.started_at DESC LIMIT 1) AS "run_id: ImportId",
                  run.differing, run.undo_state, run.undo_until, run.undo_began_at, run.undo_ended_at, run.undo_judged,
                  COALESCE(person.name, '') AS "started_by!", COALESCE(undoer.name, '') AS "undo_by!"
           FROM imports AS run
           LEFT JOIN users AS person ON person.id = run.started_by
           LEFT JOIN users AS undoer ON undoer.id = run.undo_by
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
        wish: row.wish,
        started_by: row.started_by,
        started_at: row.started_at,
        finished_at: row.finished_at,
        file_until: row.file_until.filter(|_| row.has_file),
        preview: row.preview_id,
        run: row.run_id,
        differing: row.differing,
        undo: Undo {
            state: UndoState::from_code(&row.undo_state),
            until: row.undo_until,
            by: row.undo_by,
            began_at: row.undo_began_at,
            ended_at: row.undo_ended_at,
            judged: row.undo_judged,
        },
    });
    Ok(import.collect())
}

/// Forgets former values that no undoing can need, checks that began before `long_ago`, and that paused runs could go on
/// whose file is gone.
pub(in crate::imports) async fn forget_old(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    long_ago: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports
         SET state = 'stopped', finished_at = $1, file_key = '', file_until = NULL, undo_until = $1 + interval '30 days',
             failure = 'Загрузка стояла на паузе дольше 7 дней, её файл удалён. Готовые строки сохранены.'
         WHERE state = 'paused' AND file_until < $1",
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE imports SET file_key = '', file_until = NULL WHERE file_until < $1 AND state NOT IN ('running', 'paused')",
        now,
    )
    .execute(&mut *conn)
    .await?;
    for table in ["import_records", "import_changes", "import_undo_rows"] {
        let sql = format!(
            "DELETE FROM {table} AS kept USING imports AS run
             WHERE run.id = kept.import_id AND NOT run.is_dry_run AND run.undo_until < $1
               AND run.undo_state NOT IN ('checking', 'running')"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(now)
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query!(
        "DELETE FROM imports WHERE is_dry_run AND state <> 'running' AND started_at < $1",
        long_ago
    )
    .execute(conn)
    .await?;
    Ok(())
}
