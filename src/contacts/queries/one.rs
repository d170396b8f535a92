//! SQL of single contacts and their channels.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::companies::DoNotCall;
use crate::contacts::model::{Contact, ContactEmail, ContactPhone, EmailKind, Fields, Person, PhoneKind};
use crate::policy::Actor;
use crate::values::{CompanyId, ContactId, Phone, UserId};

struct Row {
    id: Uuid,
    company_id: Option<Uuid>,
    first_name: String,
    last_name: String,
    position: String,
    status: String,
    note: String,
    created_by: Option<i64>,
    released_by: Option<i64>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    do_not_call_at: Option<DateTime<Utc>>,
    do_not_call_reason: String,
    do_not_call_by: String,
}

impl From<Row> for Contact {
    fn from(row: Row) -> Self {
        Self {
            id: ContactId(row.id),
            company: row.company_id.map(CompanyId),
            fields: Fields {
                last_name: row.last_name,
                first_name: row.first_name,
                position: row.position,
                status: row.status,
                note: row.note,
                ..Fields::default()
            },
            do_not_call: row.do_not_call_at.map(|at| DoNotCall {
                at,
                by: row.do_not_call_by,
                reason: row.do_not_call_reason,
            }),
            created_by: row.created_by.map(UserId),
            released_by: row.released_by.map(UserId),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// At which company a contact works: `None` when there is no such contact.
pub(in crate::contacts) async fn company_of(conn: &mut PgConnection, id: ContactId) -> Sql<Option<Option<CompanyId>>> {
    let row = sqlx::query!("SELECT company_id FROM contacts WHERE id = $1", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.company_id.map(CompanyId)))
}

pub(in crate::contacts) async fn find(conn: &mut PgConnection, id: ContactId) -> Sql<Option<Contact>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT contact.id, contact.company_id, contact.first_name, contact.last_name, contact.position,
                  contact.status, contact.note, contact.created_by, contact.released_by, contact.version, contact.created_at,
                  contact.updated_at, contact.do_not_call_at, contact.do_not_call_reason,
                  COALESCE(marker.name, '') AS "do_not_call_by!"
           FROM contacts AS contact
           LEFT JOIN users AS marker ON marker.id = contact.do_not_call_by
           WHERE contact.id = $1"#,
        id.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let contacts = with_channels(conn, row.into_iter().map(Contact::from).collect()).await?;
    Ok(contacts.into_iter().next())
}

pub(in crate::contacts) async fn of_company(
    conn: &mut PgConnection,
    company: CompanyId,
    limit: i64,
) -> Sql<Vec<Contact>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT contact.id, contact.company_id, contact.first_name, contact.last_name, contact.position,
                  contact.status, contact.note, contact.created_by, contact.released_by, contact.version, contact.created_at,
                  contact.updated_at, contact.do_not_call_at, contact.do_not_call_reason,
                  COALESCE(marker.name, '') AS "do_not_call_by!"
           FROM contacts AS contact
           LEFT JOIN users AS marker ON marker.id = contact.do_not_call_by
           WHERE contact.company_id = $1
           ORDER BY contact.last_name, contact.first_name, contact.id
           LIMIT $2"#,
        company.0,
        limit,
    )
    .fetch_all(&mut *conn)
    .await?;
    with_channels(conn, rows.into_iter().map(Contact::from).collect()).await
}

/// The contacts with these keys, in this order, with the names of their companies.
pub(in crate::contacts) async fn of_ids(conn: &mut PgConnection, ids: &[ContactId]) -> Sql<Vec<Person>> {
    let picked: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT contact.id, contact.company_id, contact.first_name, contact.last_name, contact.position,
                  contact.status, contact.note, contact.created_by, contact.released_by, contact.version, contact.created_at,
                  contact.updated_at, contact.do_not_call_at, contact.do_not_call_reason,
                  COALESCE(marker.name, '') AS "do_not_call_by!"
           FROM unnest($1::uuid[]) WITH ORDINALITY AS picked (id, place)
           JOIN contacts AS contact ON contact.id = picked.id
           LEFT JOIN users AS marker ON marker.id = contact.do_not_call_by
           ORDER BY picked.place"#,
        &picked,
    )
    .fetch_all(&mut *conn)
    .await?;
    let contacts = with_channels(conn, rows.into_iter().map(Contact::from).collect()).await?;
    let companies: Vec<Uuid> = contacts
        .iter()
        .filter_map(|contact| contact.company)
        .map(|company| company.0)
        .collect();
    let names = sqlx::query!("SELECT id, name FROM companies WHERE id = ANY($1)", &companies)
        .fetch_all(conn)
        .await?;
    let names: BTreeMap<Uuid, String> = names.into_iter().map(|row| (row.id, row.name)).collect();
    let person = |contact: Contact| Person {
        company_name: contact
            .company
            .and_then(|company| names.get(&company.0).cloned())
            .unwrap_or_default(),
        contact,
    };
    Ok(contacts.into_iter().map(person).collect())
}

