//! Errors as JSON: one place that knows their status, their words and their log line.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::error::{Error, FieldErrors};
use crate::policy;

/// Why a caller of the API is not let in; codes and words are simplejwt's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthFailure {
    /// There is no `Authorization`.
    Missing,
    /// `Authorization` is not `Bearer <token>`.
    Malformed,
    /// The access token is forged, of another kind, or its session has ended.
    Invalid,
    /// The access token is too old.
    Expired,
    /// The login or the password is wrong.
    NoAccount,
    /// The refresh token is forged, or its session has ended.
    RefreshInvalid,
    /// The password is right, and a code of the second factor is asked for too.
    CodeNeeded,
    /// The role needs a second factor, which is set up on the site.
    FactorNeeded,
}

impl AuthFailure {
    fn body(self) -> Value {
        let access = |message: &str| {
            json!({
                "detail": "Given token not valid for any token type",
                "code": "token_not_valid",
                "messages": [{"token_class": "AccessToken", "token_type": "access", "message": message}],
            })
        };
        match self {
            Self::Missing => json!({"detail": "Authentication credentials were not provided."}),
            Self::Malformed => json!({
                "detail": "Authorization header must contain two space-delimited values",
                "code": "bad_authorization_header",
            }),
            Self::Invalid => access("Token is invalid"),
            Self::Expired => access("Token is expired"),
            Self::NoAccount => json!({
                "detail": "No active account found with the given credentials",
                "code": "no_active_account",
            }),
            Self::RefreshInvalid => json!({"detail": "Token is invalid", "code": "token_not_valid"}),
            Self::CodeNeeded => json!({
                "detail": "Пароль верный. Пришлите ещё код второго фактора в поле otp.",
                "code": "otp_required",
            }),
            Self::FactorNeeded => json!({
                "detail": "Для вашей роли нужен второй фактор. Войдите на сайте и настройте его.",
                "code": "second_factor_required",
            }),
        }
    }
}

/// Why a call of the API did not happen.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// An action failed.
    Failed(Error),
    /// The caller is not let in.
    Auth(AuthFailure),
    /// Another status with one sentence, and seconds to wait when waiting helps.
    Other(StatusCode, String, Option<u64>),
    /// Another status with more than a sentence.
    With(StatusCode, Value),
}

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl ApiError {
    /// Any status with one sentence.
    pub(crate) fn because(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self::Other(status, sentence.into(), None)
    }

    /// Fields are called otherwise by the API than by the action: first the action's names, then the API's. A name that
    /// ends with `-` is that of rows.
    pub(crate) fn renamed(self, names: &[(&str, &str)]) -> Self {
        let Self::Failed(Error::Invalid(errors)) = self else {
            return self;
        };
        let mut renamed = FieldErrors::default();
        for (name, sentence) in errors.pairs() {
            renamed.add(rename(name, names), sentence);
        }
        Self::Failed(Error::Invalid(renamed))
    }

    fn parts(self) -> (StatusCode, Value, Option<u64>) {
        match self {
            Self::Auth(failure) => (StatusCode::UNAUTHORIZED, failure.body(), None),
            Self::Other(status, sentence, wait) => (status, detail(&sentence), wait),
            Self::With(status, body) => (status, body, None),
            Self::Failed(error) => of(error),
        }
    }
}

fn rename(name: &str, names: &[(&str, &str)]) -> String {
    for (old, new) in names {
        match name.strip_prefix(old) {
            Some("") => return (*new).to_owned(),
            Some(row) if old.ends_with('-') => return new.replace("{row}", row),
            _ => (),
        }
    }
    name.to_owned()
}

fn detail(sentence: &str) -> Value {
    json!({ "detail": sentence })
}

fn of(error: Error) -> (StatusCode, Value, Option<u64>) {
    match error {
        Error::NotFound => (StatusCode::NOT_FOUND, detail("Не найдено."), None),
        Error::Denied(action) => (StatusCode::FORBIDDEN, detail(policy::who_may(action)), None),
        Error::Invalid(errors) => (StatusCode::BAD_REQUEST, fields(&errors), None),
        Error::Conflict(sentence) => (StatusCode::CONFLICT, detail(sentence), None),
        Error::TooMany(seconds) => {
            let sentence = format!("Слишком часто. Подождите {seconds} с и повторите.");
            (StatusCode::TOO_MANY_REQUESTS, detail(&sentence), Some(seconds.max(1)))
        }
        Error::Unavailable(cause) | Error::StoreUnavailable(cause) => {
            tracing::error!(cause, "a call of the API failed");
            let sentence = "Сервис временно недоступен. Повторите через несколько секунд.";
            (StatusCode::SERVICE_UNAVAILABLE, detail(sentence), Some(5))
        }
        Error::Unexpected(cause) => {
            tracing::error!(cause = format!("{cause:#}"), "a call of the API failed");
            let sentence = "Что-то пошло не так. Мы записали ошибку в журнал.";
            (StatusCode::INTERNAL_SERVER_ERROR, detail(sentence), None)
        }
    }
}

/// `{"field": ["sentence"]}`, what speaks of the whole body under `non_field_errors`.
fn fields(errors: &FieldErrors) -> Value {
    let mut body = Map::new();
    for (name, sentence) in errors.pairs() {
        let name = if name.is_empty() { "non_field_errors" } else { name };
        body.insert(name.to_owned(), json!([sentence]));
    }
    Value::Object(body)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let is_auth = matches!(self, Self::Auth(_));
        let (status, body, wait) = self.parts();
        let mut response = respond(status, &body, wait);
        if is_auth {
            let challenge = HeaderValue::from_static("Bearer realm=\"api\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A failure that no handler has seen, such as an unknown address below `/api/` or a body over the limit.
pub(crate) fn bare_failure(status: StatusCode, sentence: &str, wait: Option<u64>) -> Response {
    respond(status, &detail(sentence), wait)
}

fn respond(status: StatusCode, body: &Value, wait: Option<u64>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (status, kind, body.to_string()).into_response();
    if let Some(seconds) = wait {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
