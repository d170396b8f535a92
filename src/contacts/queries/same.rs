//! SQL of numbers that several have.

use sqlx::PgConnection;

use super::Sql;
use crate::contacts::actions::But;
use crate::contacts::model::Holder;
use crate::values::{CompanyId, ContactId};

/// So many holders of one number are named.
const NAMED: i64 = 4;

/// Contacts and companies with these numbers, a few for each; the indexes on digits answer. How many numbers there are is
/// hidden from the planner by a sub-select: it would plan anew for each count, which takes ten times as long as to look.
pub(in crate::contacts) async fn holders(
    conn: &mut PgConnection,
    digits: &[String],
    but: But,
) -> Sql<Vec<(String, Holder)>> {
    let rows = sqlx::query!(
        r#"SELECT wanted.digits AS "digits!", found.contact_id AS "contact_id?", found.person AS "person!",
                  company.id AS "company_id?", company.name AS "company?"
           FROM unnest((SELECT $1::text[])) AS wanted (digits)
           CROSS JOIN LATERAL (
               (SELECT DISTINCT contact.id AS contact_id, contact.company_id,
                       concat_ws(' ', NULLIF(contact.last_name, ''), NULLIF(contact.first_name, '')) AS person
                FROM contact_phones AS phone
                JOIN contacts AS contact ON contact.id = phone.contact_id
                WHERE phone.digits = wanted.digits AND phone.digits <> ''
                  AND contact.id IS DISTINCT FROM $2 AND ($3::uuid IS NULL OR contact.company_id IS DISTINCT FROM $3)
                ORDER BY contact.id
                LIMIT $4)
               UNION ALL
               (SELECT DISTINCT NULL::uuid, phone.company_id, ''
                FROM company_phones AS phone
                WHERE phone.digits = wanted.digits AND phone.digits <> '' AND phone.company_id IS DISTINCT FROM $3
                ORDER BY phone.company_id
                LIMIT $4)
           ) AS found
           LEFT JOIN companies AS company ON company.id = found.company_id"#,
        digits,
        but.contact.map(|id| id.0),
        but.company.map(|id| id.0),
        NAMED,
    )
    .fetch_all(conn)
    .await?;
    let holder =
        |contact: Option<uuid::Uuid>, person: String, company: Option<uuid::Uuid>, name: Option<String>| Holder {
            contact: contact.map(ContactId),
            person,
            company: company.map(|id| (CompanyId(id), name.unwrap_or_default())),
        };
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| {
            (
                row.digits,
                holder(row.contact_id, row.person, row.company_id, row.company),
            )
        })
        .collect())
}
