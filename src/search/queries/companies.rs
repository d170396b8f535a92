//! Companies.

use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

use super::Sql;
use crate::companies::Terms;
use crate::search::model::{Candidate, CompanyRow};
use crate::values::UserId;

/// Companies with all these words, the latest changed first.
pub(in crate::search) async fn worded(conn: &mut PgConnection, terms: &Terms, limit: i64) -> Sql<Vec<Candidate>> {
    let mut query = QueryBuilder::new("SELECT id, name_key, inn FROM companies WHERE ");
    terms.push_match(&mut query, "search");
    query.push(" ORDER BY updated_at DESC, id DESC LIMIT ").push(limit);
    query.build_query_as().persistent(false).fetch_all(conn).await
}

/// Companies whose name begins so, the very name first.
pub(in crate::search) async fn begun(conn: &mut PgConnection, key: &str, limit: i64) -> Sql<Vec<Candidate>> {
    sqlx::query_as(
        r"SELECT id, name_key, inn FROM companies
         -- No letter sorts behind U+FFFF, so this is the range of a beginning in the index; other sort orders keep the
         -- first condition right.
         WHERE starts_with(name_key, $1) AND name_key >= $1 AND name_key < $1 || U&'\FFFF'
         ORDER BY name_key, id
         LIMIT $2",
    )
    .bind(key)
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await
}

/// Companies whose names look alike, best first.
pub(in crate::search) async fn similar(conn: &mut PgConnection, key: &str, limit: i64) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar(
        "SELECT id
         FROM (SELECT id, name_key FROM companies WHERE name_key %> $1 LIMIT 200) AS alike
         ORDER BY strict_word_similarity($1, name_key) DESC, id
         LIMIT $2",
    )
    .bind(key)
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await
}

/// A person's companies, the latest changed first.
pub(in crate::search) async fn of_person(conn: &mut PgConnection, person: UserId, limit: i64) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM companies WHERE responsible_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2",
        person.0,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// The companies with these keys, in this order.
pub(in crate::search) async fn rows(conn: &mut PgConnection, picked: &[Uuid]) -> Sql<Vec<CompanyRow>> {
    if picked.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_as!(
        CompanyRow,
        r#"SELECT company.id, company.name, company.legal_name, company.inn, company.kpp, company.ogrn, company.address,
                  company.website, company.activity_kind, company.contact_name, company.contact_position,
                  company.lead_state = 'cold' AS "is_cold!",
                  CASE WHEN company.do_not_call_at IS NOT NULL THEN company.do_not_call_reason END AS do_not_call,
                  COALESCE((SELECT phone.e164 || COALESCE('#' || NULLIF(phone.extension, ''), '') FROM company_phones AS phone
                            WHERE phone.company_id = company.id AND phone.e164 <> ''
                            ORDER BY phone.position LIMIT 1), '') AS "phone!",
                  COALESCE(status.name, '') AS "status!",
                  COALESCE(status.tone, '') AS "status_tone!", COALESCE(person.name, '') AS "responsible!"
           FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS picked (id, place)
           JOIN companies AS company ON company.id = picked.id
           LEFT JOIN company_statuses AS status ON status.id = company.status_id
           LEFT JOIN users AS person ON person.id = company.responsible_id
           ORDER BY picked.place"#,
        picked,
    )
    .fetch_all(conn)
    .await
}
