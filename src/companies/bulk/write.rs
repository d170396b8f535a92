//! SQL of writing many companies at once.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::details::{self, has_details};
use super::{FIELDS, Field, NewEmail, NewPhone, NewRecord, Record, name_key};
use crate::companies::IMPORT_LOCK;
use crate::error::Result;
use crate::values::{Phone, text};

/// Waits until nobody else makes companies, and keeps it so until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", IMPORT_LOCK)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps people from changing these companies until the transaction ends.
pub(crate) async fn lock_rows(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "SELECT id FROM companies WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

/// Values of many records, column by column, as `unnest` takes them.
struct Columns<'a> {
    ids: Vec<Uuid>,
    amo_ids: Vec<Option<i64>>,
    texts: Vec<Vec<&'a str>>,
    keys: Vec<Vec<Option<i64>>>,
    name_keys: Vec<String>,
    address_keys: Vec<String>,
    imported: Vec<Value>,
}

impl<'a> Columns<'a> {
    fn of(records: &[&'a Record]) -> Self {
        let text = |field: usize| records.iter().map(|record| record.values[field].as_str()).collect();
        let key = |field: Field| {
            records
                .iter()
                .map(|record| record.values[field as usize].parse().ok())
                .collect()
        };
        let value = |record: &&'a Record, field: Field| record.values[field as usize].as_str();
        Self {
            ids: records.iter().map(|record| record.id).collect(),
            amo_ids: records.iter().map(|record| record.amo_id).collect(),
            texts: (0..=Field::LeadState as usize).map(text).collect(),
            keys: [Field::Status, Field::Responsible, Field::Branch].map(key).into(),
            name_keys: records
                .iter()
                .map(|record| name_key(value(record, Field::Name)))
                .collect(),
            address_keys: records
                .iter()
                .map(|record| text::address_key(value(record, Field::Address)))
                .collect(),
            imported: records.iter().map(|record| record.imported.to_json(&FIELDS)).collect(),
        }
    }

    fn text(&self, field: Field) -> &[&'a str] {
        &self.texts[field as usize]
    }

    fn key(&self, field: Field) -> &[Option<i64>] {
        &self.keys[field as usize - Field::Status as usize]
    }
}

/// Inserts companies with their spheres and search words.
pub(crate) async fn insert(conn: &mut PgConnection, rows: &[NewRecord<'_>], now: DateTime<Utc>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let records: Vec<&Record> = rows.iter().map(|row| row.record).collect();
    let columns = Columns::of(&records);
    let raw: Vec<&str> = rows.iter().map(|row| row.raw).collect();
    let created_at: Vec<DateTime<Utc>> = rows.iter().map(|row| row.created_at).collect();
    let words: Vec<String> = rows.iter().map(|row| row.words.to_tsvector(row.record)).collect();
    sqlx::query!(
        "INSERT INTO companies (
             id, amocrm_company_id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind,
             contact_name, contact_position, lead_state, status_id, responsible_id, branch_id,
             name_key, address_key, imported_fields, raw_fields, created_at, search, updated_at
         )
         SELECT row.id, row.amo_id, row.name, row.legal_name, row.inn, row.kpp, row.ogrn, row.address, row.website,
                row.activity_kind, row.contact_name, row.contact_position, row.lead_state, row.status,
                row.responsible, row.branch, row.name_key, row.address_key, row.imported, row.raw::jsonb, row.created_at,
                row.words::tsvector, $23
         FROM unnest(
             $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
             $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
             $16::bigint[], $17::text[], $18::text[], $19::jsonb[], $20::text[], $21::timestamptz[], $22::text[]
         ) AS row (id, amo_id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind, contact_name,
                   contact_position, lead_state, status, responsible, branch, name_key, address_key, imported, raw,
                   created_at, words)",
        &columns.ids,
        &columns.amo_ids as &[Option<i64>],
        columns.text(Field::Name) as &[&str],
        columns.text(Field::LegalName) as &[&str],
        columns.text(Field::Inn) as &[&str],
        columns.text(Field::Kpp) as &[&str],
        columns.text(Field::Ogrn) as &[&str],
        columns.text(Field::Address) as &[&str],
        columns.text(Field::Website) as &[&str],
        columns.text(Field::ActivityKind) as &[&str],
        columns.text(Field::ContactName) as &[&str],
        columns.text(Field::ContactPosition) as &[&str],
        columns.text(Field::LeadState) as &[&str],
        columns.key(Field::Status) as &[Option<i64>],
        columns.key(Field::Responsible) as &[Option<i64>],
        columns.key(Field::Branch) as &[Option<i64>],
        &columns.name_keys,
        &columns.address_keys,
        &columns.imported,
        &raw as &[&str],
        &created_at,
        &words,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let detailed: Vec<&Record> = records.iter().copied().filter(|record| has_details(record)).collect();
    details::write(conn, &detailed).await?;
    link_spheres(conn, &records, now).await
}

/// Writes changed companies with their spheres.
pub(crate) async fn update(conn: &mut PgConnection, records: &[&Record], now: DateTime<Utc>) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(records);
    sqlx::query!(
        "UPDATE companies AS company
         SET amocrm_company_id = row.amo_id, name = row.name, legal_name = row.legal_name, inn = row.inn,
             kpp = row.kpp, ogrn = row.ogrn, address = row.address, website = row.website,
             activity_kind = row.activity_kind, contact_name = row.contact_name,
             contact_position = row.contact_position, lead_state = row.lead_state, status_id = row.status,
             responsible_id = row.responsible, branch_id = row.branch, name_key = row.name_key,
             address_key = row.address_key, imported_fields = row.imported,
             version = company.version + 1, updated_at = $20
         FROM unnest(
             $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
             $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
             $16::bigint[], $17::text[], $18::text[], $19::jsonb[]
         ) AS row (id, amo_id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind, contact_name,
                   contact_position, lead_state, status, responsible, branch, name_key, address_key, imported)
         WHERE company.id = row.id",
        &columns.ids,
        &columns.amo_ids as &[Option<i64>],
        columns.text(Field::Name) as &[&str],
        columns.text(Field::LegalName) as &[&str],
        columns.text(Field::Inn) as &[&str],
        columns.text(Field::Kpp) as &[&str],
        columns.text(Field::Ogrn) as &[&str],
        columns.text(Field::Address) as &[&str],
        columns.text(Field::Website) as &[&str],
        columns.text(Field::ActivityKind) as &[&str],
        columns.text(Field::ContactName) as &[&str],
        columns.text(Field::ContactPosition) as &[&str],
        columns.text(Field::LeadState) as &[&str],
        columns.key(Field::Status) as &[Option<i64>],
        columns.key(Field::Responsible) as &[Option<i64>],
        columns.key(Field::Branch) as &[Option<i64>],
        &columns.name_keys,
        &columns.address_keys,
        &columns.imported,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM company_sphere_links WHERE company_id = ANY($1)",
        &columns.ids
    )
    .execute(&mut *conn)
    .await?;
    details::write(conn, records).await?;
    link_spheres(conn, records, now).await
}

/// `now`: when these companies were updated; a trigger would look it up link by link.
async fn link_spheres(conn: &mut PgConnection, records: &[&Record], now: DateTime<Utc>) -> Result<()> {
    let mut companies = Vec::new();
    let mut spheres: Vec<i64> = Vec::new();
    for record in records {
        for sphere in record.values[Field::Spheres as usize]
            .split(',')
            .filter_map(|key| key.parse().ok())
        {
            companies.push(record.id);
            spheres.push(sphere);
        }
    }
    sqlx::query!(
        "INSERT INTO company_sphere_links (company_id, sphere_id, company_updated_at)
         SELECT company, sphere, $3 FROM unnest($1::uuid[], $2::bigint[]) AS row (company, sphere)",
        &companies,
        &spheres,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a company's card says of a number of this kind, unless the source itself says something.
pub(crate) fn comment<'a>(said: &'a str, kind: &str) -> &'a str {
    match kind {
        _ if !said.is_empty() => said,
        "work_direct" => "прямой",
        "mobile" => "мобильный",
        "home" => "домашний",
        "fax" => "факс",
        "personal" => "личный",
        _ => "",
    }
}

/// Adds phones and e-mails to companies.
pub(crate) async fn add_channels(conn: &mut PgConnection, phones: &[NewPhone], emails: &[NewEmail]) -> Result<()> {
    let owners: Vec<Uuid> = phones.iter().map(|phone| phone.owner).collect();
    let positions: Vec<i32> = phones.iter().map(|phone| phone.position).collect();
    let text = |get: fn(&Phone) -> &str| phones.iter().map(|phone| get(&phone.phone)).collect::<Vec<_>>();
    let comments: Vec<&str> = phones.iter().map(|phone| comment(&phone.comment, phone.kind)).collect();
    sqlx::query!(
        "INSERT INTO company_phones (company_id, position, e164, extension, raw, digits, comment)
         SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])",
        &owners,
        &positions,
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
    let values: Vec<&str> = emails.iter().map(|email| email.value.as_str()).collect();
    let comments: Vec<&str> = emails.iter().map(|email| comment(&email.comment, email.kind)).collect();
    sqlx::query!(
        "INSERT INTO company_emails (company_id, position, value, comment)
         SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[])",
        &owners,
        &positions,
        &values as &[&str],
        &comments as &[&str],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Renews the search words of cards, and says that they changed now.
pub(crate) async fn refresh(conn: &mut PgConnection, ids: &[Uuid], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE companies SET search = company_search(companies), updated_at = $2 WHERE id = ANY($1)",
        ids,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Renews the search words of cards, and nothing else.
pub(crate) async fn renew_words(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "UPDATE companies SET search = company_search(companies) WHERE id = ANY($1)",
        ids
    )
    .execute(conn)
    .await?;
    Ok(())
}
