//! Files that wait, and what was said of earlier ones.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::Sql;
use crate::imports::drafts::{Draft, Preset};
use crate::imports::options::ImportOptions;
use crate::imports::reading::Column;
use crate::values::{DraftId, UserId};

/// The most presets that are listed.
const LISTED: i64 = 50;

pub(in crate::imports) async fn add_draft(conn: &mut PgConnection, draft: &Draft) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO import_drafts (id, created_by, file_key, due_at, file_name, columns, options, fingerprint)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        draft.id.0,
        draft.created_by,
        draft.file_key,
        draft.due_at,
        draft.options.file_name,
        Json(&draft.columns) as _,
        Json(&draft.options) as _,
        draft.fingerprint,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::imports) async fn draft(conn: &mut PgConnection, id: DraftId, now: DateTime<Utc>) -> Sql<Option<Draft>> {
    let row = sqlx::query!(
        r#"SELECT created_by, file_key, due_at, columns AS "columns: Json<Vec<Column>>",
                  options AS "options: Json<ImportOptions>", fingerprint
           FROM import_drafts
           WHERE id = $1 AND due_at > $2"#,
        id.0,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Draft {
        id,
        created_by: row.created_by,
        file_key: row.file_key,
        due_at: row.due_at,
        columns: row.columns.0,
        options: row.options.0,
        fingerprint: row.fingerprint,
    }))
}

/// A waiting file, which waits no more.
pub(in crate::imports) async fn take_draft(
    conn: &mut PgConnection,
    id: DraftId,
    now: DateTime<Utc>,
) -> Sql<Option<Draft>> {
    let row = sqlx::query!(
        r#"DELETE FROM import_drafts
           WHERE id = $1 AND due_at > $2
           RETURNING created_by, file_key, due_at, columns AS "columns: Json<Vec<Column>>",
                     options AS "options: Json<ImportOptions>", fingerprint"#,
        id.0,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Draft {
        id,
        created_by: row.created_by,
        file_key: row.file_key,
        due_at: row.due_at,
        columns: row.columns.0,
        options: row.options.0,
        fingerprint: row.fingerprint,
    }))
}

/// Forgets files that have waited for too long; their bytes go by themselves.
pub(in crate::imports) async fn forget_drafts(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!("DELETE FROM import_drafts WHERE due_at <= $1", now)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::imports) async fn preset(conn: &mut PgConnection, fingerprint: &str) -> Sql<Option<Preset>> {
    let row = sqlx::query!(
        r#"SELECT preset.options AS "options: Json<ImportOptions>", preset.saved_at,
                  COALESCE(person.name, '') AS "saved_by!"
           FROM import_presets AS preset
           LEFT JOIN users AS person ON person.id = preset.saved_by
           WHERE preset.fingerprint = $1"#,
        fingerprint,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Preset {
        fingerprint: fingerprint.to_owned(),
        options: row.options.0,
        saved_by: row.saved_by,
        saved_at: row.saved_at,
    }))
}

pub(in crate::imports) async fn presets(conn: &mut PgConnection) -> Sql<Vec<Preset>> {
    let rows = sqlx::query!(
        r#"SELECT preset.fingerprint, preset.options AS "options: Json<ImportOptions>", preset.saved_at,
                  COALESCE(person.name, '') AS "saved_by!"
           FROM import_presets AS preset
           LEFT JOIN users AS person ON person.id = preset.saved_by
           ORDER BY preset.saved_at DESC, preset.fingerprint
           LIMIT $1"#,
        LISTED,
    )
    .fetch_all(conn)
    .await?;
    let presets = rows.into_iter().map(|row| Preset {
        fingerprint: row.fingerprint,
        options: row.options.0,
        saved_by: row.saved_by,
        saved_at: row.saved_at,
    });
    Ok(presets.collect())
}

pub(in crate::imports) async fn save_preset(
    conn: &mut PgConnection,
    fingerprint: &str,
    options: &ImportOptions,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO import_presets (fingerprint, file_name, options, saved_by, saved_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (fingerprint) DO UPDATE
         SET file_name = EXCLUDED.file_name, options = EXCLUDED.options, saved_by = EXCLUDED.saved_by,
             saved_at = EXCLUDED.saved_at",
        fingerprint,
        options.file_name,
        Json(options) as _,
        by.map(|user| user.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a preset; `false`: there is none.
pub(in crate::imports) async fn forget_preset(conn: &mut PgConnection, fingerprint: &str) -> Sql<bool> {
    let done = sqlx::query!("DELETE FROM import_presets WHERE fingerprint = $1", fingerprint)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}
