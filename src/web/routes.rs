//! Routes declared with who may use them, so that one command lists them all and none is unguarded.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use serde::Serialize;
use tower_http::timeout::TimeoutLayer;

use super::csrf;
use super::extract::is_htmx;
use super::failure::HtmlError;
use super::layout::Viewer;
use crate::api::{ApiError, AuthFailure, Bearer, Doc, Scope};
use crate::app::App;
use crate::error::Error;
use crate::policy::{self, Action};

/// The longest a request may take.
const TIME: Duration = Duration::from_mins(1);
/// The longest an upload may take: the largest file over a slow office line.
const UPLOAD_TIME: Duration = Duration::from_mins(30);

/// Who passes the door of a route. What may be done to a row is decided by the action behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Anybody.
    Public,
    /// Whoever has the secret that stands in the address: the handler looks it up, and does not tell a wrong one from none.
    Token,
    /// A signed-in person for whom this action is possible with some row.
    May(Action),
    /// A signed-in person; the handler itself asks for this action, since a refusal is to be noted.
    Asks(Action),
    /// Whoever brings an access token of full reach and for whom this action is possible with some row.
    Bearer(Action),
    /// As [`Self::Bearer`], or a signed-in person's own page, by its cookie and its `X-CSRF-Token`.
    BearerOrPage(Action),
    /// Whoever brings any access token: what a phone does for its calls.
    Phone,
    /// As [`Self::Phone`], and the handler looks at the token itself, in the one query it makes anyway.
    OwnPhone,
}

/// One line of `routes --json`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RouteInfo {
    /// `GET` or `POST`; of the API also `PUT`, `PATCH` and `DELETE`.
    pub(crate) method: &'static str,
    /// The pattern.
    pub(crate) path: &'static str,
    /// `public`, `token`, `session`, `bearer` or `bearer or session`.
    pub(crate) auth: &'static str,
    /// The policy action, `-` for routes that nobody signs in for.
    pub(crate) action: &'static str,
}

/// A router that remembers what it was told.
#[derive(Default)]
pub(crate) struct Routes {
    routers: Routers,
    list: Vec<RouteInfo>,
    docs: Vec<(RouteInfo, Doc)>,
}

/// Routers that are given layers of their own.
#[derive(Default)]
pub(crate) struct Routers {
    /// What browsers ask for, with their cookies.
    pub(crate) pages: Router<App>,
    /// What programs ask for, with their tokens.
    pub(crate) api: Router<App>,
    /// What both ask for, each in its way.
    pub(crate) shared_api: Router<App>,
    /// What programs ask for while they have no token, or one that the handler looks at itself.
    pub(crate) open_api: Router<App>,
}

impl Routes {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A page that only reads.
    #[must_use]
    pub(crate) fn get<H, T>(self, path: &'static str, guard: Guard, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("GET", (path, guard), get(handler), TIME)
    }

    /// A form that acts: the body's `csrf_token` (or the `X-CSRF-Token` header) is checked before the handler.
    #[must_use]
    pub(crate) fn post<H, T>(self, path: &'static str, guard: Guard, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(
            "POST",
            (path, guard),
            post(handler).route_layer(from_fn(csrf::protect)),
            TIME,
        )
    }

    /// [`Self::post`] whose body may be a file of up to `limit` bytes. Being `multipart/form-data`, it carries its token
    /// in the first part: the handler checks it before it reads on.
    #[must_use]
    pub(crate) fn post_upload<H, T>(self, path: &'static str, guard: Guard, handler: H, limit: usize) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let handler = post(handler).layer(DefaultBodyLimit::max(limit));
        self.add(
            "POST",
            (path, guard),
            handler.route_layer(from_fn(csrf::protect_upload)),
            UPLOAD_TIME,
        )
    }

    /// A call of the API: no cookies, no forms, JSON both ways.
    #[must_use]
    pub(crate) fn api<H, T>(self, method: ApiMethod, path: &'static str, guard: Guard, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let (name, filter) = method.words();
        self.add_api((name, path, guard), on(filter, handler))
    }

    /// What the contract says of the call that was added last.
    #[must_use]
    pub(crate) fn doc(mut self, doc: Doc) -> Self {
        let told = self.list.last().cloned().map(|route| (route, doc));
        self.docs.extend(told);
        self
    }

    /// What the contract says of all calls.
    pub(crate) fn docs(&self) -> &[(RouteInfo, Doc)] {
        &self.docs
    }

    /// All routes of another room.
    #[must_use]
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.routers.pages = self.routers.pages.merge(other.routers.pages);
        self.routers.api = self.routers.api.merge(other.routers.api);
        self.routers.shared_api = self.routers.shared_api.merge(other.routers.shared_api);
        self.routers.open_api = self.routers.open_api.merge(other.routers.open_api);
        self.list.extend(other.list);
        self.docs.extend(other.docs);
        self
    }

    /// The routers and the list.
    pub(crate) fn into_parts(self) -> (Routers, Vec<RouteInfo>) {
        (self.routers, self.list)
    }

    fn add(
        mut self,
        method: &'static str,
        (path, guard): (&'static str, Guard),
        handler: MethodRouter<App>,
        time: Duration,
    ) -> Self {
        self.note(method, path, guard);
        let guarded = handler
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time))
            .layer(from_fn(move |request, next| admit(guard, request, next)));
        self.routers.pages = self.routers.pages.route(path, guarded);
        self
    }

    fn add_api(
        mut self,
        (method, path, guard): (&'static str, &'static str, Guard),
        handler: MethodRouter<App>,
    ) -> Self {
        self.note(method, path, guard);
        let timed = handler.layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIME));
        let routers = &mut self.routers;
        let (router, guarded) = match guard {
            Guard::Public | Guard::Token | Guard::OwnPhone => (&mut routers.open_api, timed),
            Guard::BearerOrPage(_) => (&mut routers.shared_api, admitted(timed, guard)),
            Guard::Bearer(_) | Guard::Phone | Guard::May(_) | Guard::Asks(_) => {
                (&mut routers.api, admitted(timed, guard))
            }
        };
        *router = std::mem::take(router).route(path, guarded);
        self
    }

    fn note(&mut self, method: &'static str, path: &'static str, guard: Guard) {
        let (auth, action) = match guard {
            Guard::Public => ("public", "-"),
            Guard::Token => ("token", "-"),
            Guard::May(action) | Guard::Asks(action) => ("session", action.name()),
            Guard::Bearer(action) => ("bearer", action.name()),
            Guard::BearerOrPage(action) => ("bearer or session", action.name()),
            Guard::Phone | Guard::OwnPhone => ("bearer", Action::UsePhone.name()),
        };
        self.list.push(RouteInfo {
            method,
            path,
            auth,
            action,
        });
    }
}

