//! What all pages before the first session share.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;

use super::sign_in::step_path;
use crate::accounts::actions::{Opened, Step, Visitor};
use crate::accounts::known::{self, KnownDevice};
use crate::accounts::sessions::{self, Pending};
use crate::app::App;
use crate::values::Origin;
use crate::web::{Html, see_other};

/// Whoever stands before the door, and what the browser brought.
pub(super) struct Door {
    origin: Origin,
    device: KnownDevice,
    /// The token of a sign-in that was begun; empty: none.
    pub(super) pending: String,
}

impl Door {
    /// For actions.
    pub(super) fn visitor(&self) -> Visitor<'_> {
        Visitor {
            origin: &self.origin,
            device: &self.device,
        }
    }
}

impl FromRequestParts<App> for Door {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Pending(pending) = Pending::from_request_parts(parts, app).await?;
        Ok(Self {
            origin: Origin::from_request_parts(parts, app).await?,
            device: KnownDevice::from_request_parts(parts, app).await?,
            pending,
        })
    }
}

/// Gives the browser its session; what was pending is over.
pub(super) fn let_in(app: &App, response: &mut Response, opened: &Opened) {
    let cookies = [
        sessions::set_cookie(app, &opened.session),
        known::set_known(app, &opened.device),
        sessions::set_pending(app, ""),
    ];
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// On to the page asked for, or to what the sign-in awaits; `next` is a path of ours.
pub(super) fn go_on(app: &App, step: Step, next: &str) -> Html {
    let (path, token) = match step {
        Step::Open(opened) => {
            let mut response = see_other(next)?;
            let_in(app, &mut response, &opened);
            return Ok(response);
        }
        Step::Code(token) => ("/login/code/", token),
        Step::SetUp(token) => ("/login/second-factor/", token),
    };
    let mut response = see_other(&step_path(path, next))?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, sessions::set_pending(app, &token));
    Ok(response)
}
