//! Whoever asks with an access token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono_tz::Tz;
use uuid::Uuid;

use super::failure::{ApiError, AuthFailure};
use crate::app::Stamp;
use crate::policy::Actor;

/// How far a token reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// As far as its person.
    Full,
    /// To the calls of its phone and no further: a stolen phone does not give the base away.
    Phone,
}

/// The person behind an access token. Made by the middleware of tokens only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bearer {
    /// Who acts.
    pub(crate) actor: Actor,
    /// The session that the token belongs to.
    pub(crate) session: Uuid,
    /// How far it reaches.
    pub(crate) scope: Scope,
    /// In which this person reads times.
    pub(crate) zone: Tz,
    /// By which people, branches and dictionaries are kept in memory.
    pub(crate) stamp: Stamp,
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let bearer = parts.extensions.get::<Self>().copied();
        bearer.ok_or(ApiError::Auth(AuthFailure::Missing))
    }
}
