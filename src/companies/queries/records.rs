//! What programs are told of the companies of a page.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::companies::model::{CompanyEmail, CompanyPhone, Fields, Record};
use crate::values::{BranchId, CompanyId, Email, Phone, RegionId, SphereId, StatusId, UserId};

#[expect(clippy::too_many_lines, reason = "one statement and its fields")]
/// These companies, in this order, each with its first phone and e-mail.
pub(in crate::companies) async fn records(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Record>> {
    let rows = sqlx::query!(
        r#"SELECT company.id AS "id!", company.name AS "name!", company.legal_name AS "legal_name!",
                  company.inn AS "inn!", company.kpp AS "kpp!", company.ogrn AS "ogrn!",
                  company.address AS "address!", company.website AS "website!",
                  company.activity_kind AS "activity_kind!", company.lead_state AS "lead_state!",
                  company.contract_type AS "contract_type?", company.contract_until AS "contract_until?",
                  company.contact_name AS "contact_name!", company.contact_position AS "contact_position!",
                  company.status_id AS "status_id?", company.region_id AS "region_id?",
                  company.responsible_id AS "responsible_id?", company.branch_id AS "branch_id?",
                  company.head_company_id AS "head_company_id?", company.version AS "version!",
                  company.created_at AS "created_at!", company.updated_at AS "updated_at!",
                  ARRAY(SELECT sphere_id FROM company_sphere_links AS link
                        WHERE link.company_id = company.id ORDER BY sphere_id) AS "spheres!",
                  phone.e164 AS "e164?", phone.extension AS "extension?", phone.raw AS "raw?",
                  phone.digits AS "digits?", email.value AS "email?"
           FROM unnest($1::uuid[]) WITH ORDINALITY AS picked (id, place)
           JOIN companies AS company ON company.id = picked.id
           LEFT JOIN LATERAL (
               SELECT e164, extension, raw, digits FROM company_phones
               WHERE company_id = company.id ORDER BY position, id LIMIT 1
           ) AS phone ON true
           LEFT JOIN LATERAL (
               SELECT value FROM company_emails WHERE company_id = company.id ORDER BY position, id LIMIT 1
           ) AS email ON true
           ORDER BY picked.place"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let record = rows.into_iter().map(|row| {
        let phone = row.raw.map(|raw| CompanyPhone {
            phone: Phone {
                raw,
                e164: row.e164.unwrap_or_default(),
                extension: row.extension.unwrap_or_default(),
                digits: row.digits.unwrap_or_default(),
            },
            comment: String::new(),
        });
        let email = row.email.and_then(|value| Email::parse(&value).ok());
        Record {
            id: CompanyId(row.id),
            head: row.head_company_id.map(CompanyId),
            responsible: row.responsible_id.map(UserId),
            branch: row.branch_id.map(BranchId),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            fields: Fields {
                name: row.name,
                legal_name: row.legal_name,
                inn: row.inn,
                kpp: row.kpp,
                ogrn: row.ogrn,
                address: row.address,
                website: row.website,
                activity_kind: row.activity_kind,
                lead_state: row.lead_state,
                contract_type: row.contract_type,
                contract_until: row.contract_until,
                contact_name: row.contact_name,
                contact_position: row.contact_position,
                status: row.status_id.map(StatusId),
                region: row.region_id.map(RegionId),
                spheres: row.spheres.into_iter().map(SphereId).collect(),
                phones: phone.into_iter().collect(),
                emails: email
                    .into_iter()
                    .map(|value| CompanyEmail {
                        value,
                        comment: String::new(),
                    })
                    .collect(),
                ..Fields::default()
            },
        }
    });
    Ok(record.collect())
}
