//! The words of the base, kept for those who mistype them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use sqlx::{Connection as _, PgConnection};

use crate::app::{App, Stamp};
use crate::companies::queries::words as queries;
use crate::companies::search::Terms;
use crate::companies::vocabulary::{SAMPLED, Vocabulary};
use crate::error::Result;

/// A change may become visible so much later than the time it bears.
const LATE: TimeDelta = TimeDelta::minutes(2);
/// A beginning of more known words than this is asked for as a beginning.
const MOST_BEGUN: usize = 8;

/// Adds the words of companies changed since the last time, unless another process is at it; and reads anew what is kept
/// of the words when any process has added some.
///
/// # Errors
/// The database's.
pub(crate) async fn gather_words(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    gather(app, &mut conn).await?;
    let Some(vocabulary) = app.kept.last::<Vocabulary>() else {
        return Ok(());
    };
    let (_, until) = queries::progress(&mut conn).await?;
    if until != vocabulary.until {
        let vocabulary = read_vocabulary(&mut conn).await?;
        app.kept.put(stamp(app), vocabulary);
    }
    Ok(())
}

async fn gather(app: &App, conn: &mut PgConnection) -> Result<()> {
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

/// Of the words of a search, typed so and in the other keyboard layout, the known ones that they begin.
pub(super) struct Known(BTreeMap<String, Vec<String>>);

impl Known {
    /// Looks them up.
    pub(super) fn of(vocabulary: &Vocabulary, terms: &Terms) -> Self {
        let mut words = terms.replaceable();
        words.extend(terms.swapped().iter().flat_map(Terms::replaceable));
        let known = words.into_iter().map(|word| {
            let begun = vocabulary.begun(&word, MOST_BEGUN + 1);
            (word, begun)
        });
        Self(known.filter(|(_, begun)| !begun.is_empty()).collect())
    }

    /// Whether the other layout was meant: its words are known, while some of the typed are not.
    pub(super) fn prefers(&self, swapped: &Terms, terms: &Terms) -> bool {
        let knows = |words: &[String]| !words.is_empty() && words.iter().all(|word| self.0.contains_key(word));
        knows(&swapped.replaceable()) && !knows(&terms.replaceable())
    }

    /// The same search, quicker: a beginning of few known words as these words. An index joins whole words by skipping
    /// through their rows, while it reads all rows of a beginning. A word on its own is found by the list's order
    /// anyway.
    pub(super) fn put_into(mut self, terms: Terms) -> Terms {
        if terms.replaceable().len() < 2 {
            return terms;
        }
        self.0.retain(|_, words| words.len() <= MOST_BEGUN);
        terms.in_known_words(&self.0)
    }
}

/// The words of the base, as they were some minutes ago.
pub(super) async fn vocabulary(app: &App) -> Result<Arc<Vocabulary>> {
    let read = async { read_vocabulary(&mut *app.db.acquire().await?).await };
    app.kept.get(stamp(app), read).await
}

/// How frequent words are is read anew so often, even when there are no new ones.
fn stamp(app: &App) -> Stamp {
    const MINUTES: i64 = 10;
    Stamp(app.now().timestamp() / (60 * MINUTES))
}

async fn read_vocabulary(conn: &mut PgConnection) -> Result<Vocabulary> {
    let (_, until) = queries::progress(conn).await?;
    let known = queries::all(conn).await?;
    let frequencies = queries::frequencies(conn).await?;
    let sampled = queries::of_newest(conn, i64::try_from(SAMPLED).unwrap_or(i64::MAX)).await?;
    // Else each connection of the pool would keep the room that all words took once.
    conn.shrink_buffers();
    Ok(Vocabulary::new((known, until), frequencies, sampled))
}

/// The search as it was meant, when words of it are known to nobody and others look like them.
pub(super) async fn corrected(conn: &mut PgConnection, terms: &Terms) -> Result<Option<Terms>> {
    let words = terms.correctable();
    if words.is_empty() {
        return Ok(None);
    }
    let near = queries::near(conn, &words).await?;
    let corrected = |near: &[queries::Known]| {
        let pairs = near.iter().map(|near| (near.typed.as_str(), near.known.as_str()));
        terms.corrected(pairs)
    };
    if let Some(meant) = corrected(&near) {
        return Ok(Some(meant));
    }
    Ok(corrected(&queries::alike(conn, &words).await?))
}
