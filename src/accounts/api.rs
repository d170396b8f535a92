//! `/api/token/`, and who asks with a token.

use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::{self, Denied, Refused, Renewed, Visitor};
use super::known::KnownDevice;
use super::sessions::{self, Key, Known};
use super::tokens::{self, Access};
use crate::api::{ApiError, AuthFailure, Bearer, Body, Doc, Json, Scope, json};
use crate::app::App;
use crate::error::Error;
use crate::policy::{Action, may_ever};
use crate::values::Origin;
use crate::web::{ApiMethod, Guard, Routes, csrf};

/// A database that restarts must not sign phones out: a renewal is tried again for so long, within a client's ten
/// seconds.
const PATIENCE: Duration = Duration::from_secs(6);

const GROUP: &str = "Вход";

/// `/api/token/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .api(ApiMethod::Post, "/api/token/", Guard::Public, obtain)
        .doc(
            Doc::new(GROUP, "Войти: логин и пароль меняются на ключи")
                .body::<Login>("Login", &["username", "password"])
                .answers::<Pair>(200)
                .fails(&[401, 423]),
        )
        .api(ApiMethod::Post, "/api/token/refresh/", Guard::Public, renew)
        .doc(
            Doc::new(GROUP, "Обновить ключ доступа")
                .body::<Refresh>("Refresh", &["refresh"])
                .answers::<Renewal>(200)
                .fails(&[401]),
        )
}

/// The token of `Authorization: Bearer …`.
fn bearer_of(headers: &HeaderMap) -> Result<&str, AuthFailure> {
    let value = headers.get(header::AUTHORIZATION).ok_or(AuthFailure::Missing)?;
    let value = value.to_str().map_err(|_| AuthFailure::Malformed)?;
    let (scheme, token) = value.split_once(' ').ok_or(AuthFailure::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        // Another scheme is nobody's mistake: as if nothing had been sent.
        return Err(AuthFailure::Missing);
    }
    Some(token.trim())
        .filter(|token| !token.is_empty() && !token.contains(' '))
        .ok_or(AuthFailure::Malformed)
}

/// What the access token of a request says; whether its session is open, the caller asks the database.
///
/// # Errors
/// The failure to answer with.
fn access_of(app: &App, headers: &HeaderMap) -> Result<Access, AuthFailure> {
    tokens::read_access(&app.secret_key, bearer_of(headers)?, app.now())
}

impl FromRequestParts<App> for Access {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        access_of(app, &parts.headers).map_err(ApiError::Auth)
    }
}

/// Middleware of calls that need a token: finds out whose it is and puts a [`Bearer`] into the request.
pub(crate) async fn bear(State(app): State<App>, request: Request, next: Next) -> Response {
    let found = find(&app, request.headers()).await;
    bring(found, request, next).await
}

/// Middleware of the calls that a page may make, too: [`bear`], and who brings no token is known by the page's cookie.
pub(crate) async fn bear_or_recognise(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let found = if headers.contains_key(header::AUTHORIZATION) {
        find(&app, headers).await
    } else {
        find_page(&app, request.method(), headers).await
    };
    bring(found, request, next).await
}

async fn bring(found: Result<Bearer, ApiError>, mut request: Request, next: Next) -> Response {
    match found {
        Ok(bearer) => {
            request.extensions_mut().insert(bearer);
            next.run(request).await
        }
        Err(refused) => refused.into_response(),
    }
}

/// The person of a page. Another site's page has the cookie but not the token of forms, and may change nothing.
async fn find_page(app: &App, method: &Method, headers: &HeaderMap) -> Result<Bearer, ApiError> {
    let page = sessions::of_page(app, headers).await?;
    let (known, csrf) = page.ok_or(ApiError::Auth(AuthFailure::Missing))?;
    if !method.is_safe() && !csrf::is_sent(headers, &csrf) {
        let sentence = "Страница устарела. Обновите её и повторите.";
        return Err(ApiError::because(StatusCode::FORBIDDEN, sentence));
    }
    Ok(bearer(&known))
}

async fn find(app: &App, headers: &HeaderMap) -> Result<Bearer, ApiError> {
    let access = access_of(app, headers).map_err(ApiError::Auth)?;
    let known = sessions::look(app, Key::Token(access.session)).await?;
    let known = known.filter(|known| known.actor.user == Some(access.user));
    let known = known.ok_or(ApiError::Auth(AuthFailure::Invalid))?;
    Ok(bearer(&known))
}

fn bearer(known: &Known) -> Bearer {
    Bearer {
        actor: known.actor,
        session: known.session,
        scope: if known.kind == "phone" {
            Scope::Phone
        } else {
            Scope::Full
        },
        zone: known.zone,
        stamp: known.stamp,
    }
}

#[derive(Deserialize, ToSchema)]
struct Login {
    username: String,
    password: String,
    #[serde(default)]
    otp: Option<String>,
}

/// `POST /api/token/` `{username, password, otp?}` → `{refresh, access}`. Older phones send more than that, which is
/// passed over.
async fn obtain(State(app): State<App>, origin: Origin, Body(login): Body<Login>) -> Json {
    let visitor = Visitor {
        origin: &origin,
        device: &KnownDevice::default(),
    };
    let otp = login.otp.as_deref().map(str::trim).filter(|otp| !otp.is_empty());
    match actions::obtain(&app, (&login.username, &login.password, otp), visitor).await {
        Ok(tokens) => json(&Pair {
            refresh: tokens.refresh,
            access: tokens.access,
            is_admin: may_ever(&tokens.actor, Action::ManageUsers),
        }),
        Err(denied) => Err(refusal(denied)),
    }
}

#[derive(Serialize, ToSchema)]
struct Pair {
    refresh: String,
    access: String,
    is_admin: bool,
}

#[derive(Serialize, ToSchema)]
struct Renewal {
    access: String,
}

fn refusal(denied: Denied) -> ApiError {
    match denied {
        Denied::CodeNeeded => ApiError::Auth(AuthFailure::CodeNeeded),
        Denied::FactorNeeded => ApiError::Auth(AuthFailure::FactorNeeded),
        Denied::Refused(Refused::Wrong) => ApiError::Auth(AuthFailure::NoAccount),
        Denied::Refused(Refused::Held {
            seconds,
            is_login: true,
        }) => {
            let minutes = seconds.div_ceil(60);
            let sentence = format!("Слишком много неверных попыток: вход закрыт. Повторите через {minutes} мин.");
            ApiError::Other(StatusCode::LOCKED, sentence, Some(seconds))
        }
        Denied::Refused(Refused::Held { seconds, .. }) => ApiError::Failed(Error::TooMany(seconds)),
        Denied::Refused(Refused::Failed(error)) => ApiError::Failed(error),
    }
}

#[derive(Deserialize, ToSchema)]
struct Refresh {
    refresh: String,
}

/// `POST /api/token/refresh/` `{refresh}` → `{access}`.
async fn renew(State(app): State<App>, Body(sent): Body<Refresh>) -> Json {
    let began = tokio::time::Instant::now();
    let renewed = loop {
        match actions::renew(&app, &sent.refresh).await {
            Err(Error::Unavailable(_)) if began.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            other => break other?,
        }
    };
    match renewed {
        Renewed::Access(access) => json(&Renewal { access }),
        Renewed::Invalid => Err(ApiError::Auth(AuthFailure::RefreshInvalid)),
    }
}
