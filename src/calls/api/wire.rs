//! What phones send and are answered about calls: the shapes that the handlers write and the contract shows.

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How a phone asks.
#[derive(IntoParams)]
#[expect(dead_code, reason = "only described: what cannot be read is passed over")]
pub(super) struct PullParams {
    /// Как телефон назвал себя при регистрации.
    #[param(min_length = 1, max_length = 64)]
    device_id: String,
    /// Сколько секунд ждать звонка, если его ещё нет; не больше 25.
    #[param(maximum = 25)]
    wait_seconds: Option<u8>,
    /// «1»: приложение подтверждает полученное, и потому до подтверждения может получить его ещё раз.
    ack: Option<String>,
    /// Запрос, который приложение получило прошлым ответом: подтверждён.
    last_id: Option<Uuid>,
}

/// Whom to call.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneCall)]
pub(super) struct Command {
    pub(super) id: Uuid,
    /// E.164.
    pub(super) phone: String,
    /// Digits to dial when somebody answers; may be empty.
    pub(super) extension: String,
    pub(super) company_id: Option<Uuid>,
    pub(super) contact_id: Option<Uuid>,
    pub(super) note: String,
    #[schema(format = DateTime)]
    pub(super) created_at: String,
    /// How long it may still be dialled.
    pub(super) ttl_ms: i64,
}

/// Confirmed.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneCallConfirmed)]
pub(super) struct Confirmed {
    pub(super) ok: bool,
    pub(super) id: Uuid,
}

/// Taken down.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneCallReported)]
pub(super) struct Reported {
    pub(super) ok: bool,
    pub(super) call_request_id: Uuid,
}

/// What came of a call. Unknown keys are passed over, and so are unknown words of the last three.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: older apps send more and less")]
pub(super) struct PhoneCallReport {
    call_request_id: Uuid,
    /// `dialing`, `talking`, `connected`, `no_answer`, `busy`, `rejected`, `missed`, `no_action`; anything else is `unknown`.
    call_status: Option<String>,
    /// Grows with each report; without it the word that says more counts.
    #[schema(minimum = 0)]
    seq: Option<i64>,
    #[schema(format = DateTime)]
    call_started_at: Option<String>,
    #[schema(format = DateTime)]
    call_ended_at: Option<String>,
    /// Сколько говорили. `connected` с нулём читается как «не дозвонился»: так старые приложения сообщают о звонке без ответа.
    #[schema(minimum = 0, maximum = 172_800)]
    call_duration_seconds: Option<i64>,
    #[schema(minimum = 0)]
    attempts_count: Option<i32>,
    /// `outgoing`, `incoming`, `missed`, `unknown`
    direction: Option<String>,
    /// `observer`, `retry`, `unknown`
    resolve_method: Option<String>,
    /// `crm_ui`, `notification`, `history`, `manual`, `unknown`
    action_source: Option<String>,
}
