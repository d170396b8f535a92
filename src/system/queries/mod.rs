//! SQL of the installation's own state.

mod journal;
mod look;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

pub(super) use self::journal::{
    Ended, advance, begin, break_off, end, exists, forget, forget_old, has_running, last, newest_good, of_slot, recent,
};
pub(super) use self::look::{biggest_tables, database, installed_at, origin};

type Sql<T> = Result<T, sqlx::Error>;

/// Whether somebody has worked here. Asked of databases of any version, an empty one included.
pub(super) async fn has_data(conn: &mut PgConnection) -> Sql<bool> {
    let tables: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')",
    )
    .fetch_one(&mut *conn)
    .await?;
    if tables == 0 {
        return Ok(false);
    }
    let is_ours: bool = sqlx::query_scalar(
        "SELECT to_regclass('public.users') IS NOT NULL AND to_regclass('public.companies') IS NOT NULL",
    )
    .fetch_one(&mut *conn)
    .await?;
    if !is_ours {
        return Ok(true);
    }
    // Unchecked at build time: the database may be of another version.
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM companies)")
        .fetch_one(conn)
        .await
}

/// The restored copy sends nothing.
pub(super) async fn become_restored(conn: &mut PgConnection, from: &str, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE system_state
         SET is_passive = true, restored_from = $1, restored_at = $2",
        from,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets a restored copy work; answers whether it was passive.
pub(super) async fn become_working(conn: &mut PgConnection) -> Sql<bool> {
    let done = sqlx::query!("UPDATE system_state SET is_passive = false WHERE is_passive")
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}
