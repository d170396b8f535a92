//! JSON plumbing: who asks with a token, bodies and queries that refuse what they do not know, errors as JSON.
//!
//! Shapes are those of Django REST framework and of its simplejwt, which older clients speak (decision 0030).

mod bearer;
mod doc;
mod extract;
mod failure;
mod kept;
mod once;
mod paging;
mod sent;
#[cfg(test)]
mod tests;

pub(crate) use bearer::{Bearer, Scope};
pub(crate) use doc::{Doc, IdKind};
pub(crate) use extract::{Body, Path, Query};
pub(crate) use failure::{ApiError, AuthFailure, bare_failure};
pub(crate) use kept::KeptQuery;
pub(crate) use once::{IfMatch, Once, as_seen, item, stale, upon_what_stands};
pub(crate) use paging::{Here, PageOf, page_size, place};
pub(crate) use sent::{Field, Sent};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::error::Error;

/// What an API handler answers with.
pub(crate) type Json = Result<Response, ApiError>;

/// 200 with this body.
pub(crate) fn json(body: &impl Serialize) -> Json {
    json_with(StatusCode::OK, body)
}

/// This body with another status, such as 201.
pub(crate) fn json_with(status: StatusCode, body: &impl Serialize) -> Json {
    let body = serde_json::to_vec(body).map_err(|error| Error::Unexpected(error.into()))?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// 204: done, and there is nothing to say.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
