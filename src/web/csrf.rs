//! Forms from elsewhere are refused: a token bound to the session, and the browser's own word on where a request
//! comes from.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::failure::{Failure, HtmlError};
use super::layout::Viewer;
use crate::error::Error;

/// The hidden field's name.
pub(crate) const FIELD: &str = "csrf_token";
const HEADER: &str = "x-csrf-token";
/// The largest ordinary form, in bytes.
pub(crate) const FORM_LIMIT: usize = 1024 * 1024;

/// The token of whoever holds `seed`, the secret of a session or of a first visit.
pub(crate) fn token(key: &SecretString, seed: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(b"csrf:");
    mac.update(seed.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// A fresh key for a form that makes something, see [`crate::db::submitted`].
pub(crate) fn form_key() -> String {
    Uuid::new_v4().to_string()
}

/// Middleware of every POST route but uploads.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    check(request, next, false).await
}

/// Middleware of uploads: the handler of a `multipart/form-data` body finds the token in its first part, before it
/// reads anything else. No other handler may be reached so: one that reads no body would never miss the token.
pub(super) async fn protect_upload(request: Request, next: Next) -> Response {
    check(request, next, true).await
}

/// Whether a call made by a page brings its token in the header, and the browser has nothing against where it comes from.
pub(crate) fn is_sent(headers: &HeaderMap, token: &str) -> bool {
    let sent = headers.get(HEADER).map_or(&b""[..], HeaderValue::as_bytes);
    is_same_origin(headers) && equal(sent, token.as_bytes())
}

async fn check(request: Request, next: Next, is_upload: bool) -> Response {
    let Some(viewer) = request.extensions().get::<Viewer>().cloned() else {
        return HtmlError(Error::Unexpected(anyhow::anyhow!("a POST route without a viewer"))).into_response();
    };
    if !is_same_origin(request.headers()) {
        return Failure::foreign_form().into_response();
    }
    if let Some(sent) = request.headers().get(HEADER) {
        let is_right = equal(sent.as_bytes(), viewer.csrf.as_bytes());
        return if is_right {
            next.run(request).await
        } else {
            Failure::foreign_form().into_response()
        };
    }
    let is_multipart = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"multipart/form-data"));
    if is_multipart && is_upload {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let bytes = match to_bytes(body, FORM_LIMIT).await {
        Ok(bytes) => bytes,
        Err(error) if is_too_large(&error) => return Failure::too_large().into_response(),
        Err(_) => return Failure::cut_off().into_response(),
    };
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
    let sent = pairs
        .iter()
        .find(|(name, _)| name == FIELD)
        .map(|(_, value)| value.as_bytes());
    if !sent.is_some_and(|sent| equal(sent, viewer.csrf.as_bytes())) {
        return Failure::foreign_form().into_response();
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

/// Whether two tokens are the same, in constant time.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// What the browser itself says; older ones say nothing, and the token alone decides.
fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    origin
        .split_once("://")
        .is_some_and(|(_, origin_host)| origin_host == host)
}
