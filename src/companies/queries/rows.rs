//! What the list shows of the companies of a page.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::companies::listed::{Channel, Listed};
use crate::values::{BranchId, CompanyId, Phone, RegionId, SphereId, StatusId, UserId};

/// What the list shows of the picked companies, in their order.
///
/// A statement of its own, which stays prepared. Names of statuses, people and the like are kept in memory by the pages.
pub(super) async fn rows(conn: &mut PgConnection, picked: &[Uuid]) -> Sql<Vec<Listed>> {
    let rows = sqlx::query!(
        r#"SELECT company.id, company.name, company.address, company.inn, company.kpp, company.activity_kind,
                  company.contact_name, company.lead_state, company.contract_type, company.contract_until,
                  company.created_at, company.updated_at, company.name_key, company.status_id, company.responsible_id,
                  company.branch_id, company.region_id, company.do_not_call_at,
                  company.do_not_call_reason,
                  ARRAY(SELECT sphere_id FROM company_sphere_links WHERE company_id = company.id) AS "spheres!"
           FROM unnest($1::uuid[]) WITH ORDINALITY AS picked (id, place)
           JOIN companies AS company ON company.id = picked.id
           ORDER BY picked.place"#,
        picked,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Listed {
            id: CompanyId(row.id),
            name: row.name,
            address: row.address,
            inn: row.inn,
            kpp: row.kpp,
            activity_kind: row.activity_kind,
            contact_name: row.contact_name,
            is_cold: row.lead_state == "cold",
            contract_type: row.contract_type,
            do_not_call: row.do_not_call_at.map(|_| row.do_not_call_reason),
            contract_until: row.contract_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
            name_key: row.name_key,
            status_id: row.status_id.map(StatusId),
            responsible_id: row.responsible_id.map(UserId),
            branch_id: row.branch_id.map(BranchId),
            region_id: row.region_id.map(RegionId),
            spheres: row.spheres.into_iter().map(SphereId).collect(),
        })
        .collect())
}

/// The first phone and the first e-mail of each: asked for only by those who chose these columns.
pub(in crate::companies) async fn channels(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<(CompanyId, Channel)>> {
    let rows = sqlx::query!(
        r#"SELECT wanted.id AS "id!", phone.raw AS "raw?", phone.e164 AS "e164?", phone.extension AS "extension?",
                  phone.digits AS "digits?", email.value AS "email?"
           FROM unnest($1::uuid[]) AS wanted (id)
           LEFT JOIN LATERAL (SELECT raw, e164, extension, digits FROM company_phones
                              WHERE company_id = wanted.id ORDER BY position, id LIMIT 1) AS phone ON true
           LEFT JOIN LATERAL (SELECT value FROM company_emails
                              WHERE company_id = wanted.id ORDER BY position, id LIMIT 1) AS email ON true"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| {
            let phone = row.raw.map(|raw| Phone {
                raw,
                e164: row.e164.unwrap_or_default(),
                extension: row.extension.unwrap_or_default(),
                digits: row.digits.unwrap_or_default(),
            });
            let channel = Channel {
                phone: phone.map(|phone| phone.display()).unwrap_or_default(),
                email: row.email.unwrap_or_default(),
            };
            (CompanyId(row.id), channel)
        })
        .collect())
}

/// How many open tasks of these companies were due before this moment; companies without any are left out.
pub(in crate::companies) async fn overdue(
    conn: &mut PgConnection,
    ids: &[Uuid],
    before: DateTime<Utc>,
) -> Sql<Vec<(CompanyId, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT company_id AS "company!", count(*) AS "count!"
           FROM tasks
           WHERE company_id = ANY($1) AND status IN ('new', 'in_progress') AND due_key < $2
           GROUP BY company_id"#,
        ids,
        before,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (CompanyId(row.company), row.count))
        .collect())
}
