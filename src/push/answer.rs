//! What the service's answer means.

use std::time::Duration;

use serde_json::Value;

/// An answer, read.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its code.
    pub(super) status: u16,
    /// `Retry-After`
    pub(super) pause: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// What it means for the phone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It will be told.
    Sent,
    /// There is no such phone any more.
    Gone,
    /// The service has too much to do, or is ill.
    Busy(Option<Duration>, String),
    /// Something is set up wrongly.
    Refused(String),
}

impl Answer {
    /// Whether it was done.
    pub(super) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the same may succeed later.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 500..)
    }

    /// What it means.
    pub(super) fn verdict(&self) -> Verdict {
        let code = self.status;
        if self.is_good() {
            return Verdict::Sent;
        }
        if self.is_busy() {
            return Verdict::Busy(self.pause, format!("сервис Google занят, код {code}"));
        }
        let said: Value = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        if is_gone(self.status, &said["error"]) {
            return Verdict::Gone;
        }
        Verdict::Refused(match code {
            401 => "Google не узнаёт доступ, выданный по ключу, код 401".to_owned(),
            403 => "Google не разрешает этому ключу отправлять уведомления, код 403".to_owned(),
            404 => "по адресу сервиса ничего нет, код 404: проверьте CRM_FCM_URL и проект в ключе".to_owned(),
            _ => format!("Google не принял уведомление, код {code}"),
        })
    }
}

/// Whether it is the phone's token that is wrong. A page of somebody else's server says nothing about phones.
fn is_gone(status: u16, error: &Value) -> bool {
    let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has_code = |wanted: &str| details.iter().any(|detail| detail["errorCode"] == wanted);
    let is_of_token = details
        .iter()
        .filter_map(|detail| detail["fieldViolations"].as_array())
        .flatten()
        .any(|violation| violation["field"] == "message.token");
    has_code("UNREGISTERED")
        || has_code("SENDER_ID_MISMATCH")
        || status == 404 && error["status"] == "NOT_FOUND"
        || status == 400 && is_of_token
}

/// Whole seconds, as this service says it; a date is passed over, and the own pause counts.
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    value.trim().parse().ok().map(Duration::from_secs)
}