/// Puts a contact to another company, or to none, where whoever released it may change it; answers whether it still had
/// this version.
pub(in crate::contacts) async fn relocate(
    conn: &mut PgConnection,
    (id, version): (ContactId, i32),
    to: Option<CompanyId>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE contacts
         SET company_id = $3, released_by = $4, version = version + 1, updated_at = $5
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        to.map(|to| to.0),
        actor.user.filter(|_| to.is_none()).map(|user| user.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks a person with a reason, or takes the mark off; answers whether the contact still had this version.
pub(in crate::contacts) async fn set_do_not_call(
    conn: &mut PgConnection,
    (id, version): (ContactId, i32),
    reason: Option<&str>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE contacts
         SET do_not_call_at = $3, do_not_call_by = $4, do_not_call_reason = $5,
             version = version + 1, updated_at = $6
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        reason.map(|_| now),
        actor.user.filter(|_| reason.is_some()).map(|user| user.0),
        reason.unwrap_or_default(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn with_channels(conn: &mut PgConnection, mut contacts: Vec<Contact>) -> Sql<Vec<Contact>> {
    if contacts.is_empty() {
        return Ok(contacts);
    }
    let ids: Vec<Uuid> = contacts.iter().map(|contact| contact.id.0).collect();
    let phones = sqlx::query!(
        "SELECT contact_id, kind, e164, extension, raw, digits, comment
         FROM contact_phones
         WHERE contact_id = ANY($1)
         ORDER BY contact_id, position, id",
        &ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let emails = sqlx::query!(
        "SELECT contact_id, kind, value, comment
         FROM contact_emails
         WHERE contact_id = ANY($1)
         ORDER BY contact_id, position, id",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let place = |id: Uuid| ids.iter().position(|known| *known == id);
    for row in phones {
        let Some(contact) = place(row.contact_id).and_then(|place| contacts.get_mut(place)) else {
            continue;
        };
        // The column's CHECK allows no other codes.
        let kind = PhoneKind::from_code(&row.kind).unwrap_or_default();
        let phone = Phone {
            raw: row.raw,
            e164: row.e164,
            extension: row.extension,
            digits: row.digits,
        };
        contact.fields.phones.push(ContactPhone {
            kind,
            phone,
            comment: row.comment,
        });
    }
    for row in emails {
        let Some(contact) = place(row.contact_id).and_then(|place| contacts.get_mut(place)) else {
            continue;
        };
        let kind = EmailKind::from_code(&row.kind).unwrap_or_default();
        contact.fields.emails.push(ContactEmail {
            kind,
            value: row.value,
            comment: row.comment,
        });
    }
    Ok(contacts)
}

pub(in crate::contacts) async fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    company: Option<CompanyId>,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Sql<ContactId> {
    let id = ContactId::new();
    sqlx::query!(
        "INSERT INTO contacts (id, company_id, first_name, last_name, position, status, note, created_by,
                               created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        id.0,
        company.map(|company| company.0),
        fields.first_name,
        fields.last_name,
        fields.position,
        fields.status,
        fields.note,
        actor.user.map(|user| user.0),
        now,
    )
    .execute(&mut *conn)
    .await?;
    insert_channels(conn, id, fields).await?;
    Ok(id)
}

/// Answers whether the contact still had this version.
pub(in crate::contacts) async fn update(
    conn: &mut PgConnection,
    id: ContactId,
    version: i32,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE contacts
         SET first_name = $3, last_name = $4, position = $5, status = $6, note = $7,
             version = version + 1, updated_at = $8
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        fields.first_name,
        fields.last_name,
        fields.position,
        fields.status,
        fields.note,
        now,
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("DELETE FROM contact_phones WHERE contact_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM contact_emails WHERE contact_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    insert_channels(conn, id, fields).await?;
    Ok(true)
}

async fn insert_channels(conn: &mut PgConnection, id: ContactId, fields: &Fields) -> Sql<()> {
    for (position, row) in (1..).zip(&fields.phones) {
        sqlx::query!(
            "INSERT INTO contact_phones (contact_id, position, kind, e164, extension, raw, digits, comment)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.0,
            position,
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
    for (position, row) in (1..).zip(&fields.emails) {
        sqlx::query!(
            "INSERT INTO contact_emails (contact_id, position, kind, value, comment)
             VALUES ($1, $2, $3, $4, $5)",
            id.0,
            position,
            row.kind.code(),
            row.value,
            row.comment,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
