//! `/api/phone/calls/…`: what phones ask and say, word for word as two generations of apps do (the older CRM's §4.5–4.8).

mod wire;

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use self::wire::{Command, Confirmed, PhoneCallReport, PullParams, Reported};

use super::actions::{self, Pulled, Wait};
use super::model::{Report, Word};
use crate::accounts::Access;
use crate::api::{ApiError, Body, Doc, Json, Query, json, no_content};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::values::{CallId, time};
use crate::web::{ApiMethod, Guard, Routes};

/// The longest that a phone may wait.
const LONGEST: u64 = 25;
/// How long a poll is held that does not say how long it would wait: the newer of the older apps comes back to long polls
/// once an answer took more than a second, and the older one stands ten.
const HOLD: Duration = Duration::from_millis(1_100);

/// Each address with the second one that newer apps know.
pub(super) fn routes() -> Routes {
    let own = Guard::OwnPhone;
    let doc = |summary| Doc::new("Звонки с телефона", summary);
    Routes::new()
        .api(ApiMethod::Get, "/api/phone/calls/pull/", own, pull)
        .doc(
            doc("Кому звонить: отвечает сразу, как появится звонок")
                .query::<PullParams>()
                .answers::<Command>(200)
                .or_nothing("Звонить пока некому; тела нет"),
        )
        .api(ApiMethod::Get, "/api/v1/phone/calls/pull/", own, pull)
        .api(ApiMethod::Post, "/api/phone/calls/ack/", own, acknowledge)
        .doc(
            doc("Подтвердить, что номер на телефоне")
                .body::<AckBody>("PhoneCallAck", &["id"])
                .answers::<Confirmed>(200)
                .fails(&[404]),
        )
        .api(ApiMethod::Post, "/api/v1/phone/calls/ack/", own, acknowledge)
        .api(ApiMethod::Post, "/api/phone/calls/update/", own, update)
        .doc(
            doc("Сообщить, чем кончился звонок; порядок и повторы неважны")
                .body::<PhoneCallReport>("PhoneCallReport", &["call_request_id"])
                .answers::<Reported>(200)
                .fails(&[404, 409]),
        )
        .api(ApiMethod::Post, "/api/v1/phone/calls/update/", own, update)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PullQuery {
    device_id: String,
    wait_seconds: Option<String>,
    /// `1`: this app confirms what it is given.
    ack: String,
    last_id: Option<String>,
}

/// `GET …/pull/?device_id=…&wait_seconds=25&ack=1&last_id=…`: 204, or one request.
async fn pull(State(app): State<App>, access: Access, Query(query): Query<PullQuery>) -> Json {
    if query.device_id.is_empty() {
        return Err(ApiError::because(StatusCode::BAD_REQUEST, "device_id is required"));
    }
    let patience = match query.wait_seconds.as_deref().map(str::parse::<u64>) {
        None | Some(Err(_)) => HOLD,
        Some(Ok(seconds)) => Duration::from_secs(seconds.min(LONGEST)),
    };
    let wait = Wait {
        device_id: &query.device_id,
        patience,
        confirms: query.ack == "1",
        last: query.last_id.as_deref().and_then(|id| id.parse().ok()),
    };
    match actions::pull(&app, access, wait).await? {
        Pulled::Nothing => Ok(no_content()),
        Pulled::Stranger => Err(ApiError::because(
            StatusCode::FORBIDDEN,
            "Device not found or access denied",
        )),
        Pulled::Call(command) => json(&Command {
            id: command.id.0,
            phone: command.phone,
            extension: command.extension,
            company_id: command.company,
            contact_id: command.contact,
            note: command.note,
            created_at: time::rfc3339(command.created_at),
            ttl_ms: command.ttl_ms.max(0),
        }),
    }
}

#[derive(Deserialize, ToSchema)]
struct AckBody {
    #[schema(value_type = uuid::Uuid)]
    #[serde(alias = "call_request_id")]
    id: CallId,
}

/// `POST …/ack/` `{id}`
async fn acknowledge(State(app): State<App>, access: Access, Body(sent): Body<AckBody>) -> Json {
    actions::open(&app, access).await?;
    if actions::acknowledge(&app, access, sent.id).await? {
        json(&Confirmed {
            ok: true,
            id: sent.id.0,
        })
    } else {
        Err(stranger())
    }
}

fn stranger() -> ApiError {
    ApiError::because(StatusCode::NOT_FOUND, "CallRequest not found or access denied")
}

/// `POST …/update/`: a report. Older apps overwrite fields in any order; unknown keys and unknown words of the last fields
/// are passed over.
async fn update(State(app): State<App>, access: Access, Body(sent): Body<Value>) -> Json {
    actions::open(&app, access).await?;
    let (id, report) = read(&sent)?;
    match actions::report(&app, access, id, &report).await {
        Ok(()) => json(&Reported {
            ok: true,
            call_request_id: id.0,
        }),
        Err(Error::NotFound) => Ok(stranger().into_response()),
        Err(error) => Err(error.into()),
    }
}

/// The longest talk that is believed: two days.
const LONGEST_TALK: i64 = 2 * 24 * 3600;

const DIRECTIONS: [&str; 4] = ["outgoing", "incoming", "missed", "unknown"];
const METHODS: [&str; 3] = ["observer", "retry", "unknown"];
const SOURCES: [&str; 5] = ["crm_ui", "notification", "history", "manual", "unknown"];

/// One of the known words; another one is passed over.
fn known(sent: Option<&Value>, words: &[&str]) -> String {
    let word = sent.and_then(Value::as_str).unwrap_or_default();
    let found = words.iter().find(|known| **known == word);
    found.map_or_else(String::new, |known| (*known).to_owned())
}

fn read(sent: &Value) -> Result<(CallId, Report), Error> {
    let mut errors = FieldErrors::default();
    let present = |name: &str| sent.get(name).filter(|value| !value.is_null());
    let id = present("call_request_id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    if id.is_none() {
        errors.add("call_request_id", "Must be a valid UUID.");
    }
    let word = match present("call_status") {
        None => None,
        Some(Value::String(code)) => Some(Word::read(code)),
        Some(_) => {
            errors.add("call_status", "Not a valid string.");
            None
        }
    };
    let mut moment = |name: &'static str| {
        let value = present(name)?;
        let moment = value.as_str().and_then(time::from_rfc3339);
        if moment.is_none() {
            errors.add(name, "Datetime has wrong format: use ISO 8601.");
        }
        moment
    };
    let (started_at, ended_at) = (moment("call_started_at"), moment("call_ended_at"));
    let mut number = |name: &'static str, most: i64| {
        let value = present(name)?;
        let number = value.as_i64().filter(|number| (0..=most).contains(number));
        if number.is_none() {
            errors.add(name, "Ensure this value is a non-negative integer.");
        }
        number
    };
    let duration = number("call_duration_seconds", LONGEST_TALK);
    let attempts = number("attempts_count", i64::from(i32::MAX));
    let seq = number("seq", i64::MAX).unwrap_or(0);
    let short = |number: Option<i64>| number.and_then(|number| i32::try_from(number).ok());
    let report = Report {
        word,
        seq,
        started_at,
        duration: short(duration),
        finished_at: ended_at,
        direction: known(present("direction"), &DIRECTIONS),
        resolve_method: known(present("resolve_method"), &METHODS),
        action_source: known(present("action_source"), &SOURCES),
        attempts: short(attempts),
    };
    errors.or((id.unwrap_or_else(CallId::new), report))
}
