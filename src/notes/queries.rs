//! SQL of notes.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::model::{Filter, Note, Unpinned};
use crate::db::Place;
use crate::policy::Actor;
use crate::values::{CompanyId, NoteId, UserId, time};

type Sql<T> = Result<T, sqlx::Error>;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    company_id: uuid::Uuid,
    author_id: Option<i64>,
    author: String,
    text: String,
    is_pinned: bool,
    version: i32,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
}

impl From<Row> for Note {
    fn from(row: Row) -> Self {
        Self {
            id: NoteId(row.id),
            company: CompanyId(row.company_id),
            author: row.author_id.map(UserId),
            author_name: row.author,
            text: row.text,
            is_pinned: row.is_pinned,
            version: row.version,
            created_at: row.created_at,
            edited_at: row.edited_at,
            files: Vec::new(),
        }
    }
}

pub(super) async fn find(conn: &mut PgConnection, company: CompanyId, id: NoteId) -> Sql<Option<Note>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT note.id, note.company_id, note.author_id, COALESCE(author.name, '') AS "author!", note.text,
                  note.pinned_at IS NOT NULL AS "is_pinned!", note.version, note.created_at, note.edited_at
           FROM notes AS note
           LEFT JOIN users AS author ON author.id = note.author_id
           WHERE note.id = $1 AND note.company_id = $2"#,
        id.0,
        company.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Note::from))
}

/// On whose card a note stands.
pub(super) async fn company_of(conn: &mut PgConnection, id: NoteId) -> Sql<Option<CompanyId>> {
    let company = sqlx::query_scalar!("SELECT company_id FROM notes WHERE id = $1", id.0);
    Ok(company.fetch_optional(conn).await?.map(CompanyId))
}

/// Notes in the reading order of `place`.
pub(super) async fn list(conn: &mut PgConnection, filter: &Filter, place: &Place, limit: i64) -> Sql<Vec<Note>> {
    let rises = filter.is_rising != place.is_backward();
    let (sign, direction) = if rises { ('>', "ASC") } else { ('<', "DESC") };
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT note.id, note.company_id, note.author_id, COALESCE(author.name, '') AS author, note.text,
                note.pinned_at IS NOT NULL AS is_pinned, note.version, note.created_at, note.edited_at
         FROM (SELECT * FROM notes WHERE true",
    );
    if let Some(company) = filter.company {
        query.push(" AND company_id = ").push_bind(company.0);
    }
    if let Some(words) = &filter.words {
        query.push(" AND search @@ ").push_bind(words.clone()).push("::tsquery");
    }
    if let Place::After(cursor) | Place::Before(cursor) = place {
        query.push(format_args!(" AND (created_at, id) {sign} ("));
        query.push_bind(time::from_micros(&cursor.key).unwrap_or_default());
        let id = i64::try_from(cursor.id.as_u128()).unwrap_or(i64::MAX);
        query.push(", ").push_bind(id).push(")");
    }
    query.push(format_args!(" ORDER BY created_at {direction}, id {direction} LIMIT "));
    query.push(limit);
    query.push(") AS note LEFT JOIN users AS author ON author.id = note.author_id");
    query.push(format_args!(
        " ORDER BY note.created_at {direction}, note.id {direction}"
    ));
    // Never a generic plan: the planner sees how frequent the words are.
    let rows: Vec<Row> = query.build_query_as().persistent(false).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Note::from).collect())
}

pub(super) async fn pinned(conn: &mut PgConnection, company: CompanyId) -> Sql<Option<Note>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT note.id, note.company_id, note.author_id, COALESCE(author.name, '') AS "author!", note.text,
                  true AS "is_pinned!", note.version, note.created_at, note.edited_at
           FROM notes AS note
           LEFT JOIN users AS author ON author.id = note.author_id
           WHERE note.company_id = $1 AND note.pinned_at IS NOT NULL"#,
        company.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Note::from))
}

