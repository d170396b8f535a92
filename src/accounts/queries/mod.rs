//! SQL of people and branches.

pub(super) mod factor;
pub(super) mod rules;
pub(super) mod sessions;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::actions::{Checked, Credentials, NewAdmin};
use super::model::{Branch, BranchForm, Person, User};
use crate::policy::Role;
use crate::values::{BranchId, UserId};

type Sql<T> = Result<T, sqlx::Error>;

fn role(code: &str) -> Role {
    // The column's CHECK allows no other codes.
    Role::from_code(code).unwrap_or(Role::Manager)
}

pub(super) async fn credentials(conn: &mut PgConnection, username: &str) -> Sql<Option<Credentials>> {
    let row = sqlx::query!(
        "SELECT id, username, password_hash, role, branch_id, is_active
         FROM users
         WHERE lower(username) = lower($1)",
        username,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Credentials {
        id: UserId(row.id),
        username: row.username,
        password_hash: row.password_hash,
        role: role(&row.role),
        branch: row.branch_id.map(BranchId),
        is_active: row.is_active,
    }))
}

/// Whether the password is still the one that was read, and locks it until the transaction ends.
pub(super) async fn hold_password(conn: &mut PgConnection, id: UserId, hash: &str) -> Sql<bool> {
    let held = sqlx::query_scalar!(
        "SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND is_active FOR NO KEY UPDATE",
        id.0,
        hash,
    );
    Ok(held.fetch_optional(conn).await?.is_some())
}

pub(super) async fn touch_sign_in(conn: &mut PgConnection, id: UserId, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!("UPDATE users SET last_sign_in_at = $2 WHERE id = $1", id.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn own_password(conn: &mut PgConnection, id: UserId) -> Sql<Option<(String, String)>> {
    let row = sqlx::query!("SELECT username, password_hash FROM users WHERE id = $1", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| (row.username, row.password_hash)))
}

pub(super) async fn set_password(conn: &mut PgConnection, id: UserId, hash: &str) -> Sql<()> {
    sqlx::query!(
        "UPDATE users SET password_hash = $2, version = version + 1, updated_at = now() WHERE id = $1",
        id.0,
        hash,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn has_admin(conn: &mut PgConnection) -> Sql<bool> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM users WHERE role = 'admin' AND is_active AND password_hash <> ''
           ) AS "found!""#,
    );
    found.fetch_one(conn).await
}

/// [`has_admin`], one transaction after another, as it will be when this one is committed.
pub(super) async fn still_has_admin(conn: &mut PgConnection) -> Sql<bool> {
    const ADMINS_LOCK: i64 = 0x0043_524d_0002;
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", ADMINS_LOCK)
        .execute(&mut *conn)
        .await?;
    has_admin(conn).await
}

pub(super) async fn replace_setup_link(conn: &mut PgConnection, hash: &[u8], now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO setup_links (token_hash, created_at)
         VALUES ($1, $2)
         ON CONFLICT (only_one) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at",
        hash,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn has_setup_link(conn: &mut PgConnection, hash: &[u8]) -> Sql<bool> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM setup_links WHERE token_hash = $1) AS "found!""#,
        hash,
    );
    found.fetch_one(conn).await
}

