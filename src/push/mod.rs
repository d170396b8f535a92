//! Wakes phones by Google's service (FCM, HTTP v1): «poll now», with no number and nothing about anybody inside
//! (decision 0034). Knows tokens of phones and nothing of calls.

mod answer;
mod google;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::sync::Semaphore;

use self::answer::Verdict;
use self::google::{Google, Trouble};
use crate::config::{Config, Fcm};
use crate::db::Outward;

/// Phones that one process wakes at the same moment.
const AT_ONCE: usize = 8;
/// The first pause after a failure; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause, whatever the service asks for.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// What became of waking a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The service has taken it.
    Sent,
    /// No phone has this token any more: nobody need try again.
    Gone,
    /// Not now; perhaps after this pause. With a sentence for people.
    Later(Duration, String),
    /// Never so. With a sentence for people.
    Refused(String),
}

/// The way to the service; one for each process.
pub(crate) struct Push {
    google: Google,
    permits: Semaphore,
    quiet: Mutex<Quiet>,
}

/// How long the service is left alone.
#[derive(Default)]
struct Quiet {
    until: Option<Instant>,
    failures: u32,
    why: String,
}

impl Push {
    /// As the configuration says; `None`: nobody is woken.
    pub(crate) fn of(config: &Config) -> Option<Arc<Self>> {
        config.fcm.clone().map(Self::new)
    }

    /// By this key.
    pub(crate) fn new(fcm: Fcm) -> Arc<Self> {
        Arc::new(Self {
            google: Google::new(fcm),
            permits: Semaphore::new(AT_ONCE),
            quiet: Mutex::default(),
        })
    }

    /// The project that sends, for people.
    pub(crate) fn project(&self) -> &str {
        self.google.project()
    }

    /// Tells one phone to ask. `life`: later than that it need not any more. Nothing of the database is held meanwhile.
    pub(crate) async fn wake(&self, outward: &Outward, token: &str, life: Duration, now: DateTime<Utc>) -> Woken {
        let Ok(_permit) = self.permits.acquire().await else {
            return Woken::Refused(String::new());
        };
        if let Some((pause, why)) = self.pause() {
            return Woken::Later(pause, why);
        }
        let sent = self.google.send(outward, &message(token, life), now).await;
        match sent.map(|answer| answer.verdict()) {
            Ok(Verdict::Sent) => {
                *self.quiet() = Quiet::default();
                Woken::Sent
            }
            Ok(Verdict::Gone) => Woken::Gone,
            Ok(Verdict::Refused(why)) | Err(Trouble::Refused(why)) => Woken::Refused(why),
            Ok(Verdict::Busy(asked, why)) | Err(Trouble::Busy(asked, why)) => {
                let pause = self.fall_silent(asked, why.clone());
                Woken::Later(pause, why)
            }
        }
    }

    /// What is left of the pause, and why there is one.
    fn pause(&self) -> Option<(Duration, String)> {
        let quiet = self.quiet();
        let left = quiet.until?.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then(|| (left, quiet.why.clone()))
    }

    /// Leaves the service alone, at least for as long as it asked.
    fn fall_silent(&self, asked: Option<Duration>, why: String) -> Duration {
        let mut quiet = self.quiet();
        let own = FIRST_PAUSE * 2_u32.saturating_pow(quiet.failures.min(10));
        let pause = own.max(asked.unwrap_or_default()).min(LONGEST_PAUSE);
        *quiet = Quiet {
            until: Some(Instant::now() + pause),
            failures: quiet.failures.saturating_add(1),
            why,
        };
        pause
    }

    fn quiet(&self) -> std::sync::MutexGuard<'_, Quiet> {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the phone is sent: the words that the app knows, and no number. Of several that wait the newest is enough.
fn message(token: &str, life: Duration) -> serde_json::Value {
    json!({"message": {
        "token": token,
        "data": {"type": "CALL_COMMAND_AVAILABLE", "reason": "new_call"},
        "android": {"priority": "high", "ttl": format!("{}s", life.as_secs().max(1)), "collapse_key": "call"},
    }})
}
