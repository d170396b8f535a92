//! `/account/password/`: one's own password.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use serde::Deserialize;

use super::caller;
use crate::accounts::actions::{self, Changed};
use crate::accounts::password::RULE;
use crate::accounts::sessions;
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::values::{Origin, text};
use crate::web::{Form, Html, Layout, Section, Viewer, flash, page, page_with, see_other_with};

#[derive(Template)]
#[template(path = "accounts/password.html")]
struct PasswordPage {
    layout: Layout,
    errors: FieldErrors,
    rule: &'static str,
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct PasswordForm {
    #[serde(default)]
    present: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    repeat: String,
}

/// `GET /account/password/`
pub(super) async fn edit(viewer: Viewer) -> Html {
    page(&PasswordPage {
        layout: viewer.layout(Section::None),
        errors: FieldErrors::default(),
        rule: RULE,
    })
}

fn done(app: &App, changed: &Changed) -> Html {
    let ended = i64::try_from(changed.ended).unwrap_or(i64::MAX);
    let sentence = match ended {
        0 => "Пароль изменён.".to_owned(),
        ended => {
            let ended = text::count(ended, ["другой сеанс", "других сеанса", "других сеансов"]);
            format!("Пароль изменён, завершено: {ended}.")
        }
    };
    let mut response = see_other_with("/", &flash("success", sentence))?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, sessions::set_cookie(app, &changed.token));
    Ok(response)
}

/// `POST /account/password/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Form(form): Form<PasswordForm>,
) -> Html {
    let result = if form.new == form.repeat {
        actions::change_password(&app, &caller(&viewer, &origin)?, &form.present, &form.new).await
    } else {
        Err(Error::field("repeat", "Пароли не совпадают."))
    };
    match result {
        Ok(changed) => done(&app, &changed),
        Err(Error::Invalid(errors)) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PasswordPage {
                layout: viewer.layout(Section::None),
                errors,
                rule: RULE,
            },
        ),
        Err(error) => Err(error.into()),
    }
}
