//! Notes.

use sqlx::PgConnection;

use super::Sql;
use crate::search::model::NoteHit;
use crate::values::{CompanyId, NoteId};

/// So many of the newest notes are looked through first when several words are searched.
const NEWEST: i64 = 2_000;

/// The newest notes with all these words.
pub(in crate::search) async fn notes(
    conn: &mut PgConnection,
    query: &str,
    is_of_several_words: bool,
    limit: i64,
) -> Sql<Vec<NoteHit>> {
    let mut picked = Vec::new();
    if is_of_several_words {
        // Words that people write together («перезвонить в понедельник») are far more frequent together than the
        // planner believes; it would gather all their notes to keep the newest few.
        picked = sqlx::query_scalar::<_, i64>(
            "SELECT id
             FROM (SELECT id, search FROM notes ORDER BY created_at DESC, id DESC LIMIT $2) AS newest
             WHERE search @@ $1::tsquery
             LIMIT $3",
        )
        .bind(query)
        .bind(NEWEST)
        .bind(limit)
        .persistent(false)
        .fetch_all(&mut *conn)
        .await?;
    }
    if i64::try_from(picked.len()).unwrap_or(i64::MAX) < limit {
        picked = sqlx::query_scalar(
            "SELECT id FROM notes WHERE search @@ $1::tsquery ORDER BY created_at DESC, id DESC LIMIT $2",
        )
        .bind(query)
        .bind(limit)
        .persistent(false)
        .fetch_all(&mut *conn)
        .await?;
    }
    rows(conn, &picked).await
}

async fn rows(conn: &mut PgConnection, picked: &[i64]) -> Sql<Vec<NoteHit>> {
    if picked.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"SELECT note.id, note.company_id, note.text, note.pinned_at IS NOT NULL AS "is_pinned!", note.created_at,
                  company.name AS company, COALESCE(author.name, '') AS "author!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS picked (id, place)
           JOIN notes AS note ON note.id = picked.id
           JOIN companies AS company ON company.id = note.company_id
           LEFT JOIN users AS author ON author.id = note.author_id
           ORDER BY picked.place"#,
        picked,
    )
    .fetch_all(conn)
    .await?;
    let note = rows.into_iter().map(|row| NoteHit {
        id: NoteId(row.id),
        company: CompanyId(row.company_id),
        company_name: row.company,
        author: row.author,
        text: row.text,
        is_pinned: row.is_pinned,
        created_at: row.created_at,
    });
    Ok(note.collect())
}
