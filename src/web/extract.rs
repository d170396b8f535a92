//! Extractors whose refusals look like every other page.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Deserializer};

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
