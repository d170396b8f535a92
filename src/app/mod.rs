//! What every action is given: infrastructure only.

mod kept;
mod live;
mod opened;
mod pace;
mod standing;
#[cfg(test)]
mod tests;
mod works;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::sync::{Semaphore, SemaphorePermit};

pub(crate) use self::kept::{Kept, Stamp};
pub(crate) use self::live::{Bell, BellItem, Live, Seat};
pub(crate) use self::opened::Opened;
pub(crate) use self::pace::{Pace, Rate};
pub(crate) use self::standing::{Board, Notice, Standing};
pub(crate) use self::works::{Work, Works};
use crate::config::Config;
use crate::db::{self, Outward};
use crate::error::{Error, Result};
use crate::metrics::Metrics;
use crate::push::Push;
use crate::store::Store;

/// The running application; cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    /// Connections to the one database.
    pub(crate) db: PgPool,
    /// What the process was told at its start.
    pub(crate) config: Arc<Config>,
    /// Where files lie.
    pub(crate) files: Store,
    /// Wakes phones; `None`: nobody does.
    pub(crate) push: Option<Arc<Push>>,
    /// The only source of "now".
    pub(crate) clock: Clock,
    /// Signs form tokens.
    pub(crate) secret_key: SecretString,
    /// How many password hashes may be computed at once: each takes 19 MiB and a core.
    pub(crate) hashing: Arc<Semaphore>,
    /// Turns of searching, first come, first served. More searches than cores at once only slow each other down, and
    /// the longest ones most.
    pub(crate) searching: Arc<Semaphore>,
    /// When the periodic jobs last ran through, for `/health/`.
    pub(crate) heartbeat: Arc<Heartbeat>,
    /// People, branches and dictionaries.
    pub(crate) kept: Arc<Kept>,
    /// Which cards people have opened within this hour.
    pub(crate) opened: Arc<Opened>,
    /// How each periodic job goes.
    pub(crate) works: Arc<Works>,
    /// How the installation stands.
    pub(crate) standing: Arc<Board>,
    /// What happens, as open pages hear it.
    pub(crate) live: Arc<Live>,
    /// How often clients ask.
    pub(crate) pace: Arc<Pace>,
    /// Numbers for `/metrics`.
    pub(crate) metrics: Arc<Metrics>,
    /// When this process began.
    pub(crate) started_at: DateTime<Utc>,
}

impl App {
    /// Puts the parts together.
    pub(crate) fn new(db: PgPool, config: Config, clock: Clock, secret_key: SecretString) -> Self {
        Self {
            db,
            files: Store::of(&config),
            push: Push::of(&config),
            config: Arc::new(config),
            secret_key,
            hashing: Arc::new(Semaphore::new(2)),
            searching: Arc::new(Semaphore::new(turns())),
            heartbeat: Arc::default(),
            kept: Arc::default(),
            opened: Arc::default(),
            works: Arc::default(),
            standing: Arc::default(),
            live: Arc::default(),
            pace: Arc::default(),
            metrics: Arc::default(),
            started_at: clock.now(),
            clock,
        }
    }

    /// Now, by the application's clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Waits for a turn of searching; asked for before a connection is. Dropping it gives it on.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when those before take too long, as with connections.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        let turn = tokio::time::timeout(PATIENCE, self.searching.acquire()).await;
        let turn = turn.ok().and_then(std::result::Result::ok);
        turn.ok_or_else(|| Error::Unavailable("too many searches before this one".to_owned()))
    }

    /// Opens a transaction; dropping it rolls back.
    ///
    /// # Errors
    /// [`crate::error::Error::Unavailable`] when the database does not answer.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        Ok(self.db.begin().await?)
    }

    /// The right to act on the world outside; `None` in a passive copy.
    ///
    /// # Errors
    /// [`crate::error::Error::Unavailable`] when the database does not answer: whoever cannot ask does not act.
    pub(crate) async fn outward(&self) -> Result<Option<Outward>> {
        Ok(db::outward(&self.db, &self.config).await?)
    }
}

/// As long as for a connection: a stopped database must be noticed within three seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// Searches at once: one for each core, and one whose row is being read or sent meanwhile.
fn turns() -> usize {
    1 + std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// The system's clock, or one that a test sets.
#[derive(Clone)]
pub(crate) enum Clock {
    /// Real time.
    System,
    /// Microseconds since 1970, moved by hand.
    #[cfg(test)]
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// Now in UTC, cut to microseconds as Postgres keeps them.
    #[expect(clippy::disallowed_methods, reason = "this is the clock itself")]
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let micros = match self {
            Self::System => Utc::now().timestamp_micros(),
            #[cfg(test)]
            Self::Fixed(micros) => micros.load(Ordering::Relaxed),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }
}

/// A sign of life of the background jobs.
#[derive(Default)]
pub(crate) struct Heartbeat(AtomicI64);

impl Heartbeat {
    /// Says that the jobs are alive now.
    pub(crate) fn beat(&self, now: DateTime<Utc>) {
        self.0.store(now.timestamp(), Ordering::Relaxed);
    }

    /// Seconds since the last sign; `None` before the first.
    pub(crate) fn age(&self, now: DateTime<Utc>) -> Option<i64> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            at => Some(now.timestamp() - at),
        }
    }
}
