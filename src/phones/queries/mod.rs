//! SQL of phones. Times are the database's.

mod apps;
mod push;

use sqlx::PgConnection;
use uuid::Uuid;

pub(super) use apps::{current_release, insert_release, lock_release, release, releases, set_withdrawn};
pub(super) use push::{forget_push, note_error, note_sent, push_state, sleepers};

use super::model::{LogLine, ONLINE, Pairing, Parsed, Phone};
use crate::values::{PhoneId, UserId};

type Sql<T> = std::result::Result<T, sqlx::Error>;

/// Writes down what a phone says of itself and ties it to the session by which it says so; whether it is a new one.
pub(super) async fn upsert(
    conn: &mut PgConnection,
    (user, session): (UserId, Uuid),
    phone: &Parsed<'_>,
    ip: &str,
) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"INSERT INTO phone_devices (id, user_id, session_id, device_id, name, app_version, push_token, ip, trouble)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (user_id, device_id) DO UPDATE
           SET session_id = excluded.session_id,
               name = COALESCE(NULLIF(excluded.name, ''), phone_devices.name),
               app_version = COALESCE(NULLIF(excluded.app_version, ''), phone_devices.app_version),
               push_token = COALESCE(NULLIF(excluded.push_token, ''), phone_devices.push_token),
               ip = excluded.ip,
               last_seen_at = now()
           RETURNING xmax = 0 AS "is_new!""#,
        PhoneId::new().0,
        user.0,
        session,
        phone.device_id,
        phone.name,
        phone.app_version,
        phone.push_token,
        ip,
        phone.trouble,
    )
    .fetch_one(conn)
    .await
}

/// Adds what a sign of life says.
pub(super) async fn note_health(conn: &mut PgConnection, user: UserId, phone: &Parsed<'_>) -> Sql<()> {
    sqlx::query!(
        "UPDATE phone_devices
         SET is_encrypted = COALESCE($3, is_encrypted),
             last_poll_code = COALESCE($4, last_poll_code),
             last_poll_at = COALESCE($5, last_poll_at),
             trouble = $6
         WHERE user_id = $1 AND device_id = $2",
        user.0,
        phone.device_id,
        phone.sent.encryption_enabled,
        phone.sent.last_poll_code,
        phone
            .sent
            .last_poll_at
            .as_deref()
            .and_then(crate::values::time::from_rfc3339),
        phone.trouble,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a phone asks.
pub(super) async fn seen(conn: &mut PgConnection, id: PhoneId) -> Sql<()> {
    sqlx::query!("UPDATE phone_devices SET last_seen_at = now() WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many phones a person has.
pub(super) async fn count(conn: &mut PgConnection, user: UserId) -> Sql<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM phone_devices WHERE user_id = $1"#,
        user.0
    )
    .fetch_one(conn)
    .await
}

/// Phones of one person, or of everybody; those seen last first.
pub(super) async fn list(conn: &mut PgConnection, user: Option<UserId>, limit: i64) -> Sql<Vec<Phone>> {
    sqlx::query_as!(
        Phone,
        r#"SELECT phone.id AS "id: PhoneId", phone.user_id AS "user: UserId", person.name AS "person!",
                  phone.session_id AS session, phone.device_id, phone.name, phone.app_version, phone.ip, phone.trouble,
                  phone.last_seen_at,
                  (phone.session_id IS NOT NULL AND phone.last_seen_at > now() - make_interval(secs => $3)) AS "is_online!"
           FROM phone_devices AS phone
           JOIN users AS person ON person.id = phone.user_id
           WHERE $1::bigint IS NULL OR phone.user_id = $1
           ORDER BY phone.last_seen_at DESC, phone.id
           LIMIT $2"#,
        user.map(|user| user.0),
        limit,
        f64::from(ONLINE),
    )
    .fetch_all(conn)
    .await
}

/// One phone.
pub(super) async fn find(conn: &mut PgConnection, id: PhoneId) -> Sql<Option<Phone>> {
    sqlx::query_as!(
        Phone,
        r#"SELECT phone.id AS "id: PhoneId", phone.user_id AS "user: UserId", person.name AS "person!",
                  phone.session_id AS session, phone.device_id, phone.name, phone.app_version, phone.ip, phone.trouble,
                  phone.last_seen_at,
                  (phone.session_id IS NOT NULL AND phone.last_seen_at > now() - make_interval(secs => $2)) AS "is_online!"
           FROM phone_devices AS phone
           JOIN users AS person ON person.id = phone.user_id
           WHERE phone.id = $1
           FOR UPDATE OF phone"#,
        id.0,
        f64::from(ONLINE),
    )
    .fetch_optional(conn)
    .await
}

/// Phones that sign in by this session.
pub(super) async fn of_session(conn: &mut PgConnection, session: Uuid) -> Sql<Vec<PhoneId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: PhoneId" FROM phone_devices WHERE session_id = $1"#,
        session
    )
    .fetch_all(conn)
    .await
}