/// Methods of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiMethod {
    /// Reads.
    Get,
    /// Makes or acts.
    Post,
    /// Replaces all fields.
    Put,
    /// Changes the fields that are sent.
    Patch,
    /// Removes.
    Delete,
}

impl ApiMethod {
    fn words(self) -> (&'static str, MethodFilter) {
        match self {
            Self::Get => ("GET", MethodFilter::GET),
            Self::Post => ("POST", MethodFilter::POST),
            Self::Put => ("PUT", MethodFilter::PUT),
            Self::Patch => ("PATCH", MethodFilter::PATCH),
            Self::Delete => ("DELETE", MethodFilter::DELETE),
        }
    }
}

/// A call of the API behind its guard.
fn admitted(handler: MethodRouter<App>, guard: Guard) -> MethodRouter<App> {
    handler.layer(from_fn(move |request, next| admit_bearer(guard, request, next)))
}

/// Lets a call of the API through or denies it.
async fn admit_bearer(guard: Guard, request: Request, next: Next) -> Response {
    let action = match guard {
        Guard::Bearer(action) | Guard::BearerOrPage(action) => action,
        _ => Action::UsePhone,
    };
    match request.extensions().get::<Bearer>() {
        None => ApiError::Auth(AuthFailure::Missing).into_response(),
        Some(bearer) if bearer.scope == Scope::Phone && guard != Guard::Phone => {
            let sentence = "Этот ключ выдан телефону для звонков: к базе он не подходит.";
            ApiError::because(StatusCode::FORBIDDEN, sentence).into_response()
        }
        Some(bearer) if policy::may_ever(&bearer.actor, action) => next.run(request).await,
        Some(_) => ApiError::Failed(Error::Denied(action)).into_response(),
    }
}

/// Lets a request through, sends it to sign in, or denies it.
async fn admit(guard: Guard, request: Request, next: Next) -> Response {
    let (action, is_asked) = match guard {
        Guard::Public | Guard::Token => return next.run(request).await,
        // Tokens do not count here.
        Guard::Bearer(_) | Guard::BearerOrPage(_) | Guard::Phone | Guard::OwnPhone => return to_sign_in(&request),
        Guard::May(action) => (action, false),
        Guard::Asks(action) => (action, true),
    };
    match request.extensions().get::<Viewer>().and_then(|viewer| viewer.actor) {
        Some(actor) if is_asked || policy::may_ever(&actor, action) => next.run(request).await,
        Some(_) => HtmlError(Error::Denied(action)).into_response(),
        None => to_sign_in(&request),
    }
}

/// The way to the sign-in page and, for a page that was only read, back.
fn to_sign_in(request: &Request) -> Response {
    let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let target = if request.method() == axum::http::Method::GET && wanted != "/" && !is_htmx(request.headers()) {
        let wanted = form_urlencode(wanted);
        format!("/login/?next={wanted}")
    } else {
        "/login/".to_owned()
    };
    if is_htmx(request.headers()) {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response
            .headers_mut()
            .insert("HX-Redirect", HeaderValue::from_static("/login/"));
        return response;
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(&target) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// Percent-encodes a path for use as a query value.
fn form_urlencode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
        out
    })
}
