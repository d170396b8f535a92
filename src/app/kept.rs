//! What rarely changes and every page needs, kept in memory.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Result;

/// Tells whether people, branches and dictionaries are what they were: equal stamps mean equal rows.
///
/// Read from the database with each request, so that a change made by any process is seen by the next request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamp(pub(crate) i64);

/// A value with the stamp under which it was read.
type Entry = (Stamp, Arc<dyn Any + Send + Sync>);

/// One value of each type.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<TypeId, Entry>>);

impl Kept {
    /// The value of this stamp; `read` brings it when another or none is kept.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) async fn get<T, F>(&self, stamp: Stamp, read: F) -> Result<Arc<T>>
    where
        T: Any + Send + Sync,
        F: Future<Output = Result<T>>,
    {
        if let Some(value) = self.find(stamp) {
            return Ok(value);
        }
        // Read after the stamp was: at worst it is newer than the stamp says, and is read once more.
        Ok(self.put(stamp, read.await?))
    }

    /// Keeps a value of this stamp instead of the one before.
    pub(crate) fn put<T: Any + Send + Sync>(&self, stamp: Stamp, value: T) -> Arc<T> {
        let value = Arc::new(value);
        let entry = (stamp, Arc::clone(&value) as Arc<dyn Any + Send + Sync>);
        self.values().insert(TypeId::of::<T>(), entry);
        value
    }

    /// The value that is kept, of whatever stamp.
    pub(crate) fn last<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let value = Arc::clone(&self.values().get(&TypeId::of::<T>())?.1);
        value.downcast().ok()
    }

    fn find<T: Any + Send + Sync>(&self, stamp: Stamp) -> Option<Arc<T>> {
        let values = self.values();
        let (kept, value) = values.get(&TypeId::of::<T>())?;
        let value = (*kept == stamp).then(|| Arc::clone(value))?;
        value.downcast().ok()
    }

    fn values(&self) -> MutexGuard<'_, HashMap<TypeId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Stamp};

    #[tokio::test]
    async fn a_value_is_read_once_for_each_stamp() {
        let kept = Kept::default();
        for (stamp, value, expected) in [(1, "a", "a"), (1, "b", "a"), (2, "c", "c"), (1, "d", "d")] {
            let read = async { Ok(value.to_owned()) };
            assert_eq!(*kept.get(Stamp(stamp), read).await.unwrap(), expected);
        }
    }
}
