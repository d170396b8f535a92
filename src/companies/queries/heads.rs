//! Head organisations and their branches.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::companies::model::{BranchOf, Named};
use crate::values::CompanyId;

/// Whoever puts a company under another one holds this advisory lock: two people at once could make a circle, each
/// without seeing the other's half.
const LOCK: i64 = 0x0043_524d_0004;

/// Waits for everybody else who changes head organisations, until the transaction ends.
pub(in crate::companies) async fn lock_heads(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LOCK)
        .execute(conn)
        .await?;
    Ok(())
}

/// The head organisation of a company.
pub(in crate::companies) async fn head_of(conn: &mut PgConnection, id: CompanyId) -> Sql<Option<Named<CompanyId>>> {
    let row = sqlx::query!(
        "SELECT head.id, head.name
         FROM companies AS company JOIN companies AS head ON head.id = company.head_company_id
         WHERE company.id = $1",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Named {
        id: CompanyId(row.id),
        name: row.name,
    }))
}

/// The name of a company that nobody may delete until the transaction ends.
pub(in crate::companies) async fn hold(conn: &mut PgConnection, id: CompanyId) -> Sql<Option<String>> {
    sqlx::query_scalar!("SELECT name FROM companies WHERE id = $1 FOR KEY SHARE", id.0)
        .fetch_optional(conn)
        .await
}

/// Which of these companies are this one or stand under it, however deep.
pub(in crate::companies) async fn under(conn: &mut PgConnection, top: CompanyId, among: &[Uuid]) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"WITH RECURSIVE above AS (
               SELECT id AS start, id FROM unnest($2::uuid[]) AS among (id)
               UNION
               SELECT above.start, company.head_company_id
               FROM above JOIN companies AS company ON company.id = above.id
               WHERE company.head_company_id IS NOT NULL
           )
           SELECT start AS "start!" FROM above WHERE id = $1"#,
        top.0,
        among,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::companies) async fn set_head(conn: &mut PgConnection, id: CompanyId, head: Option<CompanyId>) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies SET head_company_id = $2, version = version + 1 WHERE id = $1",
        id.0,
        head.map(|head| head.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The companies right under a head organisation, by name, and one more than `limit` when there are more.
pub(in crate::companies) async fn branches(conn: &mut PgConnection, head: CompanyId, limit: i64) -> Sql<Vec<BranchOf>> {
    let rows = sqlx::query!(
        r#"SELECT company.id, company.name, company.address, company.lead_state, company.do_not_call_at,
                  company.do_not_call_reason, COALESCE(status.name, '') AS "status!",
                  COALESCE(status.tone, '') AS "status_tone!", COALESCE(person.name, '') AS "responsible!"
           FROM companies AS company
           LEFT JOIN company_statuses AS status ON status.id = company.status_id
           LEFT JOIN users AS person ON person.id = company.responsible_id
           WHERE company.head_company_id = $1
           ORDER BY company.name_key, company.id
           LIMIT $2"#,
        head.0,
        limit + 1,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| BranchOf {
            id: CompanyId(row.id),
            name: row.name,
            address: row.address,
            is_cold: row.lead_state == "cold",
            do_not_call: row.do_not_call_at.map(|_| row.do_not_call_reason),
            status: row.status,
            status_tone: row.status_tone,
            responsible: row.responsible,
        })
        .collect())
}

/// All cards of a company's organisation, the topmost head first, then by name; at most so many.
pub(in crate::companies) async fn organisation(
    conn: &mut PgConnection,
    id: CompanyId,
    limit: i64,
) -> Sql<Vec<Named<CompanyId>>> {
    let rows = sqlx::query!(
        r#"WITH RECURSIVE above AS (
               SELECT id, head_company_id FROM companies WHERE id = $1
               UNION
               SELECT head.id, head.head_company_id
               FROM above JOIN companies AS head ON head.id = above.head_company_id
           ), members AS (
               SELECT id, true AS is_top FROM above WHERE head_company_id IS NULL
               UNION
               SELECT branch.id, false FROM members JOIN companies AS branch ON branch.head_company_id = members.id
           )
           SELECT company.id AS "id!", company.name AS "name!"
           FROM members JOIN companies AS company ON company.id = members.id
           ORDER BY members.is_top DESC, company.name_key, company.id
           LIMIT $2"#,
        id.0,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Named {
            id: CompanyId(row.id),
            name: row.name,
        })
        .collect())
}
