//! Many notes at once, as an import writes them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::values::{CompanyId, NoteId, UserId};

/// A note to insert.
#[derive(Debug)]
pub(crate) struct NewNote {
    /// On whose card.
    pub(crate) company: CompanyId,
    /// Who alone may delete it.
    pub(crate) author: Option<UserId>,
    /// What it says.
    pub(crate) text: String,
    /// Of which day it is; `None`: of today.
    pub(crate) created_at: Option<DateTime<Utc>>,
}

/// Inserts notes. Answers their keys, each with its company.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    notes: &[NewNote],
    now: DateTime<Utc>,
) -> Result<Vec<(CompanyId, NoteId)>> {
    if notes.is_empty() {
        return Ok(Vec::new());
    }
    let companies: Vec<Uuid> = notes.iter().map(|note| note.company.0).collect();
    let authors: Vec<Option<i64>> = notes.iter().map(|note| note.author.map(|author| author.0)).collect();
    let texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
    let moments: Vec<DateTime<Utc>> = notes.iter().map(|note| note.created_at.unwrap_or(now)).collect();
    let rows = sqlx::query!(
        "INSERT INTO notes (company_id, author_id, text, external_source, created_at)
         SELECT company, author, text, 'amo_import', moment
         FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[]) WITH ORDINALITY
              AS row (company, author, text, moment, place)
         ORDER BY place
         RETURNING company_id, id",
        &companies,
        &authors as &[Option<i64>],
        &texts as &[&str],
        &moments,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| (CompanyId(row.company_id), NoteId(row.id))).collect())
}

/// Writes anew what notes say.
pub(crate) async fn rewrite(conn: &mut PgConnection, notes: &[(NoteId, String)], now: DateTime<Utc>) -> Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = notes.iter().map(|(id, _)| id.0).collect();
    let texts: Vec<&str> = notes.iter().map(|(_, text)| text.as_str()).collect();
    sqlx::query!(
        "UPDATE notes SET text = row.text, version = version + 1, edited_at = $3
         FROM unnest($1::bigint[], $2::text[]) AS row (id, text)
         WHERE notes.id = row.id",
        &ids,
        &texts as &[&str],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives notes back what they said, and when a person had edited that.
pub(crate) async fn give_back(conn: &mut PgConnection, notes: &[(NoteId, &str, Option<DateTime<Utc>>)]) -> Result<()> {
    let ids: Vec<i64> = notes.iter().map(|(id, ..)| id.0).collect();
    let texts: Vec<&str> = notes.iter().map(|(_, text, _)| *text).collect();
    let edited: Vec<Option<DateTime<Utc>>> = notes.iter().map(|(.., edited_at)| *edited_at).collect();
    sqlx::query!(
        "UPDATE notes SET text = row.text, version = version + 1, edited_at = row.edited_at
         FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS row (id, text, edited_at)
         WHERE notes.id = row.id",
        &ids,
        &texts as &[&str],
        &edited as &[Option<DateTime<Utc>>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes notes without files.
pub(crate) async fn remove(conn: &mut PgConnection, ids: &[NoteId]) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!("DELETE FROM notes WHERE id = ANY($1)", &ids)
        .execute(conn)
        .await?;
    Ok(())
}
