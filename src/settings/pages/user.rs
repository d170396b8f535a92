//! `/settings/users/<id>/edit/`: a person's data, and the acts beside them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::Difference;
use super::user_fields::{Typed, UserFields};
use crate::accounts::{self, PASSWORD_RULE, SessionList, User};
use crate::app::App;
use crate::companies;
use crate::error::{Error, FieldErrors};
use crate::settings::paths;
use crate::values::{UserId, text, time};
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "settings/user.html")]
struct EditUserPage {
    layout: Layout,
    person: PersonCard,
    fields: UserFields,
    sessions: SessionList,
    conflict: Vec<Difference>,
    reload: String,
    rule: &'static str,
    /// Why an act beside the form was refused.
    refusal: String,
    password_error: String,
}

struct PersonCard {
    id: UserId,
    name: String,
    is_active: bool,
    /// The administrator looks at the own account.
    is_self: bool,
    last_sign_in: String,
    /// How many are open.
    sessions: usize,
    has_second_factor: bool,
    /// What is said when there is none.
    no_second_factor: &'static str,
    /// How many the person answers for, and where they are listed.
    companies: (String, String),
}

/// What stands on the page besides the saved person.
#[derive(Default)]
pub(super) struct Refused {
    /// What was typed; `None`: nothing.
    pub(super) typed: Option<Typed>,
    /// Sentences at the fields of the form.
    pub(super) errors: FieldErrors,
    /// Why an act beside the form did not happen.
    pub(super) act: String,
    /// What is wrong with the new password.
    pub(super) password: String,
}

/// The page with this status.
pub(super) async fn show(app: &App, viewer: &Viewer, id: UserId, status: StatusCode, refused: Refused) -> Html {
    let actor = viewer.actor()?;
    let user = accounts::find_user(app, &actor, id).await?;
    let mut typed = refused.typed.unwrap_or_else(|| Typed::from(&user));
    let is_stale = status == StatusCode::CONFLICT;
    if is_stale {
        // Whoever saves again has seen both versions.
        typed.version = user.version;
    }
    let open = accounts::sessions_of(app, &actor, id).await?;
    let sessions = open.len();
    let companies = companies::count_of(app, &actor, id).await?;
    let fields = UserFields::load(app, typed, refused.errors).await?;
    page_with(
        status,
        &EditUserPage {
            layout: viewer.layout(Section::Settings),
            sessions: accounts::session_list(app, viewer, open, |session| paths::end_session(id, session)),
            conflict: if is_stale { fields.against(&user) } else { Vec::new() },
            fields,
            reload: paths::user(id),
            rule: PASSWORD_RULE,
            refusal: refused.act,
            password_error: refused.password,
            person: PersonCard {
                id,
                is_active: user.is_active,
                is_self: actor.is(Some(id)),
                last_sign_in: last_sign_in(&user, app, viewer),
                sessions,
                has_second_factor: user.has_second_factor,
                no_second_factor: if user.needs_second_factor {
                    "обязателен, ещё не настроен"
                } else {
                    "выключен"
                },
                name: user.name,
                companies: (
                    text::number(companies),
                    companies::list_address(&format!("responsible={id}")),
                ),
            },
        },
    )
}

fn last_sign_in(user: &User, app: &App, viewer: &Viewer) -> String {
    user.last_sign_in_at
        .map(|at| time::relative(at, app.now(), viewer.zone))
        .unwrap_or_default()
}

/// `GET /settings/users/<id>/edit/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<UserId>) -> Html {
    show(&app, &viewer, id, StatusCode::OK, Refused::default()).await
}

/// `POST /settings/users/<id>/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<UserId>,
    Form(typed): Form<Typed>,
) -> Html {
    match accounts::update_user(&app, &viewer.actor()?, id, &typed.form()).await {
        Ok(()) => see_other_with(paths::USERS, &flash("success", "Изменения сохранены.")),
        Err(Error::Invalid(errors)) => {
            let refused = Refused {
                typed: Some(typed),
                errors,
                ..Refused::default()
            };
            show(&app, &viewer, id, StatusCode::UNPROCESSABLE_ENTITY, refused).await
        }
        Err(Error::Conflict(_)) => {
            let refused = Refused {
                typed: Some(typed),
                ..Refused::default()
            };
            show(&app, &viewer, id, StatusCode::CONFLICT, refused).await
        }
        Err(error) => Err(error.into()),
    }
}
