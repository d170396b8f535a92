//! Where files lie: a folder, or any S3-compatible store. Knows keys and bytes; whose they are is told elsewhere.

mod place;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{GetResult, ObjectMeta, ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;

use self::place::Place;
use crate::config::Config;
use crate::db::Outward;
use crate::error::{Error, Result};

/// So much of a file is held in memory while it is written: the smallest part that S3 takes.
const PART: usize = 5 * 1024 * 1024;

/// The one store of the program; cheap to clone.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    place: Place,
    /// Opened at the first need: a look at the program must not make folders.
    opened: OnceLock<Arc<dyn ObjectStore>>,
}

impl Store {
    /// The store that the configuration names.
    pub(crate) fn of(config: &Config) -> Self {
        Self::at(Place::of(config))
    }

    /// A store that forgets everything.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self::at(Place::Memory { is_shared: false })
    }

    /// The same, as if another installation used it too.
    #[cfg(test)]
    pub(crate) fn in_shared_memory() -> Self {
        Self::at(Place::Memory { is_shared: true })
    }

    fn at(place: Place) -> Self {
        let opened = OnceLock::new();
        Self(Arc::new(Inner { place, opened }))
    }

    /// Where this is, for people.
    pub(crate) fn describe(&self) -> String {
        self.0.place.describe()
    }

    /// The folder on this machine; `None`: bytes are elsewhere, and a backup does not hold them.
    pub(crate) fn folder(&self) -> Option<&std::path::Path> {
        self.0.place.folder()
    }

    fn open(&self) -> Result<&Arc<dyn ObjectStore>> {
        if let Some(opened) = self.0.opened.get() {
            return Ok(opened);
        }
        let opened = self.0.place.open().map_err(unavailable)?;
        Ok(self.0.opened.get_or_init(|| opened))
    }

    /// Begins to write under a key. Nothing can be read until [`Writer::finish`].
    pub(crate) fn write(&self, key: &str) -> Result<Writer> {
        let store = Arc::clone(self.open()?);
        Ok(Writer(
            BufWriter::with_capacity(store, path(key), PART).with_max_concurrency(1),
        ))
    }

    /// The bytes under a key; `None` when there are none.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<Reading>> {
        match self.open()?.get(&path(key)).await {
            Ok(found) => Ok(Some(Reading::from(found))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// How many bytes lie under a key; `None` when there are none.
    pub(crate) async fn size(&self, key: &str) -> Result<Option<u64>> {
        match self.open()?.head(&path(key)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Keys of what lies here: of everything, or of the part whose keys begin with these two hexadecimal digits.
    pub(crate) fn keys(&self, part: Option<&str>) -> Result<BoxStream<'static, Result<String>>> {
        let prefix = part.map(Path::from);
        let found = self.open()?.list(prefix.as_ref());
        let key = |found: object_store::Result<ObjectMeta>| async move {
            match found {
                // A bucket may hold other things, too.
                Ok(meta) => meta
                    .location
                    .filename()
                    .filter(|name| is_key(name))
                    .map(|key| Ok(key.to_owned())),
                Err(error) => Some(Err(unavailable(error))),
            }
        };
        Ok(found.filter_map(key).boxed())
    }

    /// Whether another installation may keep its files here too: the one that this was restored from, for example.
    pub(crate) fn is_shared(&self) -> bool {
        self.0.place.is_shared()
    }

    /// Removes the bytes under a key, if there are any; from a shared store only with the right to act outside.
    ///
    /// # Errors
    /// The store's, or that the right is missing.
    pub(crate) async fn remove(&self, key: &str, outward: Option<&Outward>) -> Result<()> {
        if self.is_shared() && outward.is_none() {
            return Err(unavailable(
                "a passive copy removes nothing from a store that others may use",
            ));
        }
        self.take_back(key).await
    }

    /// Removes what its caller has just written.
    pub(crate) async fn take_back(&self, key: &str) -> Result<()> {
        self.0.place.remove_half_written(&path(key)).map_err(unavailable)?;
        match self.open()?.delete(&path(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// A file on its way into the store.
pub(crate) struct Writer(BufWriter);

impl Writer {
    /// Goes on.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes).await.map_err(unavailable)
    }

    /// Ends well: the bytes are safe when this returns.
    pub(crate) async fn finish(mut self) -> Result<()> {
        self.0.shutdown().await.map_err(unavailable)
    }

    /// Ends without a trace.
    pub(crate) async fn abort(mut self) -> Result<()> {
        self.0.abort().await.map_err(unavailable)
    }
}

/// A file on its way out.
pub(crate) struct Reading {
    /// Bytes in all.
    pub(crate) size: u64,
    /// They come piece by piece.
    pub(crate) pieces: BoxStream<'static, object_store::Result<Bytes>>,
}

impl From<GetResult> for Reading {
    fn from(found: GetResult) -> Self {
        Self {
            size: found.meta.size,
            pieces: found.into_stream(),
        }
    }
}

fn is_key(name: &str) -> bool {
    name.len() == 32
        && name
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// `ab/abcd…`: no folder holds more than a few thousand files.
fn path(key: &str) -> Path {
    Path::from(format!("{}/{key}", key.get(..2).unwrap_or(key)))
}

fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::StoreUnavailable(error.to_string())
}
