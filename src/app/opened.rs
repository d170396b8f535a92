//! Which cards people have opened within this hour, as far as this process knows.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// So many are remembered; when there are more, all are asked for once more.
const MOST: usize = 100_000;

/// Pairs of a person and a card.
#[derive(Default)]
pub(crate) struct Opened(Mutex<Hour>);

#[derive(Default)]
struct Hour {
    number: i64,
    pairs: HashSet<(i64, Uuid)>,
}

impl Opened {
    /// Whether this person is known to have opened this card within the hour of this number.
    pub(crate) fn knows(&self, hour: i64, user: i64, card: Uuid) -> bool {
        let known = self.hour();
        known.number == hour && known.pairs.contains(&(user, card))
    }

    /// Remembers it until the next hour.
    pub(crate) fn remember(&self, hour: i64, user: i64, card: Uuid) {
        let mut known = self.hour();
        if known.number != hour || known.pairs.len() >= MOST {
            known.number = hour;
            known.pairs = HashSet::new();
        }
        known.pairs.insert((user, card));
    }

    fn hour(&self) -> MutexGuard<'_, Hour> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
