//! Records that rows may speak of.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::companies::bulk::{Channels, FIELDS, Field, Imported, Record, do_not_call, email_key, phone_key};
use crate::contacts::bulk::FIELDS as CONTACT_FIELDS;
use crate::imports::base::Known;

/// Companies that any of the keys may mean.
pub(in crate::imports) async fn company_ids(
    conn: &mut PgConnection,
    amo_ids: &[i64],
    inns: &[String],
    name_keys: &[String],
) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM companies WHERE amocrm_company_id = ANY($1)
           UNION
           SELECT id FROM companies WHERE inn <> '' AND inn = ANY($2)
           UNION
           SELECT id FROM companies WHERE name_key = ANY($3)"#,
        amo_ids,
        inns,
        name_keys,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::imports) async fn companies(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Known>> {
    let rows = sqlx::query!(
        r#"SELECT id, amocrm_company_id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind,
                  contact_name, contact_position, lead_state, status_id, responsible_id, branch_id,
                  name_key, address_key, imported_fields, region_id, head_company_id, contract_type,
                  contract_until::text, contract_amount::text, do_not_call_at, do_not_call_reason, time_zone, working_hours,
                  ARRAY(SELECT sphere_id FROM company_sphere_links WHERE company_id = company.id ORDER BY sphere_id)
                      AS "spheres!"
           FROM companies AS company
           WHERE id = ANY($1)
           ORDER BY id"#,
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut phones = company_phones(conn, ids).await?;
    let mut emails = company_emails(conn, ids).await?;
    let key = |key: Option<i64>| key.map(|key| key.to_string()).unwrap_or_default();
    let list = |keys: Vec<i64>| keys.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let known = rows.into_iter().map(|row| {
        let mut record = Record::new(row.id, FIELDS.len());
        record.amo_id = row.amocrm_company_id;
        record.phones = phones.remove(&row.id).unwrap_or_default();
        record.emails = emails.remove(&row.id).unwrap_or_default();
        record.imported = Imported::read(row.imported_fields.as_ref(), &FIELDS);
        record.do_not_call_at = row.do_not_call_at;
        let mut set = |field: Field, value: String| record.values[field as usize] = value;
        set(Field::Name, row.name);
        set(Field::LegalName, row.legal_name);
        set(Field::Inn, row.inn);
        set(Field::Kpp, row.kpp);
        set(Field::Ogrn, row.ogrn);
        set(Field::Address, row.address);
        set(Field::Website, row.website);
        set(Field::ActivityKind, row.activity_kind);
        set(Field::ContactName, row.contact_name);
        set(Field::ContactPosition, row.contact_position);
        set(Field::LeadState, row.lead_state);
        let keys = [row.status_id, row.responsible_id, row.branch_id, row.region_id];
        let places = [Field::Status, Field::Responsible, Field::Branch, Field::Region];
        places.into_iter().zip(keys).for_each(|(field, id)| set(field, key(id)));
        let head = row.head_company_id.map(|id| id.to_string());
        set(Field::Head, head.unwrap_or_default());
        set(Field::ContractType, row.contract_type.unwrap_or_default());
        set(Field::ContractUntil, row.contract_until.unwrap_or_default());
        set(Field::ContractAmount, row.contract_amount.unwrap_or_default());
        let mark = do_not_call(row.do_not_call_at.is_some(), &row.do_not_call_reason);
        set(Field::DoNotCall, mark);
        set(Field::TimeZone, row.time_zone);
        set(Field::WorkingHours, row.working_hours);
        set(Field::Spheres, list(row.spheres));
        Known {
            record,
            name_key: row.name_key,
            address_key: row.address_key,
        }
    });
    Ok(known.collect())
}

async fn company_phones(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<HashMap<Uuid, Channels>> {
    let rows = sqlx::query!(
        "SELECT company_id, position, digits, extension, raw FROM company_phones
         WHERE company_id = ANY($1) ORDER BY company_id, position",
        ids,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(by_owner(rows.map(|row| {
        let key = phone_key(&row.digits, &row.extension, &row.raw);
        (row.company_id, row.position, key)
    })))
}

async fn company_emails(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<HashMap<Uuid, Channels>> {
    let rows = sqlx::query!(
        "SELECT company_id, position, value FROM company_emails
         WHERE company_id = ANY($1) ORDER BY company_id, position",
        ids,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(by_owner(
        rows.map(|row| (row.company_id, row.position, email_key(&row.value))),
    ))
}

/// Contacts that any of the keys may mean; those without a company by their phones and e-mails.
pub(in crate::imports) async fn contact_ids(
    conn: &mut PgConnection,
    amo_ids: &[i64],
    companies: &[Uuid],
    digits: &[String],
    emails: &[String],
) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM contacts WHERE amocrm_contact_id = ANY($1)
           UNION
           SELECT id FROM contacts WHERE company_id = ANY($2)
           UNION
           SELECT contact_id FROM contact_phones AS phone
           JOIN contacts AS contact ON contact.id = phone.contact_id AND contact.company_id IS NULL
           WHERE digits <> '' AND digits = ANY($3)
           UNION
           SELECT contact_id FROM contact_emails AS email
           JOIN contacts AS contact ON contact.id = email.contact_id AND contact.company_id IS NULL
           WHERE lower(value) = ANY($4)"#,
        amo_ids,
        companies,
        digits,
        emails,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::imports) async fn contacts(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Record>> {
    let rows = sqlx::query!(
        "SELECT id, amocrm_contact_id, company_id, first_name, last_name, position, note, imported_fields, status,
                do_not_call_at, do_not_call_reason
         FROM contacts WHERE id = ANY($1) ORDER BY id",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let phones = sqlx::query!(
        "SELECT contact_id AS owner, position, digits, extension, raw FROM contact_phones
         WHERE contact_id = ANY($1) ORDER BY contact_id, position",
        ids,
    );
    let phones = phones.fetch_all(&mut *conn).await?.into_iter();
    let phones = phones.map(|row| {
        (
            row.owner,
            row.position,
            phone_key(&row.digits, &row.extension, &row.raw),
        )
    });
    let emails = sqlx::query!(
        "SELECT contact_id AS owner, position, value FROM contact_emails
         WHERE contact_id = ANY($1) ORDER BY contact_id, position",
        ids,
    );
    let emails = emails.fetch_all(conn).await?.into_iter();
    let emails = emails.map(|row| (row.owner, row.position, email_key(&row.value)));
    let (mut phones, mut emails) = (by_owner(phones), by_owner(emails));
    let records = rows.into_iter().map(|row| Record {
        id: row.id,
        amo_id: row.amocrm_contact_id,
        phones: phones.remove(&row.id).unwrap_or_default(),
        emails: emails.remove(&row.id).unwrap_or_default(),
        imported: Imported::read(row.imported_fields.as_ref(), &CONTACT_FIELDS),
        values: vec![
            row.first_name,
            row.last_name,
            row.position,
            row.note,
            row.company_id.map(|id| id.to_string()).unwrap_or_default(),
            row.status,
            do_not_call(row.do_not_call_at.is_some(), &row.do_not_call_reason),
        ],
        do_not_call_at: row.do_not_call_at,
    });
    Ok(records.collect())
}

fn by_owner(rows: impl Iterator<Item = (Uuid, i32, String)>) -> HashMap<Uuid, Channels> {
    let mut owners: HashMap<Uuid, Channels> = HashMap::new();
    for (owner, position, key) in rows {
        let channels = owners.entry(owner).or_default();
        channels.next = channels.next.max(position + 1);
        channels.keys.push(key);
    }
    owners
}

/// Keys that belong to records in the trash, and to merged ones that may be parted again.
pub(in crate::imports) async fn spent(conn: &mut PgConnection) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"WITH tables AS (
               SELECT jsonb_array_elements(rows) AS part FROM trash
               UNION ALL
               SELECT jsonb_array_elements(snapshot) FROM merges, jsonb_array_elements(kept -> 'snapshots') AS snapshot
               WHERE kept IS NOT NULL
           )
           SELECT (row ->> 'id')::uuid AS "id!"
           FROM tables, jsonb_array_elements(part -> 'rows') AS row
           WHERE part ->> 'table' IN ('companies', 'contacts')
           UNION
           SELECT record_id FROM merged_records"#,
    )
    .fetch_all(conn)
    .await
}
