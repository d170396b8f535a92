//! People.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Sql, beginning};
use crate::search::model::PersonHit;
use crate::values::{CompanyId, ContactId};

/// So many of the latest changed are looked through first: a common word needs no more.
const NEWEST: i64 = 600;
/// So many with a rarer word are compared for the latest changed.
const RARER: i64 = 500;

/// People with all these words in name, position or status, the latest changed first.
///
/// The two ways are two statements: names are few and each is common, so that the planner believes any word to be so,
/// and would walk through all people for one that nobody has.
pub(in crate::search) async fn by_words(conn: &mut PgConnection, query: &str, limit: i64) -> Sql<Vec<Uuid>> {
    let newest: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id
         FROM (SELECT id, search FROM contacts ORDER BY updated_at DESC, id DESC LIMIT $2) AS newest
         WHERE search @@ $1::tsquery
         LIMIT $3",
    )
    .bind(query)
    .bind(NEWEST)
    .bind(limit)
    .persistent(false)
    .fetch_all(&mut *conn)
    .await?;
    if i64::try_from(newest.len()).unwrap_or(i64::MAX) >= limit {
        return Ok(newest);
    }
    sqlx::query_scalar(
        "SELECT id
         FROM (SELECT id, updated_at FROM contacts WHERE search @@ $1::tsquery LIMIT $2) AS found
         ORDER BY updated_at DESC, id DESC
         LIMIT $3",
    )
    .bind(query)
    .bind(RARER)
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await
}

/// People whose phone begins with these digits; seven or fewer may lack the area code.
pub(in crate::search) async fn by_phone(conn: &mut PgConnection, digits: &str, limit: i64) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar(
        "SELECT DISTINCT contact_id
         FROM (SELECT contact_id FROM contact_phones
               WHERE digits <> '' AND (digits LIKE $1 OR right(digits, 7) = $2)
               LIMIT $3) AS found",
    )
    .bind(beginning(digits))
    .bind(digits)
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await
}

/// People whose e-mail begins so.
pub(in crate::search) async fn by_email(conn: &mut PgConnection, email: &str, limit: i64) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar(
        "SELECT DISTINCT contact_id
         FROM (SELECT contact_id FROM contact_emails WHERE lower(value) LIKE $1 LIMIT $2) AS found",
    )
    .bind(beginning(&email.to_lowercase()))
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await
}

/// The people with these keys, in this order.
pub(in crate::search) async fn people(conn: &mut PgConnection, picked: &[Uuid]) -> Sql<Vec<PersonHit>> {
    let rows = sqlx::query!(
        r#"SELECT contact.id, contact.last_name, contact.first_name, contact.position, contact.company_id,
                  COALESCE(company.name, '') AS "company!",
                  CASE WHEN contact.do_not_call_at IS NOT NULL THEN contact.do_not_call_reason END AS do_not_call,
                  COALESCE((SELECT phone.e164 || COALESCE('#' || NULLIF(phone.extension, ''), '') FROM contact_phones AS phone
                            WHERE phone.contact_id = contact.id AND phone.e164 <> ''
                            ORDER BY phone.position LIMIT 1), '') AS "phone!"
           FROM unnest($1::uuid[]) WITH ORDINALITY AS picked (id, place)
           JOIN contacts AS contact ON contact.id = picked.id
           LEFT JOIN companies AS company ON company.id = contact.company_id
           ORDER BY picked.place"#,
        picked,
    )
    .fetch_all(conn)
    .await?;
    let person = rows.into_iter().map(|row| PersonHit {
        id: ContactId(row.id),
        name: format!("{} {}", row.last_name, row.first_name).trim().to_owned(),
        position: row.position,
        company: row.company_id.map(|id| (CompanyId(id), row.company)),
        do_not_call: row.do_not_call,
        phone: row.phone,
        reasons: Vec::new(),
    });
    Ok(person.collect())
}
