//! SQL of taking back what an import wrote.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// What a record is given back beside its fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    /// Key.
    pub(crate) id: Uuid,
    /// When it was last changed; `None`: that stays.
    pub(crate) updated_at: Option<DateTime<Utc>>,
    /// Whether no import had written into it.
    pub(crate) is_unmarked: bool,
}

/// Removes companies with their phones, e-mails and spheres. Whoever calls has seen that nothing else refers to them, but
/// for companies under them that go with them.
pub(crate) async fn remove(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "UPDATE companies SET head_company_id = NULL WHERE head_company_id = ANY($1)",
        ids
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM companies WHERE id = ANY($1)", ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes phones and e-mails by their keys.
pub(crate) async fn remove_channels(conn: &mut PgConnection, phones: &[i64], emails: &[i64]) -> Result<()> {
    sqlx::query!("DELETE FROM company_phones WHERE id = ANY($1)", phones)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM company_emails WHERE id = ANY($1)", emails)
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives back what stands beside the fields.
pub(crate) async fn settle(conn: &mut PgConnection, rows: &[Settled]) -> Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let times: Vec<Option<DateTime<Utc>>> = rows.iter().map(|row| row.updated_at).collect();
    let unmarked: Vec<bool> = rows.iter().map(|row| row.is_unmarked).collect();
    sqlx::query!(
        "UPDATE companies AS company
         SET updated_at = COALESCE(row.updated_at, company.updated_at),
             imported_fields = CASE WHEN row.is_unmarked THEN NULLIF(company.imported_fields, '{}')
                                    ELSE company.imported_fields END
         FROM unnest($1::uuid[], $2::timestamptz[], $3::boolean[]) AS row (id, updated_at, is_unmarked)
         WHERE company.id = row.id",
        &ids,
        &times as &[Option<DateTime<Utc>>],
        &unmarked,
    )
    .execute(conn)
    .await?;
    Ok(())
}
