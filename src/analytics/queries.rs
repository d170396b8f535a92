//! SQL of sums and lists of calls. A call counts when its number came to a phone and it was not taken back.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Column, List, Staff, Sums};
use crate::values::{BranchId, UserId};

type Sql<T> = std::result::Result<T, sqlx::Error>;

/// From this moment until that one.
pub(super) type Bounds = (DateTime<Utc>, DateTime<Utc>);

/// People of these roles with what they called, by branch and name.
pub(super) async fn staff(
    conn: &mut PgConnection,
    roles: &[&str],
    branch: Option<BranchId>,
    (from, to): Bounds,
) -> Sql<Vec<Staff>> {
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT person.id, person.name AS "name!", person.branch_id, COALESCE(branch.name, '') AS "branch!",
                  COALESCE(done.calls, 0) AS "calls!", COALESCE(done.talked, 0) AS "talked!",
                  COALESCE(done.cold, 0) AS "cold!", COALESCE(done.seconds, 0) AS "seconds!"
           FROM users AS person
           LEFT JOIN branches AS branch ON branch.id = person.branch_id
           LEFT JOIN LATERAL (
               SELECT count(*) AS calls,
                      count(*) FILTER (WHERE is_talk) AS talked,
                      count(*) FILTER (WHERE is_cold) AS cold,
                      sum(duration_seconds) FILTER (WHERE is_talk)::bigint AS seconds
               FROM call_requests
               WHERE created_by = person.id AND created_at >= $3 AND created_at < $4
                 AND delivered_at IS NOT NULL AND state <> 'cancelled'
           ) AS done ON true
           WHERE person.is_active AND person.role = ANY($1)
             AND ($2::bigint IS NULL OR person.branch_id = $2)
           ORDER BY branch.name NULLS LAST, person.name, person.id"#,
        &roles,
        branch.map(|branch| branch.0),
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Staff {
            id: UserId(row.id),
            name: row.name,
            branch_id: row.branch_id.map(BranchId),
            branch: row.branch,
            sums: Sums {
                calls: row.calls,
                talked: row.talked,
                cold: row.cold,
                seconds: row.seconds,
            },
        })
        .collect())
}

/// Calls of these people by hours of the day (`hour`) or days of the month (`day`) on this zone's clock.
pub(super) async fn columns(
    conn: &mut PgConnection,
    people: &[UserId],
    (unit, zone): (&str, &str),
    (from, to): Bounds,
) -> Sql<Vec<Column>> {
    let people: Vec<i64> = people.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        Column,
        r#"SELECT date_part($2, created_at AT TIME ZONE $3)::int AS "at!", count(*) AS "calls!",
                  count(*) FILTER (WHERE is_talk) AS "talked!"
           FROM call_requests
           WHERE created_by = ANY($1) AND created_at >= $4 AND created_at < $5
             AND delivered_at IS NOT NULL AND state <> 'cancelled'
           GROUP BY 1
           ORDER BY 1"#,
        &people,
        unit,
        zone,
        from,
        to,
    )
    .fetch_all(conn)
    .await
}

/// A call in a list.
pub(super) struct CallRow {
    pub(super) id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) person: UserId,
    pub(super) person_name: String,
    /// The card that stands for it now, like the contact.
    pub(super) company: Option<Uuid>,
    pub(super) company_name: Option<String>,
    pub(super) contact: Option<Uuid>,
    pub(super) contact_name: Option<String>,
    /// Why one does not call there; empty: one may.
    pub(super) no_call: String,
    pub(super) phone: String,
    pub(super) extension: String,
    pub(super) is_cold: bool,
    pub(super) state: String,
    pub(super) result: Option<String>,
    pub(super) outcome: Option<String>,
    pub(super) duration: Option<i32>,
}

/// Calls of these people, newest first: those that the sums count.
pub(super) async fn calls(
    conn: &mut PgConnection,
    (people, list): (&[UserId], List),
    (from, to): Bounds,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Sql<Vec<CallRow>> {
    let people: Vec<i64> = people.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        CallRow,
        r#"SELECT call.id, call.created_at AS at, call.created_by AS "person: UserId", person.name AS "person_name!",
                  company.id AS "company?", company.name AS "company_name?", contact.id AS "contact?",
                  NULLIF(concat_ws(' ', contact.last_name, contact.first_name), '') AS contact_name,
                  COALESCE(NULLIF(contact.do_not_call_reason, ''), company.do_not_call_reason, '') AS "no_call!",
                  call.phone, call.extension, call.is_cold, call.state, call.result, call.outcome,
                  call.duration_seconds AS duration
           FROM call_requests AS call
           JOIN users AS person ON person.id = call.created_by
           LEFT JOIN merged_records AS card ON card.record_id = call.company_id
           LEFT JOIN companies AS company
                  ON company.id = CASE WHEN card.record_id IS NULL THEN call.company_id ELSE merged_into(call.company_id) END
           LEFT JOIN merged_records AS gone ON gone.record_id = call.contact_id
           LEFT JOIN contacts AS contact
                  ON contact.id = CASE WHEN gone.record_id IS NULL THEN call.contact_id ELSE merged_into(call.contact_id) END
           WHERE call.created_by = ANY($1) AND call.created_at >= $4 AND call.created_at < $5
             AND call.delivered_at IS NOT NULL AND call.state <> 'cancelled'
             AND (NOT $2 OR call.is_talk)
             AND (NOT $3 OR call.is_cold)
             AND ($6::timestamptz IS NULL OR (call.created_at, call.id) < ($6, $7))
           ORDER BY call.created_at DESC, call.id DESC
           LIMIT $8"#,
        &people,
        list == List::Talks,
        list == List::Cold,
        from,
        to,
        before.map(|(at, _)| at),
        before.map(|(_, id)| id),
        limit,
    )
    .fetch_all(conn)
    .await
}

