//! Many companies at once, as an import writes them. The only other writer of this room's tables.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::IMPORT_LOCK;
use crate::error::Result;
use crate::values::{Phone, text};

/// Names of the fields that an import writes, as `imported_fields` and the audit log have them.
pub(crate) const FIELDS: [&str; 15] = [
    "name",
    "legal_name",
    "inn",
    "kpp",
    "ogrn",
    "address",
    "website",
    "activity_kind",
    "contact_name",
    "contact_position",
    "lead_state",
    "status",
    "responsible",
    "branch",
    "spheres",
];

/// Places in [`FIELDS`]. Keys of other tables are kept as their digits; `Spheres` as sorted keys parted by commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    LegalName,
    Inn,
    Kpp,
    Ogrn,
    Address,
    Website,
    ActivityKind,
    ContactName,
    ContactPosition,
    LeadState,
    Status,
    Responsible,
    Branch,
    Spheres,
}

/// A company or a contact as an import compares and writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Key of the row.
    pub(crate) id: Uuid,
    /// amoCRM's number.
    pub(crate) amo_id: Option<i64>,
    /// By the room's `Field`.
    pub(crate) values: Vec<String>,
    /// Phones it has.
    pub(crate) phones: Channels,
    /// E-mails it has.
    pub(crate) emails: Channels,
    /// What the last import wrote.
    pub(crate) imported: Imported,
}

impl Record {
    /// Nothing yet.
    pub(crate) fn new(id: Uuid, fields: usize) -> Self {
        Self {
            id,
            amo_id: None,
            values: vec![String::new(); fields],
            phones: Channels::default(),
            emails: Channels::default(),
            imported: Imported::empty(fields),
        }
    }
}

/// Phones or e-mails of a record by the keys that they are compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Channels {
    /// See [`phone_key`] and [`email_key`].
    pub(crate) keys: Vec<String>,
    /// Position of the next one.
    pub(crate) next: i32,
}

/// What imports wrote into a record. A value that differs now was edited by a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    /// By the room's `Field`; `None`: never written by an import.
    pub(crate) values: Vec<Option<String>>,
    /// Keys of all phones ever written, removed ones too.
    pub(crate) phones: Vec<String>,
    /// Keys of all e-mails ever written, removed ones too.
    pub(crate) emails: Vec<String>,
}

impl Imported {
    fn empty(fields: usize) -> Self {
        Self { values: vec![None; fields], ..Self::default() }
    }

    /// From the `imported_fields` column.
    pub(crate) fn read(json: Option<&Value>, fields: &[&str]) -> Self {
        let Some(json) = json else { return Self::empty(fields.len()) };
        let text = |field: &&str| json.get(*field).and_then(Value::as_str).map(str::to_owned);
        let list = |field: &str| {
            let list = json.get(field).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self { values: fields.iter().map(text).collect(), phones: list("phones"), emails: list("emails") }
    }

    /// For the `imported_fields` column.
    pub(crate) fn to_json(&self, fields: &[&str]) -> Value {
        let written = fields.iter().zip(&self.values);
        let mut map: Map<String, Value> = written
            .filter_map(|(field, value)| Some(((*field).to_owned(), json!(value.as_ref()?))))
            .collect();
        for (name, keys) in [("phones", &self.phones), ("emails", &self.emails)] {
            if !keys.is_empty() {
                map.insert(name.to_owned(), json!(keys));
            }
        }
        Value::Object(map)
    }
}

/// By what two phones of one record are the same.
pub(crate) fn phone_key(digits: &str, extension: &str, raw: &str) -> String {
    match (digits, extension) {
        ("", _) => raw.to_lowercase(),
        (_, "") => digits.to_owned(),
        _ => format!("{digits}#{extension}"),
    }
}

/// By what two e-mails of one record are the same.
pub(crate) fn email_key(value: &str) -> String {
    value.to_lowercase()
}

/// The compared form of a name, never empty for a name that is not.
pub(crate) fn name_key(name: &str) -> String {
    let key = text::name_key(name);
    if key.is_empty() { text::fold(name) } else { key }
}

/// A company to insert.
#[derive(Debug)]
pub(crate) struct NewRecord<'a> {
    /// What to write.
    pub(crate) record: &'a Record,
    /// The row that it comes from.
    pub(crate) raw: &'a Value,
    /// When the source made it.
    pub(crate) created_at: DateTime<Utc>,
}

