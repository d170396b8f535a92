//! What is known of a phone.

#![warn(clippy::missing_docs_in_private_items)]

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::FieldErrors;
use crate::error::Result;
use crate::values::{PhoneId, UserId};

/// A phone that was seen within so many seconds is within reach: a long poll lasts 25, a pause after trouble up to 20.
pub(crate) const ONLINE: i32 = 50;
/// Phones of one person; more are no phones.
pub(super) const MOST: i64 = 50;
/// The longest name that a phone has for itself.
pub(super) const LONGEST_ID: usize = 64;

/// A phone.
#[derive(Clone, Debug)]
pub(super) struct Phone {
    /// Key.
    pub(super) id: PhoneId,
    /// Whose it is.
    pub(super) user: UserId,
    /// How that person is called.
    pub(super) person: String,
    /// The session by which it signs in; `None`: it has to be connected anew.
    pub(super) session: Option<Uuid>,
    /// What it calls itself.
    pub(super) device_id: String,
    /// Its model; may be empty.
    pub(super) name: String,
    /// The app's version; empty: it does not say.
    pub(super) app_version: String,
    /// From where it asked last.
    pub(super) ip: String,
    /// By its own word; empty: nothing.
    pub(super) trouble: String,
    /// When it asked last.
    pub(super) last_seen_at: DateTime<Utc>,
    /// Whether it is within reach.
    pub(super) is_online: bool,
}

impl Phone {
    /// «Samsung SM-A515F», or what it calls itself.
    pub(super) fn title(&self) -> String {
        if self.name.is_empty() {
            format!("Телефон {}", self.device_id)
        } else {
            self.name.clone()
        }
    }
}

/// A phone that says who it is. Unknown keys are passed over: older apps send more.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(super) struct Registration {
    /// What it calls itself.
    #[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[^\\u0000]*\\S[^\\u0000]*$")]
    pub(super) device_id: Option<String>,
    /// Its model.
    #[schema(max_length = 120)]
    pub(super) device_name: Option<String>,
    /// The app's version.
    #[schema(max_length = 32)]
    pub(super) app_version: Option<String>,
    /// Where a wake-up is sent.
    #[schema(max_length = 4096)]
    pub(super) fcm_token: Option<String>,
    /// Whether it keeps its tokens encrypted.
    pub(super) encryption_enabled: Option<bool>,
    /// What its last poll was answered.
    pub(super) last_poll_code: Option<i32>,
    /// When that was, RFC 3339.
    pub(super) last_poll_at: Option<String>,
    /// Its reports do not get through.
    pub(super) queue_stuck: Option<bool>,
    /// How many of them.
    pub(super) stuck_count: Option<i64>,
}

impl Registration {
    /// What of it is kept.
    ///
    /// # Errors
    /// Sentences at the fields that are missing or too long.
    pub(super) fn parse(&self) -> Result<Parsed<'_>> {
        let mut errors = FieldErrors::default();
        let mut text = |name: &'static str, value: &'_ Option<String>, most: usize| {
            let value = value.as_deref().unwrap_or_default().trim().to_owned();
            if value.chars().count() > most {
                errors.add(name, format!("Не больше {most} знаков."));
            }
            if value.contains('\0') {
                errors.add(name, "В тексте есть знак, который нельзя сохранить.");
            }
            value
        };
        let device_id = text("device_id", &self.device_id, LONGEST_ID);
        let name = text("device_name", &self.device_name, 120);
        let app_version = text("app_version", &self.app_version, 32);
        let push_token = text("fcm_token", &self.fcm_token, 4096);
        if device_id.is_empty() {
            errors.add("device_id", "This field is required.");
        }
        let is_stuck = self.queue_stuck == Some(true);
        let trouble = is_stuck.then(|| match self.stuck_count {
            Some(count) => format!("Не отправлено отчётов: {count}"),
            None => "Отчёты не отправляются".to_owned(),
        });
        errors.or(Parsed {
            device_id,
            name,
            app_version,
            push_token,
            trouble: trouble.unwrap_or_default(),
            sent: self,
        })
    }
}

/// What a phone says of itself, checked.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    /// What it calls itself.
    pub(super) device_id: String,
    /// Empty: it does not say, and what is known stays.
    pub(super) name: String,
    /// As the name.
    pub(super) app_version: String,
    /// As the name.
    pub(super) push_token: String,
    /// Empty: nothing is wrong.
    pub(super) trouble: String,
    /// The rest.
    pub(super) sent: &'a Registration,
}

/// A phone that can be woken, and by what.
#[derive(Clone, Debug)]
pub(crate) struct Sleeper {
    /// Key.
    pub(crate) id: PhoneId,
    /// Its name for the push service.
    pub(crate) token: String,
}

/// The largest app, in bytes.
pub(super) const MOST_APP_BYTES: usize = 100 * 1024 * 1024;

/// A version of the app.
#[derive(Clone, Debug)]
pub(super) struct Release {
    /// Key.
    pub(super) id: Uuid,
    /// By which Android tells newer from older.
    pub(super) version_code: i64,
    /// As people read it.
    pub(super) version_name: String,
    /// The app's own name among apps.
    pub(super) package: String,
    /// Of its bytes in the store.
    pub(super) key: String,
    /// In bytes.
    pub(super) size: i64,
    /// Of its bytes, in hex.
    pub(super) sha256: String,
    /// Who brought it; `None`: not asked for, or nobody.
    pub(super) uploaded_by: Option<String>,
    /// When.
    pub(super) uploaded_at: DateTime<Utc>,
    /// Nobody gets it any more.
    pub(super) withdrawn_at: Option<DateTime<Utc>>,
}

impl Release {
    /// «0.7.0 (сборка 7)»
    pub(super) fn title(&self) -> String {
        format!("{} (сборка {})", self.version_name, self.version_code)
    }
}

/// How waking goes.
#[derive(Clone, Debug)]
pub(super) struct PushState {
    /// When the service last took a message.
    pub(super) sent_at: Option<DateTime<Utc>>,
    /// What last went wrong; empty: nothing.
    pub(super) error: String,
    /// When that was.
    pub(super) error_at: Option<DateTime<Utc>>,
    /// Phones that have said how they are woken.
    pub(super) phones: i64,
}

/// A line that an app writes of itself.
#[derive(Clone, Debug)]
pub(super) struct LogLine {
    /// `log` or `telemetry`.
    pub(super) kind: &'static str,
    /// At most 64 characters.
    pub(super) level: String,
    /// At most 64 characters.
    pub(super) source: String,
    /// At most 50,000 characters.
    pub(super) payload: String,
}

/// How a picture to connect by stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairing {
    /// Until when a camera may read it.
    pub(super) expires_at: DateTime<Utc>,
    /// When one did.
    pub(super) used_at: Option<DateTime<Utc>>,
    /// Whether it is too late.
    pub(super) is_over: bool,
}