/// What else a person did: events of the log, newest first, but for signing in.
pub(super) async fn events(
    conn: &mut PgConnection,
    person: UserId,
    (from, to): Bounds,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Sql<Vec<(Uuid, DateTime<Utc>, String)>> {
    let rows = sqlx::query!(
        r#"SELECT id, at, message
           FROM audit_events
           WHERE actor_id = $1 AND at >= $2 AND at < $3 AND entity <> 'session'
             AND ($4::timestamptz IS NULL OR (at, id) < ($4, $5))
           ORDER BY at DESC, id DESC
           LIMIT $6"#,
        person.0,
        from,
        to,
        before.map(|(at, _)| at),
        before.map(|(_, id)| id),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.at, row.message)).collect())
}

/// A cold call in a report.
pub(super) struct ColdRow {
    pub(super) at: DateTime<Utc>,
    pub(super) phone: String,
    pub(super) company: Option<Uuid>,
    pub(super) contact: Option<Uuid>,
    pub(super) company_name: String,
    pub(super) contact_name: String,
}

/// Cold calls of a person in the order in which they were made.
pub(super) async fn cold(conn: &mut PgConnection, person: UserId, (from, to): Bounds) -> Sql<Vec<ColdRow>> {
    sqlx::query_as!(
        ColdRow,
        r#"SELECT call.created_at AS at, call.phone, COALESCE(company.id, call.company_id) AS company,
                  COALESCE(contact.id, call.contact_id) AS contact, COALESCE(company.name, '') AS "company_name!",
                  COALESCE(NULLIF(concat_ws(' ', contact.last_name, contact.first_name), ''), company.contact_name, '')
                      AS "contact_name!"
           FROM call_requests AS call
           LEFT JOIN merged_records AS card ON card.record_id = call.company_id
           LEFT JOIN companies AS company
                  ON company.id = CASE WHEN card.record_id IS NULL THEN call.company_id ELSE merged_into(call.company_id) END
           LEFT JOIN merged_records AS person ON person.record_id = call.contact_id
           LEFT JOIN contacts AS contact
                  ON contact.id = CASE WHEN person.record_id IS NULL THEN call.contact_id ELSE merged_into(call.contact_id) END
           WHERE call.created_by = $1 AND call.is_cold AND call.created_at >= $2 AND call.created_at < $3
             AND call.note = 'UI click' AND call.state <> 'cancelled'
           ORDER BY call.created_at, call.id
           LIMIT 5000"#,
        person.0,
        from,
        to,
    )
    .fetch_all(conn)
    .await
}

/// Whether a person made cold calls.
pub(super) async fn has_cold(conn: &mut PgConnection, person: UserId, (from, to): Bounds) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM call_requests
               WHERE created_by = $1 AND is_cold AND created_at >= $2 AND created_at < $3
                 AND note = 'UI click' AND state <> 'cancelled'
           ) AS "has!""#,
        person.0,
        from,
        to,
    )
    .fetch_one(conn)
    .await
}

/// What one person called.
pub(super) async fn sums(conn: &mut PgConnection, person: UserId, (from, to): Bounds) -> Sql<Sums> {
    sqlx::query_as!(
        Sums,
        r#"SELECT count(*) AS "calls!",
                  count(*) FILTER (WHERE is_talk) AS "talked!",
                  count(*) FILTER (WHERE is_cold) AS "cold!",
                  COALESCE(sum(duration_seconds) FILTER (WHERE is_talk), 0)::bigint AS "seconds!"
           FROM call_requests
           WHERE created_by = $1 AND created_at >= $2 AND created_at < $3
             AND delivered_at IS NOT NULL AND state <> 'cancelled'"#,
        person.0,
        from,
        to,
    )
    .fetch_one(conn)
    .await
}
