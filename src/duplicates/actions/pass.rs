//! Comparing cards: all of them once a day or when somebody asks, those that were changed within a minute.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;
use crate::duplicates::model::groups;
use crate::duplicates::queries;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check};

/// A change may become visible so much later than the time it bears.
const LATE: TimeDelta = TimeDelta::minutes(2);
/// How old a pass over the whole base may become: keys that have become too common are noticed by it.
const FRESH: TimeDelta = TimeDelta::hours(24);
/// More changed cards than these are compared by a pass over the whole base.
const MOST_CHANGED: i64 = 2_000;
/// Such a pass may take one part of so many of the time: while an import goes on, thousands of cards are changed again and
/// again.
const REST: i64 = 10;

/// Compares what has to be compared. Every process asks; one of them does it.
///
/// # Errors
/// The database's.
pub(crate) async fn find(app: &App) -> Result<()> {
    let mut tx = app.begin().await?;
    if !queries::lock_pass(&mut tx).await? {
        return Ok(());
    }
    let Some(latest) = queries::latest(&mut tx).await? else {
        return Ok(());
    };
    let now = app.now();
    let progress = queries::progress(&mut tx).await?;
    let is_stale = progress.whole_at.is_none_or(|at| now - at > FRESH);
    let changed = match progress.until.filter(|_| !is_stale && progress.wanted_at.is_none()) {
        None => None,
        Some(until) if until >= latest && now - latest > LATE * 2 => return Ok(()),
        Some(until) => {
            let changed = queries::changed(&mut tx, until - LATE, MOST_CHANGED + 1).await?;
            let is_some = i64::try_from(changed.len()).is_ok_and(|count| count <= MOST_CHANGED);
            let rest = TimeDelta::milliseconds(progress.whole_ms.saturating_mul(REST));
            if !is_some && progress.whole_at.is_some_and(|at| now - at < rest) {
                return Ok(());
            }
            is_some.then_some(changed)
        }
    };
    if let Some(changed) = changed {
        compare(&mut tx, &changed).await?;
        queries::reach(&mut tx, latest).await?;
    } else {
        // Told by another connection, since this one's word comes with its end.
        queries::begin(&mut *app.db.acquire().await?, now).await?;
        whole(&mut tx, latest, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn whole(conn: &mut PgConnection, latest: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    let began = Instant::now();
    let pairs = queries::pairs(conn, None).await?;
    queries::lock(conn).await?;
    queries::replace_all(conn, &pairs, groups).await?;
    let took = began.elapsed();
    let took_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    queries::finish(conn, Some(latest), now, took_ms).await?;
    tracing::info!(pairs = pairs.len(), ?took, "the whole base compared for duplicates");
    Ok(())
}

/// Compares these cards with all others anew. Those that are gone leave their groups.
pub(super) async fn compare(conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let found = queries::pairs(conn, Some(ids)).await?;
    queries::lock(conn).await?;
    let mut touched: Vec<Uuid> = found.iter().flat_map(|pair| [pair.one, pair.two]).collect();
    touched.extend(ids);
    let kin = queries::kin(conn, &touched).await?;
    queries::drop_pairs(conn, ids).await?;
    queries::replace(conn, &kin, (&found, groups)).await?;
    Ok(())
}

/// Asks for a pass over the whole base; it begins within half a minute.
///
/// # Errors
/// [`crate::error::Error::Denied`].
pub(crate) async fn ask(app: &App, actor: &Actor) -> Result<()> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::want(&mut conn, app.now()).await?)
}
