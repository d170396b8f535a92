//! `/setup/<token>/`: the first administrator.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::door::{Door, go_on};
use crate::accounts::actions::{self, NewAdmin};
use crate::accounts::password::RULE;
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::web::{Form, Html, Layout, Path, Section, Viewer, page, page_with};

#[derive(Template)]
#[template(path = "accounts/setup.html")]
struct SetupPage {
    layout: Layout,
    form: SetupForm,
    errors: FieldErrors,
    rule: &'static str,
}

/// What was typed.
#[derive(Deserialize, Default)]
pub(super) struct SetupForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    repeat: String,
}

/// `GET /setup/<token>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(token): Path<String>) -> Html {
    if !actions::may_set_up(&app, &token).await? {
        return Err(Error::NotFound.into());
    }
    let form = SetupForm {
        username: "admin".to_owned(),
        ..SetupForm::default()
    };
    page(&SetupPage {
        layout: viewer.layout(Section::None),
        form,
        errors: FieldErrors::default(),
        rule: RULE,
    })
}

/// `POST /setup/<token>/`
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    door: Door,
    Path(token): Path<String>,
    Form(form): Form<SetupForm>,
) -> Html {
    let admin = NewAdmin {
        username: form.username.trim().to_owned(),
        first_name: form.first_name.trim().to_owned(),
        last_name: form.last_name.trim().to_owned(),
        password: form.password.clone(),
    };
    let result = if form.password == form.repeat {
        actions::create_first_admin(&app, &token, admin, door.visitor()).await
    } else {
        Err(Error::field("repeat", "Пароли не совпадают."))
    };
    match result {
        Ok(step) => go_on(&app, step, "/"),
        Err(Error::Invalid(errors)) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &SetupPage {
                layout: viewer.layout(Section::None),
                form,
                errors,
                rule: RULE,
            },
        ),
        Err(error) => Err(error.into()),
    }
}
