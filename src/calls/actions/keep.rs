//! What happens to calls by itself.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;
use crate::calls::queries::{read, write};
use crate::db::{self, Happened};
use crate::error::Result;

/// Each second, in each process: ends what is over, and wakes phones whose word was lost on the way (C7).
///
/// # Errors
/// The database's.
pub(crate) async fn tick(app: &App) -> Result<()> {
    let mut tx = app.begin().await?;
    let late = write::expire(&mut tx).await?;
    let words: Vec<Happened> = late.into_iter().map(Happened::Call).collect();
    db::announce(&mut tx, &words).await?;
    let awaited = read::awaited(&mut tx).await?;
    tx.commit().await?;
    for user in awaited {
        app.live.wake_user(user);
    }
    Ok(())
}

/// Each hour, in one process: ends calls of which nothing is heard any more and removes what nobody counts.
///
/// # Errors
/// The database's.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    let silent = write::close_silent(&mut conn).await?;
    let gone = write::purge(&mut conn).await?;
    tracing::debug!(silent, gone, "cleaned calls");
    Ok(())
}

/// Forgets numbers and words of the calls of records that are erased for good; the calls stay as a number.
///
/// # Errors
/// The database's.
pub(crate) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Result<u64> {
    Ok(write::erase(conn, records).await?)
}
