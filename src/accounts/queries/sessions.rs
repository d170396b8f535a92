//! SQL of open sessions as people see them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Sql, role};
use crate::accounts::model::{OpenSession, OwnAccount};
use crate::db::{self, Happened};
use crate::values::{Origin, UserId};

/// Sessions of a person that still let in, the one that was used last first; `since`: the oldest use that counts.
pub(in crate::accounts) async fn open(
    conn: &mut PgConnection,
    user: UserId,
    (now, since): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Sql<Vec<OpenSession>> {
    sqlx::query_as!(
        OpenSession,
        "SELECT id, kind, ip, user_agent, created_at, last_seen_at
         FROM sessions
         WHERE user_id = $1 AND expires_at > $2 AND (kind <> 'browser' OR last_seen_at > $3)
         ORDER BY last_seen_at DESC, id DESC
         LIMIT $4",
        user.0,
        now,
        since,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Ends one session of this person and answers where it was opened; `None`: there is no such session.
pub(in crate::accounts) async fn end_one(conn: &mut PgConnection, user: UserId, session: Uuid) -> Sql<Option<Origin>> {
    let ended = sqlx::query_as!(
        Origin,
        "DELETE FROM sessions WHERE id = $1 AND user_id = $2 RETURNING ip, user_agent",
        session,
        user.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if ended.is_some() {
        db::announce(conn, &[Happened::SessionEnded(session)]).await?;
    }
    Ok(ended)
}

/// What a person's own page shows.
pub(in crate::accounts) async fn account(conn: &mut PgConnection, id: UserId) -> Sql<Option<OwnAccount>> {
    let row = sqlx::query!(
        r#"SELECT person.username, person.name AS "name!", person.email, person.role, person.last_sign_in_at,
                  COALESCE(branch.name, '') AS "branch!",
                  EXISTS (SELECT FROM second_factors WHERE second_factors.user_id = person.id) AS "has_second_factor!"
           FROM users AS person
           LEFT JOIN branches AS branch ON branch.id = person.branch_id
           WHERE person.id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| OwnAccount {
        username: row.username,
        name: row.name,
        email: row.email,
        role: role(&row.role),
        branch: row.branch,
        last_sign_in_at: row.last_sign_in_at,
        has_second_factor: row.has_second_factor,
    }))
}
