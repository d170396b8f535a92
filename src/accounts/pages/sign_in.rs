//! `/login/` and `/logout/`.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use serde::Deserialize;

use super::caller;
use super::door::{Door, go_on};
use crate::accounts::actions;
use crate::accounts::sessions;
use crate::app::App;
use crate::error::Error;
use crate::values::Origin;
use crate::web::{Form, Html, Layout, Query, Section, Viewer, own_path, page, page_with, see_other};

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    layout: Layout,
    username: String,
    next: String,
    error: String,
    /// No administrator yet: the page says where the one-time link is.
    is_setup_open: bool,
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /login/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Query(query): Query<Next>) -> Html {
    if viewer.actor.is_some() {
        return see_other(own_path(&query.next));
    }
    page(&SignInPage {
        layout: viewer.layout(Section::None),
        username: String::new(),
        next: own_path(&query.next).to_owned(),
        error: String::new(),
        is_setup_open: actions::is_setup_open(&app).await?,
    })
}

/// `POST /login/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, door: Door, Form(form): Form<SignInForm>) -> Html {
    let refused = |status, error: String| {
        page_with(
            status,
            &SignInPage {
                layout: viewer.layout(Section::None),
                username: form.username.clone(),
                next: own_path(&form.next).to_owned(),
                error,
                is_setup_open: false,
            },
        )
    };
    match actions::sign_in(&app, &form.username, &form.password, door.visitor()).await {
        Ok(step) => go_on(&app, step, own_path(&form.next)),
        Err(Error::Invalid(errors)) => refused(StatusCode::UNPROCESSABLE_ENTITY, errors.get("").to_owned()),
        Err(Error::TooMany(seconds)) => {
            let error = format!("Слишком много попыток входа. Подождите {seconds} с и попробуйте снова.");
            let mut response = refused(StatusCode::TOO_MANY_REQUESTS, error)?;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /logout/`
pub(super) async fn destroy(State(app): State<App>, viewer: Viewer, origin: Origin) -> Html {
    if viewer.actor.is_some() {
        actions::sign_out(&app, &caller(&viewer, &origin)?).await?;
    }
    let mut response = see_other("/login/")?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, sessions::set_cookie(&app, ""));
    Ok(response)
}

/// A page between the password and the session, which remembers where to go.
pub(super) fn step_path(path: &str, next: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("{path}?{query}")
}
