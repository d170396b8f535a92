//! Extractors whose refusals look like every other page.

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Deserializer};

use super::csrf;
use super::failure::{Failure, HtmlError};
use super::layers::{Peer, client_ip};
use super::layout::Viewer;
use crate::app::App;
use crate::error::Error;
use crate::values::Origin;

/// Whether htmx asked, so that a fragment is wanted.
pub(crate) fn is_htmx(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request") && !headers.contains_key("hx-boosted")
}

/// Parts of the path; unreadable ones are 404.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = HtmlError;

    #[expect(clippy::disallowed_types, reason = "this is the wrapper")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|path| Self(path.0)).map_err(|_| HtmlError(Error::NotFound))
    }
}

/// A form with files: its first part, the token, has been compared before anything else is read, and the other parts are
/// taken as they come.
pub(crate) struct UploadForm(pub(crate) Multipart);

impl<S: Send + Sync> FromRequest<S> for UploadForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let viewer = request.extensions().get::<Viewer>().cloned();
        let parts = Multipart::from_request(request, state).await;
        let mut parts = parts.map_err(|_| Failure::unreadable())?;
        let sent = match parts.next_field().await {
            Ok(Some(field)) if field.name() == Some(csrf::FIELD) => token(field).await,
            _ => Vec::new(),
        };
        if viewer.is_some_and(|viewer| csrf::equal(&sent, viewer.csrf.as_bytes())) {
            Ok(Self(parts))
        } else {
            Err(Failure::foreign_form())
        }
    }
}

/// What the token's part says; nothing when it is longer than any token.
async fn token(mut field: Field<'_>) -> Vec<u8> {
    const LONGEST: usize = 255;
    let mut token = Vec::new();
    while let Ok(Some(piece)) = field.chunk().await {
        if token.len() + piece.len() > LONGEST {
            return Vec::new();
        }
        token.extend_from_slice(&piece);
    }
    token
}

/// The query string; several values of one name are a list.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let read = axum_extra::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|query| Self(query.0)).map_err(|_| Failure::unreadable())
    }
}

/// A posted form; several values of one name are a list.
pub(crate) struct Form<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequest<S> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let read = axum_extra::extract::Form::<T>::from_request(request, state).await;
        read.map(|form| Self(form.0))
            .map_err(|refused| match refused.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Failure::too_large(),
                _ => Failure::unreadable(),
            })
    }
}

/// A field that was sent, be it empty; for `Option<String>`, which by itself takes an empty value for none.
pub(crate) fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    String::deserialize(value).map(Some)
}

impl FromRequestParts<App> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Ok(Self {
            ip: client_ip(peer, &parts.headers, &app.config.trusted_proxies),
            user_agent: agent.chars().take(200).collect(),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = HtmlError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let viewer = parts.extensions.get::<Self>().cloned();
        viewer.ok_or_else(|| HtmlError(Error::Unexpected(anyhow::anyhow!("a page route without a viewer"))))
    }
}
