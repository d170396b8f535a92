//! Reading calls.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::Sql;
use crate::calls::model::{Answer, Details, Known, State};
use crate::values::{CallId, CompanyId, PhoneId, UserId};

/// What a poll finds with one look.
pub(in crate::calls) struct Look {
    /// Whose the token is.
    pub(in crate::calls) user: UserId,
    /// The phone that asks; `None`: it is not one of this session.
    pub(in crate::calls) phone: Option<PhoneId>,
    /// It was last written down as seen a while ago.
    pub(in crate::calls) is_stale: bool,
    /// Something waits for it.
    pub(in crate::calls) has_call: bool,
}

/// Who asks, by which phone, and whether something waits; `None`: the session has ended. Sessions end with the dismissal of
/// their people.
pub(in crate::calls) async fn look(
    conn: &mut PgConnection,
    session: Uuid,
    device_id: &str,
    now: DateTime<Utc>,
) -> Sql<Option<Look>> {
    sqlx::query_as!(
        Look,
        r#"SELECT session.user_id AS "user!: UserId", phone.id AS "phone?: PhoneId",
                  COALESCE(phone.last_seen_at < now() - interval '10 seconds', false) AS "is_stale!",
                  EXISTS (
                      SELECT FROM call_requests AS call
                      WHERE call.user_id = session.user_id
                        AND call.state IN ('pending', 'delivered')
                        AND (call.state = 'pending' OR call.device_id = phone.id)
                        AND call.expires_at > now()
                  ) AS "has_call!"
           FROM sessions AS session
           LEFT JOIN phone_devices AS phone
                  ON phone.user_id = session.user_id AND phone.device_id = $2 AND phone.session_id = session.id
           WHERE session.id = $1 AND session.kind <> 'browser' AND session.expires_at > $3"#,
        session,
        device_id,
        now,
    )
    .fetch_optional(conn)
    .await
}

/// The phone of this session to which a call was given, with what is known of the call, held until the transaction ends.
pub(in crate::calls) async fn hold_told(
    conn: &mut PgConnection,
    id: CallId,
    session: Uuid,
) -> Sql<Option<(PhoneId, Known, bool)>> {
    let row = sqlx::query!(
        r#"SELECT phone.id AS "phone: PhoneId", call.state, call.result, call.report_seq,
                  call.dialing_at IS NOT NULL AS "has_rung!", call.talking_at IS NOT NULL AS "has_talked!",
                  call.details AS "details: Json<Details>",
                  call.created_at < now() - interval '1 day' AS "is_old!"
           FROM call_requests AS call
           JOIN phone_devices AS phone ON phone.id = call.device_id AND phone.session_id = $2
           WHERE call.id = $1 AND call.user_id = phone.user_id
           FOR UPDATE OF call"#,
        id.0,
        session,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let known = Known {
            state: State::read(&row.state),
            answer: row.result.as_deref().map(Answer::read),
            seq: row.report_seq,
            has_rung: row.has_rung,
            has_talked: row.has_talked,
            details: row.details.0,
        };
        (row.phone, known, row.is_old)
    }))
}

/// How phones of a person stand: how many are connected, and how many are within reach.
pub(in crate::calls) async fn reach(conn: &mut PgConnection, user: UserId, online: i32) -> Sql<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "all!",
                  count(*) FILTER (WHERE last_seen_at > now() - make_interval(secs => $2)) AS "online!"
           FROM phone_devices
           WHERE user_id = $1 AND session_id IS NOT NULL"#,
        user.0,
        f64::from(online),
    )
    .fetch_one(conn)
    .await?;
    Ok((row.all, row.online))
}

/// A call with the names that a page shows. Company and contact are those that stand for what was called: the cards that it
/// has become part of.
pub(in crate::calls) struct Row {
    pub(in crate::calls) id: CallId,
    pub(in crate::calls) user: UserId,
    pub(in crate::calls) person: String,
    pub(in crate::calls) company: Option<Uuid>,
    pub(in crate::calls) contact: Option<Uuid>,
    /// `None`: there is no such card (any more).
    pub(in crate::calls) company_name: Option<String>,
    pub(in crate::calls) contact_name: Option<String>,
    pub(in crate::calls) phone: String,
    pub(in crate::calls) extension: String,
    /// Why one does not call there; empty: one may.
    pub(in crate::calls) no_call: String,
    pub(in crate::calls) is_cold: bool,
    pub(in crate::calls) state: String,
    pub(in crate::calls) result: Option<String>,
    pub(in crate::calls) outcome: Option<String>,
    pub(in crate::calls) was_told: bool,
    pub(in crate::calls) created_at: DateTime<Utc>,
    pub(in crate::calls) talking_at: Option<DateTime<Utc>>,
    /// How long ago that was, in milliseconds, and how long a request may still be given away; both by this clock.
    pub(in crate::calls) talked_ms: Option<i64>,
    pub(in crate::calls) ttl_ms: i64,
    pub(in crate::calls) duration: Option<i32>,
}

