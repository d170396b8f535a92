//! SQL of the rules on second factors.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Sql, role};
use crate::policy::Role;
use crate::values::UserId;

/// Whether people of this role need a second factor.
pub(in crate::accounts) async fn is_required(conn: &mut PgConnection, role: Role) -> Sql<bool> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM second_factor_rules WHERE role = $1) AS "found!""#,
        role.code(),
    );
    found.fetch_one(conn).await
}

/// Roles that need one.
pub(in crate::accounts) async fn required(conn: &mut PgConnection) -> Sql<Vec<Role>> {
    let codes = sqlx::query_scalar!("SELECT role FROM second_factor_rules");
    let codes = codes.fetch_all(conn).await?;
    Ok(codes.iter().map(|code| role(code)).collect())
}

/// One change of the rules after another.
pub(in crate::accounts) async fn lock(conn: &mut PgConnection) -> Sql<()> {
    const RULES_LOCK: i64 = 0x0043_524d_0003;
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", RULES_LOCK)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn require(conn: &mut PgConnection, role: Role, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO second_factor_rules (role, required_at) VALUES ($1, $2) ON CONFLICT (role) DO NOTHING",
        role.code(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::accounts) async fn release(conn: &mut PgConnection, role: Role) -> Sql<()> {
    sqlx::query!("DELETE FROM second_factor_rules WHERE role = $1", role.code())
        .execute(conn)
        .await?;
    Ok(())
}

/// People of this role without a second factor; nobody of them signs in or turns one off until the transaction ends.
pub(in crate::accounts) async fn hold_without(conn: &mut PgConnection, role: Role) -> Sql<Vec<UserId>> {
    // All of the role are held first: whoever waits here for somebody's sign-in sees what it has done.
    sqlx::query!(
        "SELECT id FROM users WHERE role = $1 ORDER BY id FOR NO KEY UPDATE",
        role.code()
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids = sqlx::query_scalar!(
        "SELECT id FROM users
         WHERE role = $1 AND NOT EXISTS (SELECT FROM second_factors WHERE second_factors.user_id = users.id)",
        role.code(),
    );
    let ids = ids.fetch_all(conn).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Holds a person's row until the transaction ends.
pub(in crate::accounts) async fn hold_person(conn: &mut PgConnection, id: UserId) -> Sql<()> {
    sqlx::query!("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(())
}
