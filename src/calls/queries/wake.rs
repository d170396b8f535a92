//! Calls for which phones are woken.

use sqlx::PgConnection;

use super::Sql;
use crate::values::{CallId, UserId};

/// The waiting call of a person for whom some phone can be woken, for the first process that asks; with the milliseconds
/// that it has left. One of this moment is left to the phones that listen.
pub(in crate::calls) async fn claim(conn: &mut PgConnection, user: UserId) -> Sql<Option<(CallId, i64)>> {
    let row = sqlx::query!(
        r#"UPDATE call_requests
           SET pushed_at = now()
           WHERE user_id = $1 AND state = 'pending' AND pushed_at IS NULL AND expires_at > now()
             AND created_at <= now() - interval '250 milliseconds'
             AND EXISTS (SELECT FROM phone_devices
                         WHERE user_id = $1 AND push_token <> '' AND session_id IS NOT NULL)
           RETURNING id AS "id: CallId", (extract(epoch FROM expires_at - now()) * 1000)::bigint AS "life!""#,
        user.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.life)))
}

/// Whether a call still waits for a phone.
pub(in crate::calls) async fn is_waiting(conn: &mut PgConnection, call: CallId) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM call_requests
                          WHERE id = $1 AND state = 'pending' AND expires_at > now()) AS "waits!""#,
        call.0,
    )
    .fetch_one(conn)
    .await
}

/// People whose calls wait and for whom nobody has been woken.
pub(in crate::calls) async fn waiting(conn: &mut PgConnection) -> Sql<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT user_id AS "user: UserId" FROM call_requests
           WHERE state = 'pending' AND expires_at > now() AND pushed_at IS NULL"#
    )
    .fetch_all(conn)
    .await
}
