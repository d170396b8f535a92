//! SQL of cold marks and of the queue of calls to come.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::values::{CallId, CompanyId, ContactId, UserId};

/// What is marked: a contact, or the main number of a company. Each with those that have become part of it.
pub(in crate::calls) struct Target {
    /// The company; its calls are meant.
    pub(in crate::calls) companies: Vec<Uuid>,
    /// `None`: the main number.
    pub(in crate::calls) contacts: Option<Vec<Uuid>>,
}

/// Whether it has its mark.
pub(in crate::calls) async fn is_marked(conn: &mut PgConnection, target: &Target) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM cold_marks
               WHERE CASE WHEN $2::uuid[] IS NULL THEN company_id = ANY($1) AND contact_id IS NULL
                          ELSE contact_id = ANY($2) END
           ) AS "is_marked!""#,
        &target.companies,
        target.contacts.as_deref(),
    )
    .fetch_one(conn)
    .await
}

/// The person's newest call there that may be marked: of ten seconds to eight hours ago, and it came to a phone. For a company's
/// own number, it must have been the main one.
pub(in crate::calls) async fn recent(
    conn: &mut PgConnection,
    user: UserId,
    target: &Target,
    main: &str,
) -> Sql<Option<CallId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: CallId"
           FROM call_requests
           WHERE created_by = $1
             AND created_at BETWEEN now() - interval '8 hours' AND now() - interval '10 seconds'
             AND company_id = ANY($2)
             AND CASE WHEN $3::uuid[] IS NULL THEN contact_id IS NULL AND right(phone, 10) = right($4, 10)
                      ELSE contact_id = ANY($3) END
             AND delivered_at IS NOT NULL AND state <> 'cancelled'
           ORDER BY created_at DESC
           LIMIT 1"#,
        user.0,
        &target.companies,
        target.contacts.as_deref(),
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

/// Whose companies wait to be called, and which of them.
#[derive(Clone, Copy)]
pub(in crate::calls) struct Wanted<'a> {
    pub(in crate::calls) user: UserId,
    /// Cold ones, warm ones; `None`: all.
    pub(in crate::calls) is_cold: Option<bool>,
    /// Passed over by hand.
    pub(in crate::calls) skipped: &'a [Uuid],
    /// So many at most.
    pub(in crate::calls) limit: i64,
}

/// Companies that were never called, nor any that became part of them; those changed last first: the index of their person's list is walked until there are
/// enough.
pub(in crate::calls) async fn never_called(conn: &mut PgConnection, wanted: Wanted<'_>) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT company.id
         FROM companies AS company
         WHERE company.responsible_id = $1
           AND company.do_not_call_at IS NULL
           AND ($2::boolean IS NULL OR (company.lead_state = 'cold') = $2)
           AND NOT (company.id = ANY($3))
           AND NOT EXISTS (SELECT FROM call_requests WHERE company_id = company.id AND delivered_at IS NOT NULL)
           AND NOT EXISTS (
               SELECT FROM merged_from(company.id) AS gone (id)
               -- One after the other: joined at once, all calls would be read.
               CROSS JOIN LATERAL (
                   SELECT FROM call_requests WHERE company_id = gone.id AND delivered_at IS NOT NULL LIMIT 1) AS call)
           AND EXISTS (SELECT FROM company_phones AS phone WHERE phone.company_id = company.id AND phone.e164 <> '')
         ORDER BY company.updated_at DESC, company.id DESC
         LIMIT $4",
        wanted.user.0,
        wanted.is_cold,
        wanted.skipped,
        wanted.limit,
    )
    .fetch_all(conn)
    .await
}

/// Companies that were called, but not within three days; the longest ago first.
pub(in crate::calls) async fn called_before(conn: &mut PgConnection, wanted: Wanted<'_>) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT company.id
         FROM companies AS company
         CROSS JOIN LATERAL (
             SELECT max(call.created_at) AS created_at
             FROM (SELECT company.id UNION ALL SELECT gone.id FROM merged_from(company.id) AS gone (id)) AS card
             CROSS JOIN LATERAL (
                 SELECT created_at
                 FROM call_requests
                 WHERE company_id = card.id AND delivered_at IS NOT NULL
                 ORDER BY created_at DESC
                 LIMIT 1
             ) AS call
         ) AS last
         WHERE company.responsible_id = $1
           AND company.do_not_call_at IS NULL
           AND ($2::boolean IS NULL OR (company.lead_state = 'cold') = $2)
           AND NOT (company.id = ANY($3))
           AND last.created_at < now() - interval '3 days'
           AND EXISTS (SELECT FROM company_phones AS phone WHERE phone.company_id = company.id AND phone.e164 <> '')
         ORDER BY last.created_at, company.id
         LIMIT $4",
        wanted.user.0,
        wanted.is_cold,
        wanted.skipped,
        wanted.limit,
    )
    .fetch_all(conn)
    .await
}

/// What tells whether a company may be called now.
pub(in crate::calls) struct Office {
    pub(in crate::calls) id: CompanyId,
    /// Its zone by hand and that of its region; empty: not known.
    pub(in crate::calls) time_zone: String,
    pub(in crate::calls) region_zone: String,
    pub(in crate::calls) working_hours: String,
    /// Numbers that can be dialled.
    pub(in crate::calls) phones: Vec<String>,
}

/// These companies, in this order.
pub(in crate::calls) async fn offices(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Office>> {
    sqlx::query_as!(
        Office,
        r#"SELECT company.id AS "id!: CompanyId", company.time_zone AS "time_zone!",
                  COALESCE(region.time_zone, '') AS "region_zone!", company.working_hours AS "working_hours!",
                  ARRAY(SELECT e164 FROM company_phones AS phone
                        WHERE phone.company_id = company.id AND phone.e164 <> ''
                        ORDER BY position) AS "phones!"
           FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place)
           JOIN companies AS company ON company.id = wanted.id
           LEFT JOIN regions AS region ON region.id = company.region_id
           ORDER BY wanted.place"#,
        ids,
    )
    .fetch_all(conn)
    .await
}
