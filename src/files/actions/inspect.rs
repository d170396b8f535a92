//! Rows and bytes are compared: bytes that somebody needs are looked for, and bytes that nobody knows.

use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::PgPool;
use uuid::Uuid;

use crate::app::App;
use crate::error::{Error, Result};
use crate::files::model::StoredFile;
use crate::files::queries;
use crate::store::Store;
use crate::values::FileId;

/// Files or keys of one step of a walk through all.
const STEP: usize = 500;
/// Files of a sample.
const SAMPLE: i64 = 200;
/// Parts of the store of a sample, of 256.
const PARTS: usize = 8;

/// What a comparison found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inspection {
    /// Files whose bytes were looked for.
    pub(crate) files: i64,
    /// Those that have none, or not as many as their row says.
    pub(crate) without_bytes: i64,
    /// Keys of the store that were looked up.
    pub(crate) keys: i64,
    /// Those that no row speaks of.
    pub(crate) without_row: i64,
}

/// Compares all files with all bytes, or some with some.
///
/// # Errors
/// The database's, the store's.
pub(crate) async fn inspect(pool: &PgPool, store: &Store, is_deep: bool) -> Result<Inspection> {
    let mut found = Inspection::default();
    if is_deep {
        (found.files, found.without_bytes) = walk(pool, store).await?;
        count_strangers(pool, store, None, &mut found).await?;
        return Ok(found);
    }
    let mut conn = pool.acquire().await?;
    let files = queries::sample(&mut conn, SAMPLE).await?;
    drop(conn);
    found.files = i64::try_from(files.len()).unwrap_or(i64::MAX);
    found.without_bytes = lost(store, &files).await?;
    let first: u8 = rand::random();
    for step in 0..PARTS {
        let part = usize::from(first) + step * 256 / PARTS;
        let part = format!("{:02x}", part % 256);
        count_strangers(pool, store, Some(&part), &mut found).await?;
    }
    Ok(found)
}

/// How many files have no bytes, or not as many as their row says.
pub(crate) async fn missing(app: &App) -> Result<i64> {
    Ok(walk(&app.db, &app.files).await?.1)
}

/// How many files there are, and how many of them lack their bytes.
async fn walk(pool: &PgPool, store: &Store) -> Result<(i64, i64)> {
    let (mut last, mut all, mut missing) = (FileId(Uuid::nil()), 0, 0);
    loop {
        let mut conn = pool.acquire().await?;
        let files = queries::after(&mut conn, last, i64::try_from(STEP).unwrap_or(i64::MAX)).await?;
        drop(conn);
        let Some(end) = files.last() else {
            return Ok((all, missing));
        };
        last = end.id;
        all += i64::try_from(files.len()).unwrap_or(i64::MAX);
        missing += lost(store, &files).await?;
    }
}

/// How many of these files lack their bytes.
async fn lost(store: &Store, files: &[StoredFile]) -> Result<i64> {
    let sizes = futures::stream::iter(files).map(async |file| (file.size, store.size(&file.key).await));
    let sizes: Vec<_> = sizes.buffered(16).collect().await;
    let mut lost = 0;
    for (size, found) in sizes {
        let is_there = found?.is_some_and(|bytes| i64::try_from(bytes) == Ok(size));
        lost += i64::from(!is_there);
    }
    Ok(lost)
}

async fn count_strangers(pool: &PgPool, store: &Store, part: Option<&str>, found: &mut Inspection) -> Result<()> {
    let mut steps = store.keys(part)?.try_chunks(STEP);
    while let Some(step) = steps.next().await {
        let keys = step.map_err(|error| error.1)?;
        found.keys += i64::try_from(keys.len()).unwrap_or(i64::MAX);
        let mut conn = pool.acquire().await?;
        let unknown = queries::unknown(&mut conn, &keys).await?;
        drop(conn);
        for key in unknown {
            // A running server may have cleared it away since it was listed.
            found.without_row += i64::from(store.size(&key).await?.is_some());
        }
    }
    Ok(())
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
    store.take_back(&key).await?;
    if size == Some(8) {
        Ok(store.describe())
    } else {
        Err(Error::StoreUnavailable("what was written is not read".to_owned()))
    }
}
