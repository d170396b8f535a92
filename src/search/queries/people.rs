//! People.

use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

use super::{Sql, beginning};
use crate::companies::Terms;
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
pub(in crate::search) async fn by_words(conn: &mut PgConnection, terms: &Terms, limit: i64) -> Sql<Vec<Uuid>> {
    // A word that next to no card has is not among the latest.
    if !terms.way.is_rare {
        let newest = newest(conn, &terms.query, limit).await?;
        if i64::try_from(newest.len()).unwrap_or(i64::MAX) >= limit {
            return Ok(newest);
        }
    }
    let mut query = QueryBuilder::new("SELECT id FROM (SELECT id, updated_at FROM contacts WHERE ");
    terms.push_match(&mut query, "search");
    query.push(" LIMIT ").push(RARER);
    query
        .push(") AS found ORDER BY updated_at DESC, id DESC LIMIT ")
        .push(limit);
    query.build_query_scalar().persistent(false).fetch_all(conn).await
}

/// Those of the latest changed. It has one plan, whatever is looked for, and is prepared.
async fn newest(conn: &mut PgConnection, words: &str, limit: i64) -> Sql<Vec<Uuid>> {
    let mut query =
        QueryBuilder::new("SELECT id FROM (SELECT id, search FROM contacts ORDER BY updated_at DESC, id DESC LIMIT ");
    query
        .push(NEWEST)
        .push(") AS newest WHERE search @@ (SELECT ")
        .push_bind(words);
    query.push("::tsquery) LIMIT ").push(limit);
    query.build_query_scalar().fetch_all(conn).await
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
    if picked.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"SELECT contact.id, contact.last_name, contact.first_name, contact.position, contact.company_id,
                  COALESCE(company.name, '') AS "company!",
                  CASE WHEN contact.do_not_call_at IS NOT NULL THEN contact.do_not_call_reason END AS do_not_call,
                  COALESCE((SELECT phone.e164 || COALESCE('#' || NULLIF(phone.extension, ''), '') FROM contact_phones AS phone
                            WHERE phone.contact_id = contact.id AND phone.e164 <> ''
                            ORDER BY phone.position LIMIT 1), '') AS "phone!"
           FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS picked (id, place)
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
