//! Steps of calls. Each is one statement that takes the step and writes it down, or does neither.

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::Sql;
use crate::calls::model::{Answer, Command, Known};
use crate::values::{CallId, CompanyId, ContactId, NoteId, Phone, PhoneId, UserId};

/// Which process this is, for the history of a call.
fn instance() -> String {
    std::process::id().to_string()
}

/// The clicks of one person one after another.
pub(in crate::calls) async fn lock(conn: &mut PgConnection, user: UserId) -> Sql<()> {
    // «call» in letters.
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(1667329132, hashtext($1))",
        user.to_string()
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The request that this click means already: of the same key, or one to the same number that still waits, or was made
/// moments ago.
pub(in crate::calls) async fn same(
    conn: &mut PgConnection,
    user: UserId,
    key: Uuid,
    (phone, company, contact): (&Phone, Option<CompanyId>, Option<ContactId>),
) -> Sql<Option<CallId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: CallId"
           FROM call_requests
           WHERE user_id = $1
             AND (click_key = $2
                  OR created_at > now() - interval '5 minutes'
                     AND phone = $3 AND extension = $6
                     AND company_id IS NOT DISTINCT FROM $4 AND contact_id IS NOT DISTINCT FROM $5
                     AND (state IN ('pending', 'delivered') AND expires_at > now()
                          OR state IN ('acked', 'dialing') AND created_at > now() - interval '5 seconds'))
           ORDER BY created_at DESC
           LIMIT 1"#,
        user.0,
        key,
        phone.e164,
        company.map(|id| id.0),
        contact.map(|id| id.0),
        phone.extension,
    )
    .fetch_optional(conn)
    .await
}