pub(super) async fn use_setup_link(conn: &mut PgConnection, hash: &[u8]) -> Sql<bool> {
    let done = sqlx::query!("DELETE FROM setup_links WHERE token_hash = $1", hash)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn drop_setup_link(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query!("DELETE FROM setup_links").execute(conn).await?;
    Ok(())
}

pub(super) async fn insert_admin(conn: &mut PgConnection, admin: &NewAdmin, hash: &str) -> Sql<UserId> {
    let id = sqlx::query_scalar!(
        "INSERT INTO users (username, password_hash, first_name, last_name, role)
         VALUES ($1, $2, $3, $4, 'admin')
         RETURNING id",
        admin.username,
        hash,
        admin.first_name,
        admin.last_name,
    );
    id.fetch_one(conn).await.map(UserId)
}

pub(super) async fn people(conn: &mut PgConnection) -> Sql<Vec<Person>> {
    let rows = sqlx::query!(
        r#"SELECT id, name AS "name!", role, branch_id, is_active
           FROM users
           ORDER BY is_active DESC, name, id"#,
    )
    .fetch_all(conn)
    .await?;
    let person = |id, name, role_code: &str, branch: Option<i64>, is_active| Person {
        id: UserId(id),
        name,
        role: role(role_code),
        branch: branch.map(BranchId),
        is_active,
    };
    Ok(rows
        .into_iter()
        .map(|row| person(row.id, row.name, &row.role, row.branch_id, row.is_active))
        .collect())
}

pub(super) async fn name(conn: &mut PgConnection, id: UserId) -> Sql<Option<String>> {
    sqlx::query_scalar!(r#"SELECT name AS "name!" FROM users WHERE id = $1"#, id.0)
        .fetch_optional(conn)
        .await
}

pub(super) async fn users(conn: &mut PgConnection) -> Sql<Vec<User>> {
    let rows = sqlx::query!(
        r#"SELECT person.id, person.username, person.first_name, person.last_name, person.name AS "name!",
                  person.email, person.role, person.branch_id, COALESCE(branch.name, '') AS "branch_name!",
                  person.time_zone, person.is_active, person.last_sign_in_at, person.version,
                  (SELECT count(*) FROM sessions WHERE sessions.user_id = person.id) AS "sessions!",
                  EXISTS (SELECT FROM second_factors WHERE second_factors.user_id = person.id) AS "has_second_factor!",
                  EXISTS (SELECT FROM second_factor_rules AS rule WHERE rule.role = person.role) AS "needs_second_factor!"
           FROM users AS person
           LEFT JOIN branches AS branch ON branch.id = person.branch_id
           ORDER BY person.is_active DESC, person.name, person.id"#,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| User {
            id: UserId(row.id),
            username: row.username,
            first_name: row.first_name,
            last_name: row.last_name,
            name: row.name,
            email: row.email,
            role: role(&row.role),
            branch: row.branch_id.map(BranchId),
            branch_name: row.branch_name,
            time_zone: row.time_zone,
            is_active: row.is_active,
            last_sign_in_at: row.last_sign_in_at,
            sessions: row.sessions,
            has_second_factor: row.has_second_factor,
            needs_second_factor: row.needs_second_factor,
            version: row.version,
        })
        .collect())
}

pub(super) async fn insert_user(conn: &mut PgConnection, form: &Checked, hash: &str) -> Sql<UserId> {
    let id = sqlx::query_scalar!(
        "INSERT INTO users (username, password_hash, first_name, last_name, email, role, branch_id, time_zone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         RETURNING id",
        form.username,
        hash,
        form.first_name,
        form.last_name,
        form.email,
        form.role.code(),
        form.branch.map(|id| id.0),
        form.time_zone,
    );
    id.fetch_one(conn).await.map(UserId)
}

pub(super) async fn update_user(conn: &mut PgConnection, id: UserId, version: i32, form: &Checked) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE users
         SET username = $3, first_name = $4, last_name = $5, email = $6, role = $7, branch_id = $8, time_zone = $9,
             version = version + 1, updated_at = now()
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        form.username,
        form.first_name,
        form.last_name,
        form.email,
        form.role.code(),
        form.branch.map(|id| id.0),
        form.time_zone,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_active(conn: &mut PgConnection, id: UserId, is_active: bool) -> Sql<()> {
    sqlx::query!(
        "UPDATE users SET is_active = $2, version = version + 1, updated_at = now() WHERE id = $1",
        id.0,
        is_active,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn branches(conn: &mut PgConnection) -> Sql<Vec<Branch>> {
    let rows = sqlx::query!(
        r#"SELECT branch.id, branch.code, branch.name, branch.is_active, branch.version,
                  (SELECT count(*) FROM users WHERE users.branch_id = branch.id AND users.is_active) AS "people!"
           FROM branches AS branch
           ORDER BY branch.name, branch.id"#,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Branch {
            id: BranchId(row.id),
            code: row.code,
            name: row.name,
            people: row.people,
            is_active: row.is_active,
            version: row.version,
        })
        .collect())
}

pub(super) async fn insert_branch(conn: &mut PgConnection, form: &BranchForm) -> Sql<BranchId> {
    let id = sqlx::query_scalar!(
        "INSERT INTO branches (code, name) VALUES ($1, $2) RETURNING id",
        form.code,
        form.name,
    );
    id.fetch_one(conn).await.map(BranchId)
}

pub(super) async fn update_branch(conn: &mut PgConnection, id: BranchId, form: &BranchForm) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE branches
         SET code = $3, name = $4, is_active = $5, version = version + 1, updated_at = now()
         WHERE id = $1 AND version = $2",
        id.0,
        form.version,
        form.code,
        form.name,
        form.is_active,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The time zone that somebody has chosen; empty: that of the installation.
pub(super) async fn zone(conn: &mut PgConnection, user: UserId) -> Sql<Option<String>> {
    sqlx::query_scalar!("SELECT time_zone FROM users WHERE id = $1", user.0)
        .fetch_optional(conn)
        .await
}
