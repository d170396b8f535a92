//! How the periodic work of this process goes: kept in memory, shown to administrators and to whoever watches.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

/// So much of a cause is kept.
const CAUSE: usize = 300;

/// One periodic work since the start of the process.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    /// In logs and metrics.
    pub(crate) name: &'static str,
    /// As people read it.
    pub(crate) label: &'static str,
    /// From one start to the next.
    pub(crate) every: Duration,
    /// Done by one of all processes each time; the numbers here are those of this process alone.
    pub(crate) is_shared: bool,
    /// Ends, good and bad.
    pub(crate) runs: u64,
    /// Bad ends.
    pub(crate) failures: u64,
    /// Whether it is at work now.
    pub(crate) is_running: bool,
    /// The last good end.
    pub(crate) succeeded_at: Option<DateTime<Utc>>,
    /// How long the last run took.
    pub(crate) took: Option<Duration>,
    /// The last bad end and its cause.
    pub(crate) failed: Option<(DateTime<Utc>, String)>,
}

impl Work {
    /// Whether the last run went badly.
    pub(crate) fn is_failing(&self) -> bool {
        let failed_at = self.failed.as_ref().map(|(at, _)| *at);
        failed_at.is_some() && failed_at > self.succeeded_at
    }
}

/// All periodic works of the process.
#[derive(Default)]
pub(crate) struct Works(Mutex<Vec<Work>>);

impl Works {
    /// Makes a work known before its first run.
    pub(crate) fn announce(&self, name: &'static str, label: &'static str, every: Duration, is_shared: bool) {
        self.all().push(Work {
            name,
            label,
            every,
            is_shared,
            runs: 0,
            failures: 0,
            is_running: false,
            succeeded_at: None,
            took: None,
            failed: None,
        });
    }

    /// A run begins.
    pub(crate) fn begin(&self, name: &str) {
        if let Some(work) = self.all().iter_mut().find(|work| work.name == name) {
            work.is_running = true;
        }
    }

    /// A run has ended: well, or for this cause.
    pub(crate) fn end(&self, name: &str, now: DateTime<Utc>, took: Duration, cause: Option<&str>) {
        if let Some(work) = self.all().iter_mut().find(|work| work.name == name) {
            work.is_running = false;
            work.runs += 1;
            work.took = Some(took);
            if let Some(cause) = cause {
                work.failures += 1;
                work.failed = Some((now, cause.chars().take(CAUSE).collect()));
            } else {
                work.succeeded_at = Some(now);
            }
        }
    }

    /// What is known of all of them.
    pub(crate) fn list(&self) -> Vec<Work> {
        self.all().clone()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Work>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