/// A phone to insert.
#[derive(Debug)]
pub(crate) struct NewPhone {
    /// Company or contact.
    pub(crate) owner: Uuid,
    /// Its place.
    pub(crate) position: i32,
    /// Of `contact_phones`.
    pub(crate) kind: &'static str,
    /// The number.
    pub(crate) phone: Phone,
}

/// An e-mail to insert.
#[derive(Debug)]
pub(crate) struct NewEmail {
    /// Company or contact.
    pub(crate) owner: Uuid,
    /// Its place.
    pub(crate) position: i32,
    /// Of `contact_emails`.
    pub(crate) kind: &'static str,
    /// The address.
    pub(crate) value: String,
}

/// Waits until nobody else makes companies, and keeps it so until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", IMPORT_LOCK).execute(conn).await?;
    Ok(())
}

/// Keeps people from changing these companies until the transaction ends.
pub(crate) async fn lock_rows(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!("SELECT id FROM companies WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", ids)
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
        let key = |field: Field| records.iter().map(|record| record.values[field as usize].parse().ok()).collect();
        let value = |record: &&'a Record, field: Field| record.values[field as usize].as_str();
        Self {
            ids: records.iter().map(|record| record.id).collect(),
            amo_ids: records.iter().map(|record| record.amo_id).collect(),
            texts: (0..=Field::LeadState as usize).map(text).collect(),
            keys: [Field::Status, Field::Responsible, Field::Branch].map(key).into(),
            name_keys: records.iter().map(|record| name_key(value(record, Field::Name))).collect(),
            address_keys: records.iter().map(|record| text::address_key(value(record, Field::Address))).collect(),
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

/// Inserts companies with their spheres. Search words come later, see [`refresh`].
pub(crate) async fn insert(conn: &mut PgConnection, rows: &[NewRecord<'_>], now: DateTime<Utc>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let records: Vec<&Record> = rows.iter().map(|row| row.record).collect();
    let columns = Columns::of(&records);
    let raw: Vec<Value> = rows.iter().map(|row| row.raw.clone()).collect();
    let created_at: Vec<DateTime<Utc>> = rows.iter().map(|row| row.created_at).collect();
    sqlx::query!(
        "INSERT INTO companies (
             id, amocrm_company_id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind,
             contact_name, contact_position, lead_state, status_id, responsible_id, branch_id,
             name_key, address_key, imported_fields, raw_fields, created_at, updated_at
         )
         SELECT *, $22::timestamptz
         FROM unnest(
             $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
             $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
             $16::bigint[], $17::text[], $18::text[], $19::jsonb[], $20::jsonb[], $21::timestamptz[]
         )",
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
        &raw,
        &created_at,
        now,
    )
    .execute(&mut *conn)
    .await?;
    link_spheres(conn, &records).await
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
    sqlx::query!("DELETE FROM company_sphere_links WHERE company_id = ANY($1)", &columns.ids)
        .execute(&mut *conn)
        .await?;
    link_spheres(conn, records).await
}

async fn link_spheres(conn: &mut PgConnection, records: &[&Record]) -> Result<()> {
    let mut companies = Vec::new();
    let mut spheres: Vec<i64> = Vec::new();
    for record in records {
        for sphere in record.values[Field::Spheres as usize].split(',').filter_map(|key| key.parse().ok()) {
            companies.push(record.id);
            spheres.push(sphere);
        }
    }
    sqlx::query!(
        "INSERT INTO company_sphere_links (company_id, sphere_id) SELECT * FROM unnest($1::uuid[], $2::bigint[])",
        &companies,
        &spheres,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How a company's card calls a number of this kind.
fn comment(kind: &str) -> &'static str {
    match kind {
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
    let comments: Vec<&str> = phones.iter().map(|phone| comment(phone.kind)).collect();
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
    let comments: Vec<&str> = emails.iter().map(|email| comment(email.kind)).collect();
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
