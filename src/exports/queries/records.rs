//! Records with everything that a row shows, a thousand at a time.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::values::Phone;

/// A phone or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::exports) struct Channel {
    /// Of a contact; of a company empty.
    pub(in crate::exports) kind: String,
    /// As people read it.
    pub(in crate::exports) shown: String,
    pub(in crate::exports) comment: String,
}

/// A note.
#[derive(Clone, Debug)]
pub(in crate::exports) struct NoteRecord {
    pub(in crate::exports) created_at: DateTime<Utc>,
    pub(in crate::exports) author: String,
    pub(in crate::exports) text: String,
}

/// A company.
#[derive(Clone, Debug)]
pub(in crate::exports) struct CompanyRecord {
    pub(in crate::exports) id: Uuid,
    pub(in crate::exports) amo_id: Option<i64>,
    pub(in crate::exports) name: String,
    pub(in crate::exports) legal_name: String,
    pub(in crate::exports) inn: String,
    pub(in crate::exports) kpp: String,
    pub(in crate::exports) ogrn: String,
    pub(in crate::exports) region: String,
    pub(in crate::exports) address: String,
    pub(in crate::exports) website: String,
    pub(in crate::exports) activity_kind: String,
    pub(in crate::exports) lead_state: String,
    pub(in crate::exports) status: String,
    pub(in crate::exports) responsible: Option<i64>,
    pub(in crate::exports) branch: String,
    pub(in crate::exports) head: String,
    pub(in crate::exports) head_id: Option<Uuid>,
    pub(in crate::exports) contract_type: String,
    pub(in crate::exports) contract_until: Option<NaiveDate>,
    pub(in crate::exports) contract_amount: String,
    pub(in crate::exports) do_not_call_at: Option<DateTime<Utc>>,
    pub(in crate::exports) do_not_call_reason: String,
    pub(in crate::exports) time_zone: String,
    pub(in crate::exports) working_hours: String,
    pub(in crate::exports) contact_name: String,
    pub(in crate::exports) contact_position: String,
    pub(in crate::exports) created_at: DateTime<Utc>,
    pub(in crate::exports) updated_at: DateTime<Utc>,
    pub(in crate::exports) spheres: Vec<i64>,
    pub(in crate::exports) phones: Vec<Channel>,
    pub(in crate::exports) emails: Vec<Channel>,
    pub(in crate::exports) notes: Vec<NoteRecord>,
}

/// A person.
#[derive(Clone, Debug)]
pub(in crate::exports) struct ContactRecord {
    pub(in crate::exports) id: Uuid,
    pub(in crate::exports) company_id: Option<Uuid>,
    pub(in crate::exports) amo_id: Option<i64>,
    pub(in crate::exports) company: String,
    pub(in crate::exports) last_name: String,
    pub(in crate::exports) first_name: String,
    pub(in crate::exports) position: String,
    pub(in crate::exports) status: String,
    pub(in crate::exports) note: String,
    pub(in crate::exports) do_not_call_at: Option<DateTime<Utc>>,
    pub(in crate::exports) do_not_call_reason: String,
    pub(in crate::exports) created_at: DateTime<Utc>,
    pub(in crate::exports) updated_at: DateTime<Utc>,
    pub(in crate::exports) phones: Vec<Channel>,
    pub(in crate::exports) emails: Vec<Channel>,
}

type ByOwner<T> = HashMap<Uuid, Vec<T>>;

fn by_owner<T>(rows: impl Iterator<Item = (Uuid, T)>) -> ByOwner<T> {
    let mut owners: ByOwner<T> = HashMap::new();
    for (owner, row) in rows {
        owners.entry(owner).or_default().push(row);
    }
    owners
}

fn phone((kind, e164, extension, raw): (String, String, String, String), comment: String) -> Channel {
    let phone = Phone {
        raw,
        e164,
        extension,
        digits: String::new(),
    };
    Channel {
        kind,
        shown: phone.display(),
        comment,
    }
}

