//! Notes.

use sqlx::{PgConnection, QueryBuilder};

use super::Sql;
use crate::companies::Terms;
use crate::search::model::NoteHit;
use crate::values::{CompanyId, NoteId};

/// So many of the newest notes tell whether a word is common.
const LATEST: i64 = 100;
/// So many of the newest notes are looked through first: a common word needs no more.
const NEWEST: i64 = 1_000;
/// So many of them when several words have to meet: what the index would read for these costs more.
const NEAR: i64 = 8_192;
/// So many with a rarer word are compared for the newest.
const RARER: i64 = 2_000;

/// The newest notes with all these words.
///
/// A word that next to no card has may yet stand in every note, as a look at some tells. Else it is asked of the index
/// first, which has an answer at once when few notes or none have it.
///
/// The two ways are two statements: of words that people write together («перезвонить в понедельник»), or that nobody
/// wrote, the planner does not know how frequent they are, and a wrong choice reads every note.
///
/// `whole` are the same words without what they may begin: the index skips through the notes of whole words, while it
/// reads all notes of beginnings. So of older notes those with several beginnings are asked for only when nothing else
/// was found.
pub(in crate::search) async fn notes(
    conn: &mut PgConnection,
    (terms, whole): (&Terms, &str),
    limit: i64,
) -> Sql<Vec<NoteHit>> {
    let is_full = |picked: &[i64]| i64::try_from(picked.len()).unwrap_or(i64::MAX) >= limit;
    let query = terms.query.as_str();
    let may_be_rare = terms.way.is_rare && !terms.has_several_words();
    if may_be_rare && newest(conn, query, (LATEST, 1)).await?.is_empty() {
        let picked = rarer(conn, query, limit).await?;
        if picked.are_all_compared {
            return rows(conn, &picked.notes).await;
        }
    }
    let mut picked = newest(conn, query, (NEWEST, limit)).await?;
    if !is_full(&picked) && whole.contains('&') {
        picked = newest(conn, query, (NEAR, limit)).await?;
        if !is_full(&picked) {
            let older = rarer(conn, whole, limit).await?.notes;
            let is_new = |id: &i64| !picked.contains(id);
            let older: Vec<i64> = older.into_iter().filter(is_new).collect();
            picked.extend(older);
            picked.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        if picked.is_empty() {
            picked = rarer(conn, query, limit).await?.notes;
        }
    } else if !is_full(&picked) {
        picked = rarer(conn, query, limit).await?.notes;
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

/// Notes that the index has.
struct Rarer {
    /// The newest of those that were compared.
    notes: Vec<i64>,
    /// Whether there are no others.
    are_all_compared: bool,
}

async fn rarer(conn: &mut PgConnection, query: &str, limit: i64) -> Sql<Rarer> {
    let found: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT id, count(*) OVER ()
         FROM (SELECT id, created_at FROM notes WHERE search @@ $1::tsquery LIMIT $2) AS found
         ORDER BY created_at DESC, id DESC
         LIMIT $3",
    )
    .bind(query)
    .bind(RARER)
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await?;
    Ok(Rarer {
        are_all_compared: found.first().is_none_or(|(_, compared)| *compared < RARER),
        notes: found.into_iter().map(|(id, _)| id).collect(),
    })
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