/// The call that is on a person's screen: the newest one that is not put away; a call to which nothing more is to be said
/// goes by itself.
pub(in crate::calls) async fn on_screen(conn: &mut PgConnection, user: UserId) -> Sql<Option<Row>> {
    let newest = sqlx::query_scalar!(
        r#"SELECT id AS "id: CallId"
           FROM call_requests
           WHERE user_id = $1 AND created_at > now() - interval '1 hour'
             AND NOT is_put_away
             AND state NOT IN ('superseded', 'cancelled')
           ORDER BY created_at DESC, id DESC
           LIMIT 1"#,
        user.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    match newest {
        Some(id) => own(conn, id, user).await,
        None => Ok(None),
    }
}

/// One own call.
pub(in crate::calls) async fn own(conn: &mut PgConnection, id: CallId, user: UserId) -> Sql<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT call.id AS "id: CallId", call.user_id AS "user: UserId", person.name AS "person!",
                  COALESCE(company.id, call.company_id) AS company, COALESCE(contact.id, call.contact_id) AS contact,
                  company.name AS "company_name?",
                  NULLIF(concat_ws(' ', contact.last_name, contact.first_name), '') AS contact_name,
                  call.phone, call.extension,
                  COALESCE(NULLIF(contact.do_not_call_reason, ''), company.do_not_call_reason, '') AS "no_call!",
                  call.is_cold, call.state, call.result, call.outcome,
                  call.delivered_at IS NOT NULL AS "was_told!",
                  call.created_at, call.talking_at, call.duration_seconds AS duration,
                  (date_part('epoch', now() - call.talking_at) * 1000)::bigint AS talked_ms,
                  (date_part('epoch', call.expires_at - now()) * 1000)::bigint AS "ttl_ms!"
           FROM call_requests AS call
           JOIN users AS person ON person.id = call.user_id
           LEFT JOIN companies AS company ON company.id = COALESCE(merged_into(call.company_id), call.company_id)
           LEFT JOIN contacts AS contact ON contact.id = COALESCE(merged_into(call.contact_id), call.contact_id)
           WHERE call.id = $1 AND call.user_id = $2"#,
        id.0,
        user.0,
    )
    .fetch_optional(conn)
    .await
}

/// A talk, as whoever calls again wants to know it.
pub(in crate::calls) struct Talk {
    pub(in crate::calls) id: CallId,
    pub(in crate::calls) at: DateTime<Utc>,
    pub(in crate::calls) person: String,
    pub(in crate::calls) state: String,
    pub(in crate::calls) result: Option<String>,
    pub(in crate::calls) outcome: Option<String>,
    pub(in crate::calls) duration: Option<i32>,
    /// What was written of it; `None`: nothing, or it is gone.
    pub(in crate::calls) note: Option<String>,
}

/// The last talk with somebody of these cards.
pub(in crate::calls) async fn last_talk(conn: &mut PgConnection, cards: &[Uuid]) -> Sql<Option<Talk>> {
    sqlx::query_as!(
        Talk,
        r#"SELECT call.id AS "id: CallId", call.created_at AS at, person.name AS "person!", call.state, call.result,
                  call.outcome, call.duration_seconds AS duration, note.text AS "note?"
           FROM call_requests AS call
           JOIN users AS person ON person.id = call.user_id
           LEFT JOIN notes AS note ON note.id = call.note_id
           WHERE call.company_id = ANY($1) AND call.delivered_at IS NOT NULL AND call.is_talk
           ORDER BY call.created_at DESC, call.id DESC
           LIMIT 1"#,
        cards,
    )
    .fetch_optional(conn)
    .await
}

/// Calls that are shown on a card, newest first: those that a phone was told of, of the card and of those (`cards`, with
/// itself) that have become part of it.
pub(in crate::calls) async fn of_cards(
    conn: &mut PgConnection,
    (company, cards): (CompanyId, &[Uuid]),
    by: Option<UserId>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Sql<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT call.id AS "id!: CallId", call.user_id AS "user!: UserId", person.name AS "person!",
                  $6::uuid AS company, COALESCE(contact.id, call.contact_id) AS contact, NULL::text AS company_name,
                  NULLIF(concat_ws(' ', contact.last_name, contact.first_name), '') AS contact_name,
                  call.phone AS "phone!", call.extension AS "extension!",
                  COALESCE(NULLIF(contact.do_not_call_reason, ''),
                           (SELECT do_not_call_reason FROM companies WHERE id = $6), '') AS "no_call!",
                  call.is_cold AS "is_cold!",
                  call.state AS "state!", call.result, call.outcome, true AS "was_told!",
                  call.created_at AS "created_at!", call.talking_at,
                  call.duration_seconds AS duration, NULL::bigint AS talked_ms, 0::bigint AS "ttl_ms!"
           FROM unnest((SELECT $1::uuid[])) AS card (id)
           CROSS JOIN LATERAL (
               SELECT *
               FROM call_requests
               WHERE company_id = card.id
                 AND delivered_at IS NOT NULL
                 AND ($2::bigint IS NULL OR user_id = $2)
                 AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4))
               ORDER BY created_at DESC, id DESC
               LIMIT $5
           ) AS call
           JOIN users AS person ON person.id = call.user_id
           LEFT JOIN merged_records AS gone ON gone.record_id = call.contact_id
           LEFT JOIN contacts AS contact
                  ON contact.id = CASE WHEN gone.record_id IS NULL THEN call.contact_id ELSE merged_into(call.contact_id) END
           ORDER BY call.created_at DESC, call.id DESC
           LIMIT $5"#,
        cards,
        by.map(|user| user.0),
        before.map(|(at, _)| at),
        before.map(|(_, id)| id),
        limit,
        company.0,
    )
    .fetch_all(conn)
    .await
}

/// Who called from these cards.
pub(in crate::calls) async fn callers(conn: &mut PgConnection, cards: &[Uuid]) -> Sql<Vec<(UserId, String)>> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT person.id AS "id: UserId", person.name AS "name!"
           FROM call_requests AS call JOIN users AS person ON person.id = call.user_id
           WHERE call.company_id = ANY($1) AND call.delivered_at IS NOT NULL"#,
        cards,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// People for whose phones something waits.
pub(in crate::calls) async fn awaited(conn: &mut PgConnection) -> Sql<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT user_id AS "user: UserId" FROM call_requests WHERE state = 'pending' AND expires_at > now()"#
    )
    .fetch_all(conn)
    .await
}
