//! What contacts take over from each other when they become one.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::companies::bulk::Retold;
use crate::contacts::model::{ContactEmail, ContactPhone, Fields};
use crate::values::{CompanyId, ContactId};

pub(in crate::contacts) async fn move_all(conn: &mut PgConnection, from: CompanyId, to: CompanyId) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        "UPDATE contacts SET company_id = $2, version = version + 1 WHERE company_id = $1 RETURNING id",
        from.0,
        to.0,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::contacts) async fn move_back(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    ids: &[Uuid],
) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        "UPDATE contacts SET company_id = $2, version = version + 1
         WHERE company_id = $1 AND id = ANY($3) RETURNING id",
        from.0,
        to.0,
        ids,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::contacts) async fn lock_together(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<()> {
    sqlx::query!("SELECT id FROM contacts WHERE id = ANY($1) ORDER BY id FOR UPDATE", ids)
        .fetch_all(conn)
        .await?;
    Ok(())
}

pub(in crate::contacts) async fn image(conn: &mut PgConnection, id: ContactId) -> Sql<Option<Map<String, Value>>> {
    let row = sqlx::query_scalar!(
        r#"SELECT to_jsonb(contact) - 'search' AS "row!" FROM contacts AS contact WHERE id = $1"#,
        id.0,
    );
    let row = row.fetch_optional(conn).await?;
    Ok(row.and_then(|row| row.as_object().cloned()))
}

/// Writes what is chosen; phones and e-mails stay.
pub(in crate::contacts) async fn write(
    conn: &mut PgConnection,
    id: ContactId,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE contacts
         SET first_name = $2, last_name = $3, position = $4, status = $5, note = $6,
             version = version + 1, updated_at = $7
         WHERE id = $1",
        id.0,
        fields.first_name,
        fields.last_name,
        fields.position,
        fields.status,
        fields.note,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The number in amoCRM of another contact becomes this one's, when it has none.
pub(in crate::contacts) async fn take_amo_id(conn: &mut PgConnection, id: ContactId, from: &[Uuid]) -> Sql<()> {
    sqlx::query!(
        "UPDATE contacts
         SET amocrm_contact_id = (SELECT min(amocrm_contact_id) FROM contacts WHERE id = ANY($2))
         WHERE id = $1 AND amocrm_contact_id IS NULL",
        id.0,
        from,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// «Не звонить» of another contact becomes this one's, when it has none.
pub(in crate::contacts) async fn take_do_not_call(conn: &mut PgConnection, id: ContactId, from: &[Uuid]) -> Sql<()> {
    sqlx::query(
        "UPDATE contacts AS contact
         SET do_not_call_at = other.do_not_call_at, do_not_call_by = other.do_not_call_by,
             do_not_call_reason = other.do_not_call_reason
         FROM (SELECT do_not_call_at, do_not_call_by, do_not_call_reason
               FROM contacts WHERE id = ANY($2) AND do_not_call_at IS NOT NULL
               ORDER BY do_not_call_at DESC LIMIT 1) AS other
         WHERE contact.id = $1 AND contact.do_not_call_at IS NULL",
    )
    .bind(id.0)
    .bind(from)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds phones and e-mails behind those that a contact has.
pub(in crate::contacts) async fn add_channels(
    conn: &mut PgConnection,
    id: ContactId,
    phones: &[ContactPhone],
    emails: &[ContactEmail],
) -> Sql<()> {
    for row in phones {
        sqlx::query!(
            "INSERT INTO contact_phones (contact_id, position, kind, e164, extension, raw, digits, comment)
             VALUES ($1, (SELECT COALESCE(max(position) + 1, 1) FROM contact_phones WHERE contact_id = $1),
                     $2, $3, $4, $5, $6, $7)",
            id.0,
            row.kind.code(),
            row.phone.e164,
            row.phone.extension,
            row.phone.raw,
            row.phone.digits,
            row.comment,
        )
        .execute(&mut *conn)
        .await?;
    }
    for row in emails {
        sqlx::query!(
            "INSERT INTO contact_emails (contact_id, position, kind, value, comment)
             VALUES ($1, (SELECT COALESCE(max(position) + 1, 1) FROM contact_emails WHERE contact_id = $1), $2, $3, $4)",
            id.0,
            row.kind.code(),
            row.value,
            row.comment,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Says something else of a phone or an e-mail; answers whether that was there with the former comment.
pub(in crate::contacts) async fn retell(conn: &mut PgConnection, id: ContactId, retold: &Retold) -> Sql<bool> {
    let done = if retold.is_phone {
        sqlx::query!(
            "UPDATE contact_phones SET comment = $4
             WHERE id = (SELECT min(id) FROM contact_phones WHERE contact_id = $1 AND raw = $2 AND comment = $3)",
            id.0,
            retold.typed,
            retold.old,
            retold.new,
        )
        .execute(conn)
        .await?
    } else {
        sqlx::query!(
            "UPDATE contact_emails SET comment = $4
             WHERE id = (SELECT min(id) FROM contact_emails WHERE contact_id = $1 AND value = $2 AND comment = $3)",
            id.0,
            retold.typed,
            retold.old,
            retold.new,
        )
        .execute(conn)
        .await?
    };
    Ok(done.rows_affected() == 1)
}

/// Takes away one phone that is still as it was added; answers whether it was there.
pub(in crate::contacts) async fn drop_phone(conn: &mut PgConnection, id: ContactId, row: &ContactPhone) -> Sql<bool> {
    let done = sqlx::query!(
        "DELETE FROM contact_phones
         WHERE id = (SELECT max(id) FROM contact_phones
                     WHERE contact_id = $1 AND kind = $2 AND e164 = $3 AND extension = $4 AND raw = $5 AND comment = $6)",
        id.0,
        row.kind.code(),
        row.phone.e164,
        row.phone.extension,
        row.phone.raw,
        row.comment,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// As [`drop_phone`].
pub(in crate::contacts) async fn drop_email(conn: &mut PgConnection, id: ContactId, row: &ContactEmail) -> Sql<bool> {
    let done = sqlx::query!(
        "DELETE FROM contact_emails
         WHERE id = (SELECT max(id) FROM contact_emails
                     WHERE contact_id = $1 AND kind = $2 AND value = $3 AND comment = $4)",
        id.0,
        row.kind.code(),
        row.value,
        row.comment,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::contacts) async fn grow(conn: &mut PgConnection, id: ContactId, updated_at: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE contacts SET version = version + 1, updated_at = $2 WHERE id = $1",
        id.0,
        updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
