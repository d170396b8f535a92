//! Writing letters.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::Sql;
use crate::letters::address::Mailbox;
use crate::letters::model::{Content, Source};
use crate::policy::Actor;
use crate::values::{CompanyId, ContactId, LetterId};

/// A letter to insert.
pub(in crate::letters) struct New<'a> {
    pub(in crate::letters) company: CompanyId,
    pub(in crate::letters) contact: Option<ContactId>,
    pub(in crate::letters) source: Source,
    pub(in crate::letters) content: &'a Content,
    pub(in crate::letters) is_cut: bool,
    pub(in crate::letters) left_out: &'a str,
    pub(in crate::letters) message_id: Option<&'a str>,
}

pub(in crate::letters) async fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Sql<LetterId> {
    let id = LetterId::new();
    let content = new.content;
    sqlx::query!(
        "INSERT INTO letters (id, company_id, contact_id, author_id, direction, source, sent_at, from_name, from_address,
                              recipients, copies, subject, text, is_cut, left_out, message_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        id.0,
        new.company.0,
        new.contact.map(|contact| contact.0),
        actor.user.map(|user| user.0),
        content.direction.code(),
        new.source.code(),
        content.sent_at,
        content.from.name,
        content.from.address,
        Json(&content.to) as Json<&Vec<Mailbox>>,
        Json(&content.cc) as Json<&Vec<Mailbox>>,
        content.subject,
        content.text,
        new.is_cut,
        new.left_out,
        new.message_id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Answers whether the letter still had this version.
pub(in crate::letters) async fn update(
    conn: &mut PgConnection,
    (id, version): (LetterId, i32),
    (contact, content): (Option<ContactId>, &Content),
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE letters
         SET contact_id = $3, direction = $4, sent_at = $5, from_name = $6, from_address = $7, recipients = $8, copies = $9,
             subject = $10, text = $11, edited_at = $12, version = version + 1
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        contact.map(|contact| contact.0),
        content.direction.code(),
        content.sent_at,
        content.from.name,
        content.from.address,
        Json(&content.to) as Json<&Vec<Mailbox>>,
        Json(&content.cc) as Json<&Vec<Mailbox>>,
        content.subject,
        content.text,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::letters) async fn delete(conn: &mut PgConnection, id: LetterId) -> Sql<()> {
    sqlx::query!("DELETE FROM letters WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}
