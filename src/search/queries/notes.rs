//! Notes.

use sqlx::{PgConnection, QueryBuilder};

use super::Sql;
use crate::search::model::NoteHit;
use crate::values::{CompanyId, NoteId};

/// So many of the newest notes are looked through first: a common word needs no more.
const NEWEST: i64 = 1_000;
/// So many of them when several words have to meet: what the index would read for these costs more.
const NEAR: i64 = 8_192;
/// So many with a rarer word are compared for the newest.
const RARER: i64 = 2_000;

/// The newest notes with all these words.
///
/// The two ways are two statements: of words that people write together («перезвонить в понедельник»), or that nobody
/// wrote, the planner does not know how frequent they are, and a wrong choice reads every note.
///
/// `whole` are the same words without what they may begin: the index skips through the notes of whole words, while it
/// reads all notes of beginnings. So of older notes those with several beginnings are asked for only when nothing else
/// was found.
pub(in crate::search) async fn notes(
    conn: &mut PgConnection,
    (query, whole): (&str, &str),
    limit: i64,
) -> Sql<Vec<NoteHit>> {
    let is_full = |picked: &[i64]| i64::try_from(picked.len()).unwrap_or(i64::MAX) >= limit;
    let mut picked = newest(conn, query, (NEWEST, limit)).await?;
    if !is_full(&picked) && whole.contains('&') {
        picked = newest(conn, query, (NEAR, limit)).await?;
        if !is_full(&picked) {
            let older = rarer(conn, whole, limit).await?;
            let is_new = |id: &i64| !picked.contains(id);
            let older: Vec<i64> = older.into_iter().filter(is_new).collect();
            picked.extend(older);
            picked.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        if picked.is_empty() {
            picked = rarer(conn, query, limit).await?;
        }
    } else if !is_full(&picked) {
        picked = rarer(conn, query, limit).await?;
    }
    rows(conn, &picked).await
}

/// Those among the newest. It has one plan, whatever is looked for, and is prepared.
async fn newest(conn: &mut PgConnection, words: &str, (among, limit): (i64, i64)) -> Sql<Vec<i64>> {
    let mut query =
        QueryBuilder::new("SELECT id FROM (SELECT id, search FROM notes ORDER BY created_at DESC, id DESC LIMIT ");
    query
        .push(among)
        .push(") AS newest WHERE search @@ (SELECT ")
        .push_bind(words);
    query.push("::tsquery) LIMIT ").push(limit);
    query.build_query_scalar().fetch_all(conn).await
}

async fn rarer(conn: &mut PgConnection, query: &str, limit: i64) -> Sql<Vec<i64>> {
    sqlx::query_scalar(
        "SELECT id
         FROM (SELECT id, created_at FROM notes WHERE search @@ $1::tsquery LIMIT $2) AS found
         ORDER BY created_at DESC, id DESC
         LIMIT $3",
    )
    .bind(query)
    .bind(RARER)
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await
}

async fn rows(conn: &mut PgConnection, picked: &[i64]) -> Sql<Vec<NoteHit>> {
    if picked.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"SELECT note.id, note.company_id, note.text, note.pinned_at IS NOT NULL AS "is_pinned!", note.created_at,
                  company.name AS company, COALESCE(author.name, '') AS "author!"
           FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS picked (id, place)
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