/// The newest notes that are not pinned, or all of one author's; from the second page on, those older than the last one
/// shown.
pub(super) async fn of_company(
    conn: &mut PgConnection,
    company: CompanyId,
    by: Option<UserId>,
    before: Option<(DateTime<Utc>, NoteId)>,
    limit: i64,
) -> Sql<Vec<Note>> {
    let (before, before_id) = before.unzip();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT note.id, note.company_id, note.author_id, COALESCE(author.name, '') AS "author!", note.text,
                  note.pinned_at IS NOT NULL AS "is_pinned!", note.version, note.created_at, note.edited_at
           FROM notes AS note
           LEFT JOIN users AS author ON author.id = note.author_id
           WHERE note.company_id = $1
             AND (note.author_id = $5 OR ($5::bigint IS NULL AND note.pinned_at IS NULL))
             AND (note.created_at, note.id) < (COALESCE($2::timestamptz, 'infinity'), COALESCE($3::bigint, 0))
           ORDER BY note.created_at DESC, note.id DESC
           LIMIT $4"#,
        company.0,
        before,
        before_id.map(|id| id.0),
        limit,
        by.map(|user| user.0),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Note::from).collect())
}

/// Those who wrote on a card: key and name.
pub(super) async fn authors(conn: &mut PgConnection, company: CompanyId) -> Sql<Vec<(UserId, String)>> {
    let rows = sqlx::query!(
        "SELECT DISTINCT author.id, author.name
         FROM notes AS note JOIN users AS author ON author.id = note.author_id
         WHERE note.company_id = $1",
        company.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.name)).collect())
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
    text: &str,
    now: DateTime<Utc>,
) -> Sql<NoteId> {
    let id = sqlx::query_scalar!(
        "INSERT INTO notes (company_id, author_id, text, created_at)
         VALUES ($1, $2, $3, $4)
         RETURNING id",
        company.0,
        actor.user.map(|user| user.0),
        text,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(NoteId(id))
}

/// Answers whether the note still had this version.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: NoteId,
    version: i32,
    text: &str,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE notes
         SET text = $3, edited_at = $4, version = version + 1
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        text,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Answers whether there was such a note.
pub(super) async fn delete(conn: &mut PgConnection, id: NoteId) -> Sql<bool> {
    let done = sqlx::query!("DELETE FROM notes WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Pinning is no change of the text: the version stays.
pub(super) async fn pin(conn: &mut PgConnection, actor: &Actor, id: NoteId, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE notes SET pinned_at = $2, pinned_by = $3 WHERE id = $1",
        id.0,
        now,
        actor.user.map(|user| user.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn unpin(conn: &mut PgConnection, id: NoteId) -> Sql<()> {
    sqlx::query!(
        "UPDATE notes SET pinned_at = NULL, pinned_by = NULL WHERE id = $1",
        id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves all notes of one company to another; those of it that were pinned stay so only where the other has none. Answers
/// them, and those that are pinned no longer with when and by whom they were.
pub(super) async fn move_all(
    conn: &mut PgConnection,
    from: CompanyId,
    to: CompanyId,
) -> Sql<(Vec<i64>, Option<Unpinned>)> {
    let unpinned = sqlx::query_as!(
        Unpinned,
        r#"UPDATE notes AS note SET pinned_at = NULL, pinned_by = NULL
           FROM (SELECT id, pinned_at, pinned_by FROM notes WHERE company_id = $1 AND pinned_at IS NOT NULL) AS before
           WHERE note.id = before.id
             AND EXISTS (SELECT FROM notes WHERE company_id = $2 AND pinned_at IS NOT NULL)
           RETURNING note.id, before.pinned_at AS "pinned_at!", before.pinned_by"#,
        from.0,
        to.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let moved = sqlx::query_scalar!(
        "UPDATE notes SET company_id = $2 WHERE company_id = $1 RETURNING id",
        from.0,
        to.0,
    )
    .fetch_all(conn)
    .await?;
    Ok((moved, unpinned))
}

/// Moves these notes back, those that are still there, and pins again what was unpinned.
pub(super) async fn move_back(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    notes: &[i64],
    unpinned: Option<&Unpinned>,
) -> Sql<Vec<i64>> {
    let moved = sqlx::query_scalar!(
        "UPDATE notes SET company_id = $2 WHERE company_id = $1 AND id = ANY($3) RETURNING id",
        from.0,
        to.0,
        notes,
    )
    .fetch_all(&mut *conn)
    .await?;
    if let Some(unpinned) = unpinned {
        sqlx::query!(
            "UPDATE notes
             SET pinned_at = $3, pinned_by = (SELECT id FROM users WHERE id = $4)
             WHERE id = $1 AND company_id = $2 AND pinned_at IS NULL
               AND NOT EXISTS (SELECT FROM notes WHERE company_id = $2 AND pinned_at IS NOT NULL)",
            unpinned.id,
            to.0,
            unpinned.pinned_at,
            unpinned.pinned_by,
        )
        .execute(conn)
        .await?;
    }
    Ok(moved)
}