/// Ends the requests that still wait for a phone of this person: a newer click takes their place, or their time is over.
pub(in crate::calls) async fn supersede(conn: &mut PgConnection, user: UserId) -> Sql<()> {
    sqlx::query!(
        "WITH ended AS (
             UPDATE call_requests
             SET state = CASE WHEN expires_at > now() THEN 'superseded' ELSE 'expired' END, closed_at = now()
             WHERE user_id = $1 AND state IN ('pending', 'delivered')
             RETURNING id, state, device_id
         )
         INSERT INTO call_steps (call_id, step, device_id, instance) SELECT id, state, device_id, $2 FROM ended",
        user.0,
        instance(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A new request.
pub(in crate::calls) async fn insert(
    conn: &mut PgConnection,
    user: UserId,
    key: Uuid,
    (phone, company, contact): (&Phone, Option<CompanyId>, Option<ContactId>),
) -> Sql<CallId> {
    let id = CallId::new();
    sqlx::query!(
        "WITH made AS (
             INSERT INTO call_requests
                 (id, user_id, created_by, company_id, contact_id, phone, extension, note, click_key, expires_at)
             SELECT $1, $2, $2, $3, $4, $5, $6, 'UI click', $7, now() + make_interval(secs => ttl_seconds)
             FROM call_settings
             RETURNING id
         )
         INSERT INTO call_steps (call_id, step, instance) SELECT id, 'pending', $8 FROM made",
        id.0,
        user.0,
        company.map(|id| id.0),
        contact.map(|id| id.0),
        phone.e164,
        phone.extension,
        key,
        instance(),
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Gives the waiting request to this phone, or the one that was given to it before and is not confirmed (C3). A phone that
/// does not confirm is told once. `None`: there is none, or another phone is being told this moment.
pub(in crate::calls) async fn claim(
    conn: &mut PgConnection,
    (user, phone): (UserId, PhoneId),
    confirms: bool,
) -> Sql<Option<Command>> {
    sqlx::query_as!(
        Command,
        r#"WITH next AS (
               SELECT id, state
               FROM call_requests
               WHERE user_id = $1
                 AND (state = 'pending' OR state = 'delivered' AND device_id = $2)
                 AND state IN ('pending', 'delivered')
                 AND expires_at > now()
               ORDER BY created_at
               LIMIT 1
               FOR UPDATE SKIP LOCKED
           ),
           told AS (
               UPDATE call_requests AS call
               SET state = CASE WHEN $3 THEN 'delivered' ELSE 'acked' END,
                   device_id = $2,
                   delivered_at = COALESCE(delivered_at, now()),
                   acked_at = CASE WHEN $3 THEN NULL ELSE now() END
               FROM next
               WHERE call.id = next.id
               RETURNING call.id, call.phone, call.extension, call.company_id, call.contact_id, call.note, call.created_at,
                         call.expires_at, next.state AS before
           ),
           steps AS (
               INSERT INTO call_steps (call_id, step, device_id, instance)
               SELECT id, CASE WHEN before = 'pending' THEN 'delivered' ELSE 'redelivered' END, $2, $4 FROM told
           )
           SELECT id AS "id!: CallId", phone AS "phone!", extension AS "extension!", company_id AS company,
                  contact_id AS contact, note AS "note!", created_at AS "created_at!",
                  (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint AS "ttl_ms!"
           FROM told"#,
        user.0,
        phone.0,
        confirms,
        instance(),
    )
    .fetch_optional(conn)
    .await
}

/// A phone confirms that it has a request (C4); whether that is new. Too late is too late.
pub(in crate::calls) async fn acknowledge(conn: &mut PgConnection, id: CallId, phone: PhoneId) -> Sql<bool> {
    let done = sqlx::query!(
        "WITH acked AS (
             UPDATE call_requests SET state = 'acked', acked_at = now()
             WHERE id = $1 AND device_id = $2 AND state = 'delivered' AND expires_at > now()
             RETURNING id
         )
         INSERT INTO call_steps (call_id, step, device_id, instance) SELECT id, 'acked', $2, $3 FROM acked",
        id.0,
        phone.0,
        instance(),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes down what is known of a call after a report of its phone.
pub(in crate::calls) async fn report(
    conn: &mut PgConnection,
    (id, phone): (CallId, PhoneId),
    known: &Known,
    step: &str,
) -> Sql<()> {
    let details = &known.details;
    sqlx::query!(
        "WITH told AS (
             UPDATE call_requests
             SET state = $3,
                 closed_at = CASE WHEN $4 THEN COALESCE(closed_at, now()) END,
                 acked_at = COALESCE(acked_at, now()),
                 dialing_at = COALESCE(dialing_at, CASE WHEN $5 THEN now() END),
                 talking_at = COALESCE(talking_at, CASE WHEN $6 THEN now() END),
                 result = $7,
                 report_seq = $8,
                 details = $9,
                 -- Of before what phones say was kept with its weight.
                 started_at = COALESCE($10, started_at),
                 duration_seconds = COALESCE($11, duration_seconds),
                 finished_at = COALESCE($12, finished_at),
                 direction = COALESCE(NULLIF($13, ''), direction),
                 resolve_method = COALESCE(NULLIF($14, ''), resolve_method),
                 action_source = COALESCE(NULLIF($15, ''), action_source),
                 attempts = COALESCE($16, attempts)
             WHERE id = $1
             RETURNING id
         )
         INSERT INTO call_steps (call_id, step, device_id, instance) SELECT id, $17, $2, $18 FROM told",
        id.0,
        phone.0,
        known.state.code(),
        known.state.is_over(),
        known.has_rung,
        known.has_talked,
        known.answer.map(Answer::code),
        known.seq,
        Json(details) as _,
        details.started_at(),
        details.duration(),
        details.finished_at(),
        details.direction(),
        details.resolve_method(),
        details.action_source(),
        details.attempts(),
        step,
        instance(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes an own request back that no phone has confirmed, and answers whose card it is of; `None`: there was none.
pub(in crate::calls) async fn cancel(conn: &mut PgConnection, id: CallId, user: UserId) -> Sql<Option<Option<Uuid>>> {
    sqlx::query_scalar!(
        "WITH ended AS (
             UPDATE call_requests SET state = 'cancelled', closed_at = now(), is_put_away = true
             WHERE id = $1 AND user_id = $2 AND state IN ('pending', 'delivered')
             RETURNING id, company_id
         ),
         steps AS (
             INSERT INTO call_steps (call_id, step, instance) SELECT id, 'cancelled', $3 FROM ended
         )
         SELECT company_id FROM ended",
        id.0,
        user.0,
        instance(),
    )
    .fetch_optional(conn)
    .await
}

/// Puts a call off its person's screen.
pub(in crate::calls) async fn put_away(conn: &mut PgConnection, id: CallId, user: UserId) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE call_requests SET is_put_away = true WHERE id = $1 AND user_id = $2",
        id.0,
        user.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a call back on its person's screen while it is not over: its button was pressed again.
pub(in crate::calls) async fn show_again(conn: &mut PgConnection, id: CallId) -> Sql<()> {
    sqlx::query!(
        "UPDATE call_requests SET is_put_away = false
         WHERE id = $1 AND is_put_away AND outcome IS NULL AND state IN ('pending', 'delivered', 'acked', 'dialing')",
        id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What the person says a call was worth; answers what was said before, if anything; `None`: it is no own call. A call that
/// its phone never spoke of is over by that.
pub(in crate::calls) async fn set_outcome(
    conn: &mut PgConnection,
    (id, user): (CallId, UserId),
    outcome: &str,
) -> Sql<Option<Option<String>>> {
    sqlx::query_scalar!(
        r#"WITH before AS (
               SELECT id, outcome FROM call_requests WHERE id = $1 AND user_id = $2 FOR UPDATE
           ),
           said AS (
               UPDATE call_requests AS call
               SET outcome = $3, outcome_at = now(), is_put_away = true,
                   state = CASE WHEN call.state IN ('acked', 'dialing') THEN 'ended' ELSE call.state END,
                   closed_at = CASE WHEN call.state IN ('acked', 'dialing') THEN now() ELSE call.closed_at END
               FROM before
               WHERE call.id = before.id
               RETURNING call.id
           ),
           steps AS (
               INSERT INTO call_steps (call_id, step, instance) SELECT id, 'outcome_' || $3, $4 FROM said
           )
           SELECT outcome AS "outcome?" FROM before"#,
        id.0,
        user.0,
        outcome,
        instance(),
    )
    .fetch_optional(conn)
    .await
}

/// Remembers the note that was written of a call.
pub(in crate::calls) async fn set_note(conn: &mut PgConnection, id: CallId, note: NoteId) -> Sql<()> {
    sqlx::query!("UPDATE call_requests SET note_id = $2 WHERE id = $1", id.0, note.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends requests whose time is over; answers whose they were.
pub(in crate::calls) async fn expire(conn: &mut PgConnection) -> Sql<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"WITH late AS (
               SELECT id FROM call_requests
               WHERE state IN ('pending', 'delivered') AND expires_at <= now()
               ORDER BY expires_at
               LIMIT 500
               FOR UPDATE SKIP LOCKED
           ),
           ended AS (
               UPDATE call_requests AS call SET state = 'expired', closed_at = now()
               FROM late WHERE call.id = late.id
               RETURNING call.id, call.user_id, call.device_id
           ),
           steps AS (
               INSERT INTO call_steps (call_id, step, device_id, instance)
               SELECT id, 'expired', device_id, $1 FROM ended
           )
           SELECT user_id AS "user!: UserId" FROM ended"#,
        instance(),
    )
    .fetch_all(conn)
    .await
}

/// Ends calls of which the phone never spoke again within a day.
pub(in crate::calls) async fn close_silent(conn: &mut PgConnection) -> Sql<u64> {
    let done = sqlx::query!(
        "WITH silent AS (
             UPDATE call_requests SET state = 'ended', closed_at = now()
             WHERE state IN ('acked', 'dialing') AND created_at < now() - interval '1 day'
             RETURNING id
         )
         INSERT INTO call_steps (call_id, step, instance) SELECT id, 'silent', $1 FROM silent",
        instance(),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Removes a batch of requests that nothing counts any more: those that no phone was told of after a month, steps after
/// three months. What was called stays.
pub(in crate::calls) async fn purge(conn: &mut PgConnection) -> Sql<u64> {
    sqlx::query!(
        "DELETE FROM call_steps WHERE id IN (
             SELECT step.id FROM call_steps AS step
             WHERE step.at < now() - interval '100 days' ORDER BY step.id LIMIT 5000)"
    )
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query!(
        "DELETE FROM call_requests WHERE id IN (
             SELECT id FROM call_requests
             WHERE created_at < now() - interval '30 days'
               AND state IN ('expired', 'superseded', 'cancelled') AND delivered_at IS NULL
               AND NOT is_cold AND outcome IS NULL
             ORDER BY created_at
             LIMIT 5000)"
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Empties numbers and words of the calls of these records: they stay as a number.
pub(in crate::calls) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Sql<u64> {
    let done = sqlx::query!(
        "UPDATE call_requests SET phone = '', extension = '', company_id = NULL, contact_id = NULL
         WHERE company_id = ANY($1) OR contact_id = ANY($1)",
        records,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
