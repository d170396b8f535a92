//! Requests for deletion.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::policy::Actor;
use crate::trash::model::{Refusal, Request};
use crate::values::{BranchId, CompanyId, RequestId, UserId};

struct Row {
    id: i64,
    company_id: uuid::Uuid,
    company_name: String,
    requested_by: Option<i64>,
    requester: String,
    reason: String,
    created_at: DateTime<Utc>,
}

impl From<Row> for Request {
    fn from(row: Row) -> Self {
        Self {
            id: RequestId(row.id),
            company: CompanyId(row.company_id),
            company_name: row.company_name,
            requested_by: row.requested_by.map(UserId),
            requester: row.requester,
            reason: row.reason,
            created_at: row.created_at,
        }
    }
}

/// Enters a wish; `None` when another one of the company waits already.
pub(in crate::trash) async fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    (company, name): (CompanyId, &str),
    reason: &str,
    now: DateTime<Utc>,
) -> Sql<Option<RequestId>> {
    let id = sqlx::query_scalar!(
        "INSERT INTO deletion_requests (company_id, company_name, requested_by, reason, created_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (company_id) WHERE status = 'pending' DO NOTHING
         RETURNING id",
        company.0,
        name,
        actor.user.map(|user| user.0),
        reason,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(RequestId))
}

/// The request that waits at a company.
pub(in crate::trash) async fn pending_of(conn: &mut PgConnection, company: CompanyId) -> Sql<Option<Request>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT request.id, request.company_id, request.company_name, request.requested_by,
                  COALESCE(person.name, '') AS "requester!", request.reason, request.created_at
           FROM deletion_requests AS request
           LEFT JOIN users AS person ON person.id = request.requested_by
           WHERE request.company_id = $1 AND request.status = 'pending'"#,
        company.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Request::from))
}

/// A request of a company that waits; `None`: there is none of this key, or it is decided.
pub(in crate::trash) async fn pending(
    conn: &mut PgConnection,
    company: CompanyId,
    id: RequestId,
) -> Sql<Option<Request>> {
    let found = pending_of(conn, company).await?;
    Ok(found.filter(|request| request.id == id))
}

/// Requests that wait, the oldest first, behind `after`: all, or those of companies that `branch` leads.
pub(in crate::trash) async fn waiting(
    conn: &mut PgConnection,
    branch: Option<BranchId>,
    is_all: bool,
    after: RequestId,
    limit: i64,
) -> Sql<Vec<Request>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT request.id, request.company_id, company.name AS company_name, request.requested_by,
                  COALESCE(person.name, '') AS "requester!", request.reason, request.created_at
           FROM deletion_requests AS request
           JOIN companies AS company ON company.id = request.company_id
           LEFT JOIN users AS owner ON owner.id = company.responsible_id
           LEFT JOIN users AS person ON person.id = request.requested_by
           WHERE request.status = 'pending' AND request.id > $1
             AND ($2 OR COALESCE(company.branch_id, owner.branch_id) = $3)
           ORDER BY request.id
           LIMIT $4"#,
        after.0,
        is_all,
        branch.map(|branch| branch.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Request::from).collect())
}

/// Ends a request that waits: `approved`, `refused` or `withdrawn`.
pub(in crate::trash) async fn decide(
    conn: &mut PgConnection,
    actor: &Actor,
    id: RequestId,
    (status, note): (&str, &str),
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE deletion_requests
         SET status = $2, decision_note = $3, decided_by = $4, decided_at = $5
         WHERE id = $1 AND status = 'pending'",
        id.0,
        status,
        note,
        actor.user.map(|user| user.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How this person's latest request about a company ended, when it was refused since then.
pub(in crate::trash) async fn refusal(
    conn: &mut PgConnection,
    company: CompanyId,
    asker: UserId,
    since: DateTime<Utc>,
) -> Sql<Option<Refusal>> {
    let row = sqlx::query!(
        r#"SELECT request.status, request.decision_note, request.decided_at, COALESCE(person.name, '') AS "decider!"
           FROM deletion_requests AS request
           LEFT JOIN users AS person ON person.id = request.decided_by
           WHERE request.company_id = $1 AND request.requested_by = $2
           ORDER BY request.id DESC
           LIMIT 1"#,
        company.0,
        asker.0,
    )
    .fetch_optional(conn)
    .await?;
    let row = row.filter(|row| row.status == "refused");
    Ok(row.and_then(|row| {
        let decided_at = row.decided_at.filter(|at| *at >= since)?;
        Some(Refusal {
            decider: row.decider,
            note: row.decision_note,
            decided_at,
        })
    }))
}

/// Erases the words of all requests about a company.
pub(in crate::trash) async fn erase(conn: &mut PgConnection, company: CompanyId) -> Sql<()> {
    sqlx::query!(
        "UPDATE deletion_requests SET company_name = '', reason = '', decision_note = '' WHERE company_id = $1",
        company.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The wishes about these companies that wait are granted with this word. Answers which.
pub(in crate::trash) async fn close(
    conn: &mut PgConnection,
    actor: &Actor,
    companies: &[uuid::Uuid],
    note: &str,
    now: DateTime<Utc>,
) -> Sql<Vec<i64>> {
    sqlx::query_scalar!(
        "UPDATE deletion_requests
         SET status = 'approved', decision_note = $2, decided_by = $3, decided_at = $4
         WHERE company_id = ANY($1) AND status = 'pending'
         RETURNING id",
        companies,
        note,
        actor.user.map(|user| user.0),
        now,
    )
    .fetch_all(conn)
    .await
}

/// Wishes wait again.
pub(in crate::trash) async fn reopen(conn: &mut PgConnection, requests: &[i64]) -> Sql<()> {
    sqlx::query!(
        "UPDATE deletion_requests AS request
         SET status = 'pending', decision_note = '', decided_by = NULL, decided_at = NULL
         WHERE id = ANY($1)
           AND NOT EXISTS (SELECT FROM deletion_requests AS other
                           WHERE other.company_id = request.company_id AND other.status = 'pending')",
        requests,
    )
    .execute(conn)
    .await?;
    Ok(())
}
