//! SQL of cold marks and of the queue of calls to come.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::values::{CallId, CompanyId, ContactId, UserId};

/// Whether this contact, or the company's main number, has its mark.
pub(in crate::calls) async fn is_marked(
    conn: &mut PgConnection,
    company: CompanyId,
    contact: Option<ContactId>,
) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM cold_marks
               WHERE CASE WHEN $2::uuid IS NULL THEN company_id = $1 AND contact_id IS NULL ELSE contact_id = $2 END
           ) AS "is_marked!""#,
        company.0,
        contact.map(|id| id.0),
    )
    .fetch_one(conn)
    .await
}

/// The person's newest call there that may be marked: of ten seconds to eight hours ago, and it came to a phone. For a company's own number, it
/// must have been the main one.
pub(in crate::calls) async fn recent(
    conn: &mut PgConnection,
    user: UserId,
    (company, contact): (CompanyId, Option<ContactId>),
    main: &str,
) -> Sql<Option<CallId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: CallId"
           FROM call_requests
           WHERE created_by = $1
             AND created_at BETWEEN now() - interval '8 hours' AND now() - interval '10 seconds'
             AND company_id = $2 AND contact_id IS NOT DISTINCT FROM $3
             AND ($3::uuid IS NOT NULL OR right(phone, 10) = right($4, 10))
             AND delivered_at IS NOT NULL AND state <> 'cancelled'
           ORDER BY created_at DESC
           LIMIT 1"#,
        user.0,
        company.0,
        contact.map(|id| id.0),
        main,
    )
    .fetch_optional(conn)
    .await
}

/// Marks a call.
pub(in crate::calls) async fn mark(
    conn: &mut PgConnection,
    call: CallId,
    (company, contact): (CompanyId, Option<ContactId>),
    user: UserId,
) -> Sql<()> {
    sqlx::query!(
        "WITH marked AS (
             UPDATE call_requests SET is_cold = true WHERE id = $1 RETURNING id
         )
         INSERT INTO cold_marks (call_id, company_id, contact_id, marked_by)
         SELECT id, $2, $3, $4 FROM marked",
        call.0,
        company.0,
        contact.map(|id| id.0),
        user.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A company that waits to be called.
pub(in crate::calls) struct Waiting {
    pub(in crate::calls) id: CompanyId,
    /// When it was called last; `None`: never.
    pub(in crate::calls) called_at: Option<DateTime<Utc>>,
}

/// Companies of a person that may be called and were not called within three days, those never called first.
pub(in crate::calls) async fn queue(
    conn: &mut PgConnection,
    user: UserId,
    is_cold: Option<bool>,
    skipped: &[Uuid],
    limit: i64,
) -> Sql<Vec<Waiting>> {
    sqlx::query_as!(
        Waiting,
        r#"SELECT company.id AS "id: CompanyId", last.called_at AS "called_at?"
           FROM companies AS company
           LEFT JOIN LATERAL (
               SELECT created_at AS called_at
               FROM call_requests
               WHERE company_id = company.id AND delivered_at IS NOT NULL
               ORDER BY created_at DESC
               LIMIT 1
           ) AS last ON true
           WHERE company.responsible_id = $1
             AND company.do_not_call_at IS NULL
             AND ($2::boolean IS NULL OR (company.lead_state = 'cold') = $2)
             AND NOT (company.id = ANY($3))
             AND (last.called_at IS NULL OR last.called_at < now() - interval '3 days')
             AND EXISTS (SELECT FROM company_phones AS phone WHERE phone.company_id = company.id AND phone.e164 <> '')
           ORDER BY last.called_at NULLS FIRST, company.id
           LIMIT $4"#,
        user.0,
        is_cold,
        skipped,
        limit,
    )
    .fetch_all(conn)
    .await
}
