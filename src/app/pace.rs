//! How often a client may ask: token buckets in the memory of each process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Buckets that are kept; beyond that, those that are full again are forgotten.
const KEPT: usize = 20_000;

/// What is limited: a name and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// Tells buckets of one key apart.
    pub(crate) name: &'static str,
    /// How many calls a second, on average.
    pub(crate) per_second: f64,
    /// How many at once.
    pub(crate) burst: f64,
}

struct Bucket {
    left: f64,
    at: Instant,
}

/// The buckets of a process.
#[derive(Default)]
pub(crate) struct Pace(Mutex<HashMap<(&'static str, String), Bucket>>);

impl Pace {
    /// Counts a call of this key.
    ///
    /// # Errors
    /// Whole seconds to wait, when it comes too early.
    pub(crate) fn count(&self, rate: Rate, key: impl ToString) -> Result<(), u64> {
        self.count_at(rate, key.to_string(), Instant::now())
    }

    fn count_at(&self, rate: Rate, key: String, now: Instant) -> Result<(), u64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT {
            buckets.retain(|_, bucket| now.duration_since(bucket.at).as_secs() < 60);
        }
        let full = Bucket {
            left: rate.burst,
            at: now,
        };
        let bucket = buckets.entry((rate.name, key)).or_insert(full);
        let gained = now.duration_since(bucket.at).as_secs_f64() * rate.per_second;
        bucket.left = (bucket.left + gained).min(rate.burst);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - bucket.left) / rate.per_second).ceil().max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive number of seconds, far below the limit"
        )]
        Err(wait as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_one_at_a_time() {
        let rate = Rate {
            name: "poll",
            per_second: 2.0,
            burst: 3.0,
        };
        let (pace, now) = (Pace::default(), Instant::now());
        let count = |key: &str, ms| pace.count_at(rate, key.to_owned(), now + Duration::from_millis(ms));
        for _ in 0..3 {
            assert_eq!(count("a", 0), Ok(()));
        }
        assert_eq!(count("a", 0), Err(1));
        assert_eq!(count("b", 0), Ok(()));
        assert_eq!(count("a", 500), Ok(()));
        assert_eq!(count("a", 600), Err(1));
    }
}
