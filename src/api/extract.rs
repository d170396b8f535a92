//! Bodies, queries and paths; whatever is not expected is refused with a word on it, not passed over.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::ApiError;
use crate::error::Error;

/// The largest body of JSON, in bytes.
const LIMIT: usize = 1024 * 1024;

/// A body of JSON; types that refuse unknown fields say so with `deny_unknown_fields`.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_json = kind.and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/json")
        });
        if !is_json {
            let sentence = "Тело запроса должно быть application/json.";
            return Err(ApiError::because(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
        }
        let bytes = to_bytes(request.into_body(), LIMIT).await.map_err(|_| {
            let sentence = "Тело запроса больше 1 МБ или не дошло целиком.";
            ApiError::because(StatusCode::PAYLOAD_TOO_LARGE, sentence)
        })?;
        read(&bytes).map(Self)
    }
}

/// JSON whose errors name the field they are at.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Postgres keeps no NUL in a text.
    if bytes.windows(6).any(|some| some == br"\u0000")
        && let Some(path) = serde_json::from_slice(bytes).ok().and_then(|value| nul_at(&value, ""))
    {
        return Err(at(path, "В тексте есть знак с кодом 0. Уберите его."));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(refused)?;
    // A second value after the first one.
    reader
        .end()
        .map_err(|_| ApiError::because(StatusCode::BAD_REQUEST, "После JSON есть лишние знаки."))?;
    Ok(value)
}

/// Where a text with a NUL stands.
fn nul_at(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| path.to_owned()),
        Value::Array(all) => {
            let mut all = all.iter().enumerate();
            all.find_map(|(row, value)| nul_at(value, &format!("{path}[{row}]")))
        }
        Value::Object(all) => all.iter().find_map(|(name, value)| {
            let dot = if path.is_empty() { "" } else { "." };
            nul_at(value, &format!("{path}{dot}{name}"))
        }),
        _ => None,
    }
}

/// The same of what has been read as JSON already.
pub(super) fn read_value<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value).map_err(refused)
}

fn refused(error: serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let cause = error.inner();
    if cause.is_syntax() || cause.is_eof() {
        let sentence = format!("JSON с ошибкой: строка {}, знак {}.", cause.line(), cause.column());
        return ApiError::because(StatusCode::BAD_REQUEST, sentence);
    }
    complain(&error.path().to_string(), &cause.to_string())
}

/// One sentence at the field that serde complains of.
fn complain(path: &str, cause: &str) -> ApiError {
    let named = |before: &str| {
        let rest = cause.strip_prefix(before)?;
        rest.split('`').next().map(str::to_owned)
    };
    if let Some(field) = named("unknown field `") {
        return at(join(path, &field), "Такого поля нет.");
    }
    if let Some(field) = named("missing field `") {
        return at(join(path, &field), "This field is required.");
    }
    if let Some(known) = cause.strip_prefix("unknown variant `") {
        // «x`, expected one of `a`, `b`»: every second piece behind the first is one that is known.
        let known: Vec<_> = known.split('`').skip(2).step_by(2).collect();
        return at(
            path.to_owned(),
            &format!("Такого значения нет. Можно: {}.", known.join(", ")),
        );
    }
    at(path.to_owned(), "Значение другого вида, чем ожидается.")
}

/// serde names the object that a missing field belongs to.
fn join(path: &str, field: &str) -> String {
    match path {
        "." | "" => field.to_owned(),
        path if path == field || path.ends_with(&format!(".{field}")) => path.to_owned(),
        path => format!("{path}.{field}"),
    }
}

fn at(field: String, sentence: &str) -> ApiError {
    let field = if field == "." { String::new() } else { field };
    let mut errors = crate::error::FieldErrors::default();
    errors.add(field, sentence);
    ApiError::Failed(Error::Invalid(errors))
}

/// The query string; several values of one name are a list.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        // Postgres keeps no NUL in a text.
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Error::field("", "В запросе есть знак, который нельзя искать. Уберите его.").into());
        }
        let read = axum_extra::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|query| Self(query.0)).map_err(|refused| {
            use std::error::Error as _;
            let cause = refused
                .source()
                .map_or_else(|| refused.to_string(), ToString::to_string);
            // `field: cause`
            match cause.split_once(": ") {
                Some((field, cause)) if !field.contains(' ') => complain(field, cause),
                _ => complain(".", &cause),
            }
        })
    }
}

/// Parts of the path; unreadable ones are 404.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    #[expect(clippy::disallowed_types, reason = "this is the wrapper")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|path| Self(path.0)).map_err(|_| Error::NotFound.into())
    }
}
