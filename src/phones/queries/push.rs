//! Where wake-ups are sent, and how they go.

use sqlx::PgConnection;

use super::Sql;
use crate::phones::model::{PushState, Sleeper};
use crate::values::{PhoneId, UserId};

/// Phones of a person that can be woken.
pub(in crate::phones) async fn sleepers(conn: &mut PgConnection, user: UserId) -> Sql<Vec<Sleeper>> {
    sqlx::query_as!(
        Sleeper,
        r#"SELECT id AS "id: PhoneId", push_token AS token
           FROM phone_devices
           WHERE user_id = $1 AND push_token <> '' AND session_id IS NOT NULL
           ORDER BY last_seen_at DESC, id"#,
        user.0,
    )
    .fetch_all(conn)
    .await
}

/// Forgets a token, unless the phone has said another one since.
pub(in crate::phones) async fn forget_push(conn: &mut PgConnection, phone: &Sleeper) -> Sql<()> {
    sqlx::query!(
        "UPDATE phone_devices SET push_token = '' WHERE id = $1 AND push_token = $2",
        phone.id.0,
        phone.token,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a wake-up was taken; not more often than each five seconds.
pub(in crate::phones) async fn note_sent(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query!(
        "UPDATE push_state SET sent_at = now() WHERE sent_at IS NULL OR sent_at < now() - interval '5 seconds'"
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes what went wrong; the same thing not more often than each five seconds.
pub(in crate::phones) async fn note_error(conn: &mut PgConnection, error: &str) -> Sql<()> {
    sqlx::query!(
        "UPDATE push_state SET error = left($1, 500), error_at = now()
         WHERE error <> left($1, 500) OR error_at IS NULL OR error_at < now() - interval '5 seconds'",
        error,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How waking goes.
pub(in crate::phones) async fn push_state(conn: &mut PgConnection) -> Sql<PushState> {
    sqlx::query_as!(
        PushState,
        r#"SELECT sent_at, error, error_at,
                  (SELECT count(*) FROM phone_devices WHERE push_token <> '' AND session_id IS NOT NULL) AS "phones!"
           FROM push_state"#
    )
    .fetch_one(conn)
    .await
}