/// Companies with these keys, in their order.
pub(in crate::exports) async fn companies(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<CompanyRecord>> {
    let mut records = bare_companies(conn, ids).await?;
    let mut phones = company_phones(conn, ids).await?;
    let mut emails = company_emails(conn, ids).await?;
    let mut notes = notes(conn, ids).await?;
    for record in &mut records {
        record.phones = phones.remove(&record.id).unwrap_or_default();
        record.emails = emails.remove(&record.id).unwrap_or_default();
        record.notes = notes.remove(&record.id).unwrap_or_default();
    }
    Ok(records)
}

async fn bare_companies(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<CompanyRecord>> {
    let rows = sqlx::query!(
        r#"SELECT company.id, company.amocrm_company_id, company.name, company.legal_name, company.inn, company.kpp,
                  company.ogrn, COALESCE(region.name, '') AS "region!", company.address, company.website,
                  company.activity_kind, company.lead_state, COALESCE(status.name, '') AS "status!",
                  company.responsible_id, COALESCE(branch.name, '') AS "branch!", COALESCE(head.name, '') AS "head!",
                  COALESCE(contract.name, '') AS "contract_type!", company.contract_until,
                  COALESCE(company.contract_amount::text, '') AS "contract_amount!",
                  company.do_not_call_at, company.do_not_call_reason, company.time_zone, company.working_hours, company.head_company_id,
                  company.contact_name, company.contact_position, company.created_at, company.updated_at,
                  ARRAY(SELECT sphere_id FROM company_sphere_links WHERE company_id = company.id ORDER BY sphere_id)
                      AS "spheres!"
           FROM unnest($1::uuid[]) WITH ORDINALITY AS picked (id, place)
           JOIN companies AS company ON company.id = picked.id
           LEFT JOIN regions AS region ON region.id = company.region_id
           LEFT JOIN company_statuses AS status ON status.id = company.status_id
           LEFT JOIN branches AS branch ON branch.id = company.branch_id
           LEFT JOIN companies AS head ON head.id = company.head_company_id
           LEFT JOIN contract_types AS contract ON contract.code = company.contract_type
           ORDER BY picked.place"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let records = rows.into_iter().map(|row| CompanyRecord {
        id: row.id,
        amo_id: row.amocrm_company_id,
        name: row.name,
        legal_name: row.legal_name,
        inn: row.inn,
        kpp: row.kpp,
        ogrn: row.ogrn,
        region: row.region,
        address: row.address,
        website: row.website,
        activity_kind: row.activity_kind,
        lead_state: row.lead_state,
        status: row.status,
        responsible: row.responsible_id,
        branch: row.branch,
        head: row.head,
        head_id: row.head_company_id,
        contract_type: row.contract_type,
        contract_until: row.contract_until,
        contract_amount: row.contract_amount,
        do_not_call_at: row.do_not_call_at,
        do_not_call_reason: row.do_not_call_reason,
        time_zone: row.time_zone,
        working_hours: row.working_hours,
        contact_name: row.contact_name,
        contact_position: row.contact_position,
        created_at: row.created_at,
        updated_at: row.updated_at,
        spheres: row.spheres,
        phones: Vec::new(),
        emails: Vec::new(),
        notes: Vec::new(),
    });
    Ok(records.collect())
}

async fn company_phones(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<ByOwner<Channel>> {
    let rows = sqlx::query!(
        "SELECT company_id, e164, extension, raw, comment FROM company_phones
         WHERE company_id = ANY($1) ORDER BY company_id, position, id",
        ids,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(by_owner(rows.map(|row| {
        let number = (String::new(), row.e164, row.extension, row.raw);
        (row.company_id, phone(number, row.comment))
    })))
}

async fn company_emails(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<ByOwner<Channel>> {
    let rows = sqlx::query!(
        "SELECT company_id, value, comment FROM company_emails
         WHERE company_id = ANY($1) ORDER BY company_id, position, id",
        ids,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    let channel = |shown, comment| Channel {
        kind: String::new(),
        shown,
        comment,
    };
    Ok(by_owner(
        rows.map(|row| (row.company_id, channel(row.value, row.comment))),
    ))
}

/// The newest first, each cut to what a cell can hold.
async fn notes(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<ByOwner<NoteRecord>> {
    let rows = sqlx::query!(
        r#"SELECT note.company_id, note.created_at, note.text, COALESCE(author.name, '') AS "author!"
           FROM notes AS note
           LEFT JOIN users AS author ON author.id = note.author_id
           WHERE note.company_id = ANY($1)
           ORDER BY note.company_id, note.created_at DESC, note.id DESC"#,
        ids,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(by_owner(rows.map(|row| {
        let note = NoteRecord {
            created_at: row.created_at,
            author: row.author,
            text: row.text,
        };
        (row.company_id, note)
    })))
}

/// People with these keys, in their order.
pub(in crate::exports) async fn contacts(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<ContactRecord>> {
    let rows = sqlx::query!(
        r#"SELECT contact.id, contact.company_id, contact.amocrm_contact_id, COALESCE(company.name, '') AS "company!",
                  contact.last_name, contact.first_name, contact.position, contact.status, contact.note,
                  contact.do_not_call_at, contact.do_not_call_reason, contact.created_at, contact.updated_at
           FROM unnest($1::uuid[]) WITH ORDINALITY AS picked (id, place)
           JOIN contacts AS contact ON contact.id = picked.id
           LEFT JOIN companies AS company ON company.id = contact.company_id
           ORDER BY picked.place"#,
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let (mut phones, mut emails) = contact_channels(conn, ids).await?;
    let records = rows.into_iter().map(|row| ContactRecord {
        phones: phones.remove(&row.id).unwrap_or_default(),
        emails: emails.remove(&row.id).unwrap_or_default(),
        id: row.id,
        company_id: row.company_id,
        amo_id: row.amocrm_contact_id,
        company: row.company,
        last_name: row.last_name,
        first_name: row.first_name,
        position: row.position,
        status: row.status,
        note: row.note,
        do_not_call_at: row.do_not_call_at,
        do_not_call_reason: row.do_not_call_reason,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(records.collect())
}

async fn contact_channels(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<(ByOwner<Channel>, ByOwner<Channel>)> {
    let phones = sqlx::query!(
        "SELECT contact_id, kind, e164, extension, raw, comment FROM contact_phones
         WHERE contact_id = ANY($1) ORDER BY contact_id, position, id",
        ids,
    );
    let phones = phones.fetch_all(&mut *conn).await?.into_iter();
    let phones = phones.map(|row| {
        let number = (row.kind, row.e164, row.extension, row.raw);
        (row.contact_id, phone(number, row.comment))
    });
    let emails = sqlx::query!(
        "SELECT contact_id, kind, value, comment FROM contact_emails
         WHERE contact_id = ANY($1) ORDER BY contact_id, position, id",
        ids,
    );
    let emails = emails.fetch_all(conn).await?.into_iter();
    let emails = emails.map(|row| {
        let channel = Channel {
            kind: row.kind,
            shown: row.value,
            comment: row.comment,
        };
        (row.contact_id, channel)
    });
    Ok((by_owner(phones), by_owner(emails)))
}

/// Names of all spheres.
pub(in crate::exports) async fn spheres(conn: &mut PgConnection) -> Sql<HashMap<i64, String>> {
    let rows = sqlx::query!("SELECT id, name FROM company_spheres")
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
