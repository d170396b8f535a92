//! Many contacts at once, as an import writes them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::companies::bulk::{NewEmail, NewPhone, NewRecord, Record, Settled, do_not_call_reason};
use crate::error::Result;
use crate::values::Phone;

/// Names of the fields that an import writes, as `imported_fields` and the audit log have them.
pub(crate) const FIELDS: [&str; 7] = [
    "first_name",
    "last_name",
    "position",
    "note",
    "company",
    "status",
    "do_not_call",
];

/// Places in [`FIELDS`]. `Company` is kept as the text of its key; empty: none. `DoNotCall` as that of companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    FirstName,
    LastName,
    Position,
    Note,
    Company,
    Status,
    DoNotCall,
}

/// Keeps people from changing these contacts until the transaction ends.
pub(crate) async fn lock_rows(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "SELECT id FROM contacts WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

/// Values of many contacts, column by column.
struct Columns<'a> {
    ids: Vec<Uuid>,
    amo_ids: Vec<Option<i64>>,
    texts: Vec<Vec<&'a str>>,
    companies: Vec<Option<Uuid>>,
    imported: Vec<Value>,
}

impl<'a> Columns<'a> {
    fn of(records: &[&'a Record]) -> Self {
        let text = |field: usize| records.iter().map(|record| record.values[field].as_str()).collect();
        let company = |record: &&Record| Uuid::try_parse(&record.values[Field::Company as usize]).ok();
        Self {
            ids: records.iter().map(|record| record.id).collect(),
            amo_ids: records.iter().map(|record| record.amo_id).collect(),
            texts: (0..=Field::Note as usize).map(text).collect(),
            companies: records.iter().map(company).collect(),
            imported: records.iter().map(|record| record.imported.to_json(&FIELDS)).collect(),
        }
    }

    fn text(&self, field: Field) -> &[&'a str] {
        &self.texts[field as usize]
    }
}

/// Inserts contacts.
pub(crate) async fn insert(conn: &mut PgConnection, rows: &[NewRecord<'_>], now: DateTime<Utc>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let records: Vec<&Record> = rows.iter().map(|row| row.record).collect();
    let columns = Columns::of(&records);
    let raw: Vec<&str> = rows.iter().map(|row| row.raw).collect();
    let created_at: Vec<DateTime<Utc>> = rows.iter().map(|row| row.created_at).collect();
    sqlx::query!(
        "INSERT INTO contacts (
             id, amocrm_contact_id, company_id, first_name, last_name, position, note, imported_fields, raw_fields,
             created_at, updated_at
         )
         SELECT row.id, row.amo_id, row.company, row.first_name, row.last_name, row.position, row.note, row.imported,
                row.raw::jsonb, row.created_at, $11
         FROM unnest(
             $1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
             $9::text[], $10::timestamptz[]
         ) AS row (id, amo_id, company, first_name, last_name, position, note, imported, raw, created_at)",
        &columns.ids,
        &columns.amo_ids as &[Option<i64>],
        &columns.companies as &[Option<Uuid>],
        columns.text(Field::FirstName) as &[&str],
        columns.text(Field::LastName) as &[&str],
        columns.text(Field::Position) as &[&str],
        columns.text(Field::Note) as &[&str],
        &columns.imported,
        &raw as &[&str],
        &created_at,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let has_details = |record: &&Record| {
        let filled = |field: Field| !record.values[field as usize].is_empty();
        filled(Field::Status) || filled(Field::DoNotCall)
    };
    let detailed: Vec<&Record> = records.into_iter().filter(has_details).collect();
    write_details(conn, &detailed).await
}

/// Writes what only our own files say of people, where it differs from what is there. A mark «Не звонить» keeps its day
/// and its author.
async fn write_details(conn: &mut PgConnection, records: &[&Record]) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
    let text = |field: Field| {
        let values = records.iter().map(|record| record.values[field as usize].as_str());
        values.collect::<Vec<_>>()
    };
    let marks = text(Field::DoNotCall);
    let marked: Vec<bool> = marks.iter().map(|mark| !mark.is_empty()).collect();
    let reasons: Vec<&str> = marks.iter().map(|mark| do_not_call_reason(mark)).collect();
    let since: Vec<Option<DateTime<Utc>>> = records.iter().map(|record| record.do_not_call_at).collect();
    sqlx::query!(
        "UPDATE contacts AS contact
         SET status = row.status,
             do_not_call_at = CASE WHEN row.is_marked THEN COALESCE(contact.do_not_call_at, row.since, now()) END,
             do_not_call_by = CASE WHEN row.is_marked THEN contact.do_not_call_by END,
             do_not_call_reason = row.reason
         FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::text[], $5::timestamptz[])
              AS row (id, status, is_marked, reason, since)
         WHERE contact.id = row.id
           AND (contact.status, contact.do_not_call_at IS NOT NULL, contact.do_not_call_reason)
               IS DISTINCT FROM (row.status, row.is_marked, row.reason)",
        &ids,
        &text(Field::Status) as &[&str],
        &marked,
        &reasons as &[&str],
        &since as &[Option<DateTime<Utc>>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes changed contacts.
pub(crate) async fn update(conn: &mut PgConnection, records: &[&Record], now: DateTime<Utc>) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(records);
    sqlx::query!(
        "UPDATE contacts AS contact
         SET amocrm_contact_id = row.amo_id, company_id = row.company, first_name = row.first_name,
             last_name = row.last_name, position = row.position, note = row.note, imported_fields = row.imported,
             version = contact.version + 1, updated_at = $9
         FROM unnest(
             $1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[]
         ) AS row (id, amo_id, company, first_name, last_name, position, note, imported)
         WHERE contact.id = row.id",
        &columns.ids,
        &columns.amo_ids as &[Option<i64>],
        &columns.companies as &[Option<Uuid>],
        columns.text(Field::FirstName) as &[&str],
        columns.text(Field::LastName) as &[&str],
        columns.text(Field::Position) as &[&str],
        columns.text(Field::Note) as &[&str],
        &columns.imported,
        now,
    )
    .execute(&mut *conn)
    .await?;
    write_details(conn, records).await
}

/// Adds phones and e-mails to contacts.
pub(crate) async fn add_channels(conn: &mut PgConnection, phones: &[NewPhone], emails: &[NewEmail]) -> Result<()> {
    let owners: Vec<Uuid> = phones.iter().map(|phone| phone.owner).collect();
    let positions: Vec<i32> = phones.iter().map(|phone| phone.position).collect();
    let kinds: Vec<&str> = phones.iter().map(|phone| phone.kind).collect();
    let text = |get: fn(&Phone) -> &str| phones.iter().map(|phone| get(&phone.phone)).collect::<Vec<_>>();
    let comments: Vec<&str> = phones.iter().map(|phone| phone.comment.as_str()).collect();
    sqlx::query!(
        "INSERT INTO contact_phones (contact_id, position, kind, e164, extension, raw, digits, comment)
         SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                              $8::text[])",
        &owners,
        &positions,
        &kinds as &[&str],
        &text(|phone| &phone.e164) as &[&str],
        &text(|phone| &phone.extension) as &[&str],
        &text(|phone| &phone.raw) as &[&str],
        &text(|phone| &phone.digits) as &[&str],
        &comments as &[&str],
    )
    .execute(&mut *conn)
    .await?;
    let owners: Vec<Uuid> = emails.iter().map(|email| email.owner).collect();
    let positions: Vec<i32> = emails.iter().map(|email| email.position).collect();
    let kinds: Vec<&str> = emails.iter().map(|email| email.kind).collect();
    let values: Vec<&str> = emails.iter().map(|email| email.value.as_str()).collect();
    let comments: Vec<&str> = emails.iter().map(|email| email.comment.as_str()).collect();
    sqlx::query!(
        "INSERT INTO contact_emails (contact_id, position, kind, value, comment)
         SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[])",
        &owners,
        &positions,
        &kinds as &[&str],
        &values as &[&str],
        &comments as &[&str],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes contacts with their phones and e-mails. Whoever calls has seen that nothing else refers to them.
pub(crate) async fn remove(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!("DELETE FROM contacts WHERE id = ANY($1)", ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes phones and e-mails by their keys.
pub(crate) async fn remove_channels(conn: &mut PgConnection, phones: &[i64], emails: &[i64]) -> Result<()> {
    sqlx::query!("DELETE FROM contact_phones WHERE id = ANY($1)", phones)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM contact_emails WHERE id = ANY($1)", emails)
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
        "UPDATE contacts AS contact
         SET updated_at = COALESCE(row.updated_at, contact.updated_at),
             imported_fields = CASE WHEN row.is_unmarked THEN NULLIF(contact.imported_fields, '{}')
                                    ELSE contact.imported_fields END
         FROM unnest($1::uuid[], $2::timestamptz[], $3::boolean[]) AS row (id, updated_at, is_unmarked)
         WHERE contact.id = row.id",
        &ids,
        &times as &[Option<DateTime<Utc>>],
        &unmarked,
    )
    .execute(conn)
    .await?;
    Ok(())
}
