//! Many notes at once, as an import writes them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::values::{CompanyId, UserId};

/// A note to insert.
#[derive(Debug)]
pub(crate) struct NewNote {
    /// On whose card.
    pub(crate) company: CompanyId,
    /// Who alone may delete it.
    pub(crate) author: Option<UserId>,
    /// What it says.
    pub(crate) text: String,
}

/// Inserts notes.
pub(crate) async fn insert(conn: &mut PgConnection, notes: &[NewNote], now: DateTime<Utc>) -> Result<()> {
    let companies: Vec<Uuid> = notes.iter().map(|note| note.company.0).collect();
    let authors: Vec<Option<i64>> = notes.iter().map(|note| note.author.map(|author| author.0)).collect();
    let texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
    sqlx::query!(
        "INSERT INTO notes (company_id, author_id, text, external_source, created_at)
         SELECT company, author, text, 'amo_import', $4
         FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS row (company, author, text)",
        &companies,
        &authors as &[Option<i64>],
        &texts as &[&str],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
