//! Bytes that nobody needs go; bytes that somebody needs are looked for.

use chrono::TimeDelta;
use futures::StreamExt as _;
use uuid::Uuid;

use crate::app::App;
use crate::error::{Error, Result};
use crate::files::queries;
use crate::store::Store;
use crate::system;
use crate::values::FileId;

/// A key that the store would not give up is tried again so much later.
const LATER: TimeDelta = TimeDelta::hours(1);
/// Files of one step of a walk through all.
const STEP: i64 = 500;

/// Removes the bytes whose time has come. Several processes may do it at once; a killed one is taken up by the next.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let mut gone = 0_u32;
    loop {
        let mut tx = app.begin().await?;
        if !system::may_dispose(&mut tx).await? {
            // A copy is being made: what it speaks of stays until it is ready.
            break;
        }
        let Some(key) = queries::take_due(&mut tx, app.now()).await? else {
            break;
        };
        let is_held = queries::is_held(&mut tx, &key).await?;
        let removed = if is_held { Ok(()) } else { app.files.remove(&key).await };
        if let Err(error) = removed {
            queries::put_off(&mut tx, &key, app.now() + LATER).await?;
            tracing::warn!(cause = format!("{error:#}"), "bytes of a file could not be removed");
        } else {
            queries::keep(&mut tx, &[key]).await?;
            gone += 1;
        }
        tx.commit().await?;
    }
    if gone > 0 {
        tracing::info!(gone, "bytes of removed files cleared away");
    }
    Ok(())
}

/// How many files have no bytes, or not as many as their row says.
pub(crate) async fn missing(app: &App) -> Result<i64> {
    let (mut last, mut missing) = (FileId(Uuid::nil()), 0);
    loop {
        let mut conn = app.db.acquire().await?;
        let files = queries::after(&mut conn, last, STEP).await?;
        drop(conn);
        let Some(end) = files.last() else { return Ok(missing) };
        last = end.id;
        let sizes = futures::stream::iter(&files).map(async |file| (file.size, app.files.size(&file.key).await));
        let sizes: Vec<_> = sizes.buffered(16).collect().await;
        for (size, found) in sizes {
            let is_there = found?.is_some_and(|bytes| i64::try_from(bytes) == Ok(size));
            missing += i64::from(!is_there);
        }
    }
}

/// Writes, reads and removes a few bytes; a sentence for people about where files lie.
///
/// # Errors
/// The store's.
pub(crate) async fn look(store: &Store) -> Result<String> {
    let key = hex::encode(rand::random::<[u8; 16]>());
    let mut writer = store.write(&key)?;
    writer.write(b"proficrm").await?;
    writer.finish().await?;
    let size = store.size(&key).await?;
    store.remove(&key).await?;
    if size == Some(8) {
        Ok(store.describe())
    } else {
        Err(Error::StoreUnavailable("what was written is not read".to_owned()))
    }
}