/// Takes a phone off.
pub(super) async fn delete(conn: &mut PgConnection, id: PhoneId) -> Sql<()> {
    sqlx::query!("DELETE FROM phone_devices WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Sessions of a person's phones and programs.
pub(super) async fn token_sessions(conn: &mut PgConnection, user: UserId) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM sessions WHERE user_id = $1 AND kind <> 'browser'",
        user.0
    )
    .fetch_all(conn)
    .await
}

/// The login of a person.
pub(super) async fn login(conn: &mut PgConnection, user: UserId) -> Sql<String> {
    sqlx::query_scalar!("SELECT username FROM users WHERE id = $1", user.0)
        .fetch_one(conn)
        .await
}

/// A new picture; those of the person that nobody has read are worth nothing from now on.
pub(super) async fn insert_pairing(conn: &mut PgConnection, user: UserId, hash: &[u8], minutes: i32) -> Sql<Pairing> {
    sqlx::query!(
        "DELETE FROM phone_pairings WHERE user_id = $1 AND used_at IS NULL",
        user.0
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_as!(
        Pairing,
        r#"INSERT INTO phone_pairings (id, token_hash, user_id, expires_at)
           VALUES ($1, $2, $3, now() + make_interval(mins => $4))
           RETURNING expires_at, used_at, false AS "is_over!""#,
        Uuid::now_v7(),
        hash,
        user.0,
        minutes,
    )
    .fetch_one(conn)
    .await
}

/// How a picture of this person stands.
pub(super) async fn pairing(conn: &mut PgConnection, user: UserId, hash: &[u8]) -> Sql<Option<Pairing>> {
    sqlx::query_as!(
        Pairing,
        r#"SELECT expires_at, used_at, expires_at <= now() AS "is_over!"
           FROM phone_pairings
           WHERE token_hash = $1 AND user_id = $2"#,
        hash,
        user.0,
    )
    .fetch_optional(conn)
    .await
}

/// Uses a picture up and answers whose it is; `None`: unknown, too late, or read before.
pub(super) async fn use_pairing(conn: &mut PgConnection, hash: &[u8]) -> Sql<Option<UserId>> {
    sqlx::query_scalar!(
        r#"UPDATE phone_pairings SET used_at = now()
           WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
           RETURNING user_id AS "user: UserId""#,
        hash,
    )
    .fetch_optional(conn)
    .await
}

/// Keeps lines of an app.
pub(super) async fn insert_logs(
    conn: &mut PgConnection,
    (user, device_id): (UserId, &str),
    lines: &[LogLine],
) -> Sql<()> {
    let column = |of: fn(&LogLine) -> String| lines.iter().map(of).collect::<Vec<_>>();
    sqlx::query!(
        "INSERT INTO phone_logs (user_id, device_id, kind, level, source, payload)
         SELECT $1, $2, line.kind, line.level, line.source, line.payload
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS line (kind, level, source, payload)",
        user.0,
        device_id,
        &column(|line| line.kind.to_owned()),
        &column(|line| line.level.clone()),
        &column(|line| line.source.clone()),
        &column(|line| line.payload.clone()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets old lines, old pictures, and of each person all but the newest two thousand lines.
pub(super) async fn forget(conn: &mut PgConnection) -> Sql<u64> {
    sqlx::query!("DELETE FROM phone_pairings WHERE expires_at < now() - interval '1 day'")
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query!(
        "DELETE FROM phone_logs
         WHERE created_at < now() - interval '14 days'
            OR id IN (SELECT id
                      FROM (SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY id DESC) AS place
                            FROM phone_logs) AS line
                      WHERE place > 2000)"
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The newest lines of an app, for administrators.
pub(super) async fn logs(conn: &mut PgConnection, user: UserId, device_id: &str, limit: i64) -> Sql<Vec<Written>> {
    sqlx::query_as!(
        Written,
        "SELECT kind, level, source, payload, created_at
         FROM phone_logs
         WHERE user_id = $1 AND device_id = $2
         ORDER BY id DESC
         LIMIT $3",
        user.0,
        device_id,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// A line that an app wrote.
pub(super) struct Written {
    pub(super) kind: String,
    pub(super) level: String,
    pub(super) source: String,
    pub(super) payload: String,
    pub(super) created_at: chrono::DateTime<chrono::Utc>,
}
