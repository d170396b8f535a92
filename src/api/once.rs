//! What keeps two writers apart: the version that one has seen, and the key by which a call is made once.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::bearer::Bearer;
use super::failure::{ApiError, AuthFailure};
use super::sent::Sent;
use super::{Json, json_with};
use crate::db::submitted::Key;
use crate::error::Error;

/// The longest key of a call.
const LONGEST: usize = 255;
/// How often a change that names no version is made while others are quicker.
const TRIES: usize = 3;

/// What whoever was too late is told.
const LATE: &str = "Запись уже изменил кто-то другой. Сравните с current и отправьте ещё раз с новой версией.";

/// `If-Match`: the version that the sender has seen; `None`: whatever it is now.
pub(crate) struct IfMatch(Option<i32>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(seen(&parts.headers)))
    }
}

fn seen(headers: &HeaderMap) -> Option<i32> {
    let tag = headers.get(header::IF_MATCH)?.to_str().unwrap_or_default().trim();
    if tag == "*" {
        return None;
    }
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let tag = tag.strip_prefix('"').unwrap_or(tag);
    let tag = tag.strip_suffix('"').unwrap_or(tag);
    let number = tag
        .parse()
        .ok()
        .filter(|_| tag.bytes().all(|byte| byte.is_ascii_digit()));
    // A tag that we never gave is that of no version.
    Some(number.unwrap_or(-1))
}

impl IfMatch {
    /// The version that was seen, by the header or by the body.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the two differ.
    pub(crate) fn and(self, body: Option<i32>) -> Result<Option<i32>, ApiError> {
        match (self.0, body) {
            (Some(head), Some(body)) if head != body => {
                Err(Error::field("version", "Другая версия, чем в заголовке If-Match.").into())
            }
            (head, body) => Ok(head.or(body)),
        }
    }
}

/// `Idempotency-Key`: the same key by the same person at the same address makes one record.
pub(crate) struct Once(pub(crate) Option<Key>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let Some(key) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        let is_plain = key.as_bytes().iter().all(u8::is_ascii_graphic);
        if key.is_empty() || key.len() > LONGEST || !is_plain {
            let sentence = "Idempotency-Key: от 1 до 255 знаков ASCII без пробелов.";
            return Err(ApiError::because(StatusCode::BAD_REQUEST, sentence));
        }
        let bearer = parts.extensions.get::<Bearer>();
        let user = bearer.and_then(|bearer| bearer.actor.user);
        let user = user.ok_or(ApiError::Auth(AuthFailure::Missing))?;
        let digest = Sha256::new()
            .chain_update(user.0.to_be_bytes())
            .chain_update(parts.uri.path())
            .chain_update([0])
            .chain_update(key.as_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Ok(Self(Some(Key::Call(
            uuid::Builder::from_custom_bytes(bytes).into_uuid(),
        ))))
    }
}

impl Once {
    /// The key; of a call that has none, one that nobody else has.
    pub(crate) fn key(self) -> Key {
        self.0.unwrap_or_else(|| Key::Call(Uuid::new_v4()))
    }
}

/// One record with its version, by which its next change is told from others'.
pub(crate) fn item(status: StatusCode, version: i32, body: &impl Serialize) -> Json {
    let mut response = json_with(status, body)?;
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Makes a change upon what stands. `false`: somebody was quicker, of which whoever names the version they have seen is told
/// at once; without one it is made again.
pub(crate) async fn upon_what_stands<C: Future<Output = Result<(), ApiError>>>(
    seen: Option<i32>,
    change: impl Fn() -> C,
) -> Result<bool, ApiError> {
    let tries = if seen.is_some() { 1 } else { TRIES };
    for _ in 0..tries {
        match change().await {
            Err(ApiError::Failed(Error::Conflict(_))) => (),
            other => return other.map(|()| true),
        }
    }
    Ok(false)
}

/// A change is judged by what its sender has seen: once that is another version, before anything else of it is.
///
/// # Errors
/// [`Error::Conflict`]
pub(crate) fn as_seen(seen: Option<i32>, now: i32) -> Result<(), ApiError> {
    match seen {
        Some(seen) if seen != now => Err(Error::Conflict("").into()),
        _ => Ok(()),
    }
}

/// 409: somebody else was quicker. What was sent the sender knows; what stands now is told.
pub(crate) fn stale(current: &impl Serialize) -> ApiError {
    let current = serde_json::to_value(current).unwrap_or(Value::Null);
    ApiError::With(StatusCode::CONFLICT, json!({ "detail": LATE, "current": current }))
}

impl Sent {
    /// [`stale`] to whoever changes a record, and the fields that they would have otherwise, with both values of each.
    ///
    /// `meant` is the record as it would be told of if this change were made upon what stands, so that what says the same in
    /// other letters is no difference; `None`: some of it cannot be meant, and letters are compared.
    pub(crate) fn late<B: Serialize>(&self, current: &B, meant: Option<&B>) -> ApiError {
        let current = serde_json::to_value(current).unwrap_or(Value::Null);
        let meant = meant.and_then(|meant| serde_json::to_value(meant).ok());
        let conflicts: Vec<Value> = self
            .fields()
            .filter_map(|(field, yours)| {
                let now = current.get(field)?;
                let meant = meant.as_ref().map_or(Some(yours), |meant| meant.get(field));
                (meant != Some(now)).then(|| json!({ "field": field, "yours": yours, "current": now }))
            })
            .collect();
        let body = json!({ "detail": LATE, "current": current, "conflicts": conflicts });
        ApiError::With(StatusCode::CONFLICT, body)
    }
}
