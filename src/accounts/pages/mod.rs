//! Pages of signing in, of the first administrator and of the own password.

mod own;
mod setup;
mod sign_in;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::sessions::Origin;
use crate::app::App;
use crate::policy::{Action, Role};
use crate::web::{Guard, Opt, Peer, Routes, client_ip};

/// `/login/`, `/logout/`, `/setup/…`, `/account/…`.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/login/", Guard::Public, sign_in::show)
        .post("/login/", Guard::Public, sign_in::create)
        .post("/logout/", Guard::Public, sign_in::destroy)
        .get("/setup/{token}/", Guard::Public, setup::show)
        .post("/setup/{token}/", Guard::Public, setup::create)
        .get("/account/password/", Guard::May(Action::ManageOwnAccount), own::edit)
        .post("/account/password/", Guard::May(Action::ManageOwnAccount), own::update)
}

/// The roles of a select; `chosen` is a role's code.
pub(crate) fn role_options(chosen: &str) -> Vec<Opt> {
    let option = |role: Role| Opt::new(role.code(), role.label(), role.code() == chosen);
    Role::PEOPLE.into_iter().map(option).collect()
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
