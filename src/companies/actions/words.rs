//! The words of the base, kept for those who mistype them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sqlx::{Connection as _, PgConnection};

use crate::app::App;
use crate::companies::queries::words as queries;
use crate::companies::search::Terms;
use crate::error::Result;

/// A change may become visible so much later than the time it bears.
const LATE: TimeDelta = TimeDelta::minutes(2);
/// A beginning of more known words than this is asked for as a beginning.
const MOST_BEGUN: usize = 8;

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
    let (Some(latest), until) = queries::progress(&mut tx).await? else {
        return Ok(());
    };
    let is_settled = app.now() - latest > LATE * 2;
    if is_settled && until.is_some_and(|until| until >= latest) {
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

/// The same search, quicker: a beginning of few known words as these words. An index joins whole words by skipping
/// through their rows, while it reads all rows of a beginning. A word on its own is found by the list's order anyway.
pub(super) async fn in_known_words(conn: &mut PgConnection, terms: Terms) -> Result<Terms> {
    let words = terms.replaceable();
    if words.len() < 2 {
        return Ok(terms);
    }
    let most = i64::try_from(MOST_BEGUN).unwrap_or(i64::MAX);
    let begun = queries::begun(conn, &words, most + 1).await?;
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in begun {
        known.entry(pair.typed).or_default().push(pair.known);
    }
    known.retain(|_, words| words.len() <= MOST_BEGUN);
    Ok(terms.in_known_words(&known))
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
