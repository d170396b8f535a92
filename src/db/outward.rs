//! Whether this installation may act on the world outside (decision 0019).

use sqlx::{PgConnection, PgPool};

use crate::config::Config;

type Sql<T> = Result<T, sqlx::Error>;

/// The right to act outside of this installation: to send letters and push, to remove bytes from a store that another
/// installation may share. Whatever does such a thing takes a reference to it, and only [`outward`] makes one.
#[derive(Debug)]
pub(crate) struct Outward(());

/// Gives the right, unless the configuration or the database calls this a passive copy.
pub(crate) async fn outward(pool: &PgPool, config: &Config) -> Sql<Option<Outward>> {
    if config.passive {
        return Ok(None);
    }
    let mut conn = pool.acquire().await?;
    Ok((!is_passive(&mut conn).await?).then_some(Outward(())))
}

/// Whether this database was restored from a copy and has not been made a working one since.
pub(crate) async fn is_passive(conn: &mut PgConnection) -> Sql<bool> {
    let passive = sqlx::query_scalar!("SELECT is_passive FROM system_state")
        .fetch_optional(conn)
        .await?;
    Ok(passive.unwrap_or(false))
}
