//! The words of the base, kept for those who mistype them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use sqlx::{Connection as _, PgConnection};

use crate::app::{App, Stamp};
use crate::companies::queries::Most;
use crate::companies::queries::words::{self as queries, Frequencies};
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

/// Of the words of a search, typed so and in the other keyboard layout, the known ones that they begin.
pub(super) struct Known(BTreeMap<String, Vec<String>>);

impl Known {
    /// Asks for them.
    pub(super) async fn of(conn: &mut PgConnection, terms: &Terms) -> Result<Self> {
        let mut words = terms.replaceable();
        words.extend(terms.swapped().iter().flat_map(Terms::replaceable));
        let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
        if words.is_empty() {
            return Ok(Self(known));
        }
        let most = i64::try_from(MOST_BEGUN).unwrap_or(i64::MAX);
        for pair in queries::begun(conn, &words, most + 1).await? {
            known.entry(pair.typed).or_default().push(pair.known);
        }
        Ok(Self(known))
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

/// How frequent words are, as it was some minutes ago.
pub(super) async fn frequencies(app: &App) -> Result<Arc<Frequencies>> {
    const MINUTES: i64 = 10;
    let stamp = Stamp(app.now().timestamp() / (60 * MINUTES));
    let read = async { Ok(queries::frequencies(&mut *app.db.acquire().await?).await?) };
    app.kept.get(stamp, read).await
}

impl Frequencies {
    /// How many companies hold all words of a search, at most.
    pub(super) fn most(&self, terms: &Terms) -> Most {
        let part = |word: &String| self.words.get(word).copied().unwrap_or(self.others);
        let words = terms.whole_words();
        let parts = words.map(|words| words.iter().map(part).sum::<f64>());
        Most {
            found: self.companies * parts.fold(1.0, f64::min),
            of: self.companies,
        }
    }
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
