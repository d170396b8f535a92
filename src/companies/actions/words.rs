//! The words of the base, kept for those who mistype them.

use chrono::TimeDelta;
use sqlx::{Connection as _, PgConnection};

use crate::app::App;
use crate::companies::queries::words as queries;
use crate::companies::search::Terms;
use crate::error::Result;

/// A change may become visible so much later than the time it bears: the longest an import's chunk may take.
const LATE: TimeDelta = TimeDelta::minutes(10);

/// Adds the words of companies changed since the last time; does nothing when nothing has changed.
///
/// # Errors
/// The database's.
pub(crate) async fn gather_words(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    let mut tx = conn.begin().await?;
    if !queries::lock_gathering(&mut tx).await? {
        return Ok(());
    }
    // The first time all companies are read.
    sqlx::query("SET LOCAL statement_timeout = '10min'")
        .execute(&mut *tx)
        .await?;
    let (Some(latest), until) = queries::progress(&mut tx).await? else {
        return Ok(());
    };
    if until.is_some_and(|until| until >= latest) {
        return Ok(());
    }
    let added = queries::gather(&mut tx, until.map(|until| until - LATE)).await?;
    queries::set_gathered(&mut tx, latest).await?;
    tx.commit().await?;
    if added > 0 {
        tracing::debug!(added, "words of companies gathered");
    }
    Ok(())
}

/// The search as it was meant, when words of it are known to nobody and others look like them.
pub(super) async fn corrected(conn: &mut PgConnection, terms: &Terms) -> Result<Option<Terms>> {
    let words = terms.correctable();
    if words.is_empty() {
        return Ok(None);
    }
    let near = queries::near(conn, &words).await?;
    Ok(terms.corrected(near.iter().map(|near| (near.typed.as_str(), near.known.as_str()))))
}
