//! `/settings/users/` and `/settings/users/new/`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::overview::head_count;
use super::user_fields::{Typed, UserFields};
use crate::accounts::{self, PASSWORD_RULE, User};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::settings::paths;
use crate::values::{text, time};
use crate::web::{Form, Html, Layout, Section, Viewer, flash, form_key, page, page_with, see_other_with};

#[derive(Template)]
#[template(path = "settings/users.html")]
struct UsersPage {
    layout: Layout,
    summary: String,
    rows: Vec<UserRow>,
}

struct UserRow {
    edit: String,
    name: String,
    username: String,
    initials: String,
    role: &'static str,
    branch: String,
    last_sign_in: String,
    sessions: i64,
    is_active: bool,
}

/// `GET /settings/users/`: active people first.
pub(super) async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    let users = accounts::users(&app, &viewer.actor()?).await?;
    let summary = head_count(users.iter().map(|user| user.is_active));
    let row = |user: User| UserRow {
        edit: paths::user(user.id),
        initials: text::initials(&user.name),
        role: user.role.label(),
        last_sign_in: user
            .last_sign_in_at
            .map(|at| time::relative(at, app.now(), viewer.zone))
            .unwrap_or_default(),
        name: user.name,
        username: user.username,
        branch: user.branch_name,
        sessions: user.sessions,
        is_active: user.is_active,
    };
    let rows = users.into_iter().map(row).collect();
    page(&UsersPage {
        layout: viewer.layout(Section::Settings),
        summary,
        rows,
    })
}

#[derive(Template)]
#[template(path = "settings/new_user.html")]
struct NewUserPage {
    layout: Layout,
    fields: UserFields,
    form_key: String,
    rule: &'static str,
}

/// `GET /settings/users/new/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer) -> Html {
    page(&NewUserPage {
        layout: viewer.layout(Section::Settings),
        fields: UserFields::load(&app, Typed::default(), FieldErrors::default()).await?,
        form_key: form_key(),
        rule: PASSWORD_RULE,
    })
}

/// `POST /settings/users/new/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Html {
    match accounts::create_user(&app, &viewer.actor()?, &typed.form(), &typed.password).await {
        Ok(_) => see_other_with(
            paths::USERS,
            &flash("success", "Пользователь создан. Передайте ему логин и пароль."),
        ),
        Err(Error::Invalid(errors)) => {
            let form_key = typed.form_key.map_or_else(form_key, |key| key.to_string());
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &NewUserPage {
                    layout: viewer.layout(Section::Settings),
                    fields: UserFields::load(&app, typed, errors).await?,
                    form_key,
                    rule: PASSWORD_RULE,
                },
            )
        }
        Err(error) => Err(error.into()),
    }
}
