//! `/login/code/`: the second factor, between a right password and the session.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use serde::Deserialize;

use super::door::{Door, let_in};
use super::sign_in::{Next, step_path};
use crate::accounts::actions::{self, Awaits};
use crate::accounts::sessions;
use crate::app::App;
use crate::error::Error;
use crate::values::text;
use crate::web::{
    Flash, Form, Html, Layout, Query, Section, Viewer, flash, own_path, page, page_with, see_other, see_other_with,
};

#[derive(Template)]
#[template(path = "accounts/code.html")]
struct CodePage {
    layout: Layout,
    next: String,
    error: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// `GET /login/code/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, door: Door, Query(query): Query<Next>) -> Html {
    if viewer.actor.is_some() {
        return see_other(own_path(&query.next));
    }
    match actions::awaits(&app, &door.pending).await? {
        Some(Awaits::Code) => (),
        Some(Awaits::SetUp) => return see_other(&step_path("/login/second-factor/", own_path(&query.next))),
        None => return begin_again(&app),
    }
    page(&CodePage {
        layout: viewer.layout(Section::None),
        next: own_path(&query.next).to_owned(),
        error: String::new(),
    })
}

/// `POST /login/code/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, door: Door, Form(form): Form<CodeForm>) -> Html {
    let refused = |status, error: String| {
        page_with(
            status,
            &CodePage {
                layout: viewer.layout(Section::None),
                next: own_path(&form.next).to_owned(),
                error,
            },
        )
    };
    match actions::enter_code(&app, &door.pending, &form.code, door.visitor()).await {
        Ok(opened) => {
            let mut response = match opened.codes_left {
                Some(left) => see_other_with(own_path(&form.next), &codes_left(left))?,
                None => see_other(own_path(&form.next))?,
            };
            let_in(&app, &mut response, &opened);
            Ok(response)
        }
        Err(Error::NotFound) => begin_again(&app),
        Err(Error::Invalid(errors)) => refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            errors.sentences().collect::<Vec<_>>().join(" "),
        ),
        Err(Error::TooMany(seconds)) => {
            let error = format!("Слишком много неверных кодов. Подождите {seconds} с и попробуйте снова.");
            let mut response = refused(StatusCode::TOO_MANY_REQUESTS, error)?;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

fn codes_left(left: i64) -> Flash {
    let left = match left {
        0 => "Это был последний резервный код: получите новые в разделе «Второй фактор».".to_owned(),
        left => format!(
            "Вход по резервному коду, больше он не подойдёт. Осталось: {}.",
            text::count(left, ["код", "кода", "кодов"])
        ),
    };
    flash("warning", left)
}

/// The password was too long ago, or this sign-in has been used.
pub(super) fn begin_again(app: &App) -> Html {
    let mut response = see_other_with(
        "/login/",
        &flash("warning", "Время для кода вышло. Введите логин и пароль ещё раз."),
    )?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, sessions::set_pending(app, ""));
    Ok(response)
}
