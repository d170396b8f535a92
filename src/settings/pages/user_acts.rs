//! What an administrator does to a person's access: one POST each, back to the person's page.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use super::user::{Refused, show};
use crate::accounts;
use crate::app::App;
use crate::error::Error;
use crate::settings::paths;
use crate::values::{Origin, UserId, text};
use crate::web::{Form, Html, Path, Viewer, flash, see_other_with};

/// `POST /settings/users/<id>/deactivate/`
pub(super) async fn deactivate(State(app): State<App>, viewer: Viewer, Path(id): Path<UserId>) -> Html {
    match accounts::set_active(&app, &viewer.actor()?, id, false).await {
        Ok(()) => done(id, "Пользователь отключён, его сеансы завершены."),
        Err(Error::Invalid(errors)) => {
            let refused = Refused {
                act: errors.get("").to_owned(),
                ..Refused::default()
            };
            show(&app, &viewer, id, StatusCode::UNPROCESSABLE_ENTITY, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/users/<id>/activate/`
pub(super) async fn activate(State(app): State<App>, viewer: Viewer, Path(id): Path<UserId>) -> Html {
    accounts::set_active(&app, &viewer.actor()?, id, true).await?;
    done(id, "Пользователь снова может входить.")
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    password: String,
}

/// `POST /settings/users/<id>/reset-password/`
pub(super) async fn reset_password(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Path(id): Path<UserId>,
    Form(form): Form<NewPassword>,
) -> Html {
    match accounts::reset_password(&app, &viewer.actor()?, &origin, id, &form.password).await {
        Ok(()) => done(id, "Новый пароль задан, сеансы завершены. Передайте пароль сотруднику."),
        Err(Error::Invalid(errors)) => {
            let refused = Refused {
                password: errors.get("password").to_owned(),
                ..Refused::default()
            };
            show(&app, &viewer, id, StatusCode::UNPROCESSABLE_ENTITY, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/users/<id>/end-sessions/`
pub(super) async fn end_sessions(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Path(id): Path<UserId>,
) -> Html {
    let ended = accounts::end_sessions(&app, &viewer.actor()?, &origin, id).await?;
    let ended = i64::try_from(ended).unwrap_or(i64::MAX);
    done(
        id,
        format!("Завершено: {}.", text::count(ended, ["сеанс", "сеанса", "сеансов"])),
    )
}

/// `POST /settings/users/<id>/sessions/<session>/end/`
pub(super) async fn end_session(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Path((id, session)): Path<(UserId, Uuid)>,
) -> Html {
    let actor = viewer.actor()?;
    accounts::find_user(&app, &actor, id).await?;
    match accounts::end_session_of(&app, &actor, &origin, id, session).await {
        Ok(()) => done(id, "Сеанс завершён."),
        Err(Error::NotFound) => see_other_with(&paths::user(id), &flash("info", "Этот сеанс уже завершён.")),
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/users/<id>/unlock/`
pub(super) async fn unlock(State(app): State<App>, viewer: Viewer, origin: Origin, Path(id): Path<UserId>) -> Html {
    accounts::unlock(&app, &viewer.actor()?, &origin, id).await?;
    done(id, "Счётчик попыток сброшен: можно входить сразу.")
}

/// `POST /settings/users/<id>/reset-second-factor/`
pub(super) async fn reset_second_factor(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Path(id): Path<UserId>,
) -> Html {
    accounts::reset_factor(&app, &viewer.actor()?, &origin, id).await?;
    done(
        id,
        "Второй фактор сброшен, сеансы завершены. Если для роли он обязателен, сотрудник настроит его при следующем входе.",
    )
}

fn done(id: UserId, sentence: impl Into<String>) -> Html {
    see_other_with(&paths::user(id), &flash("success", sentence))
}
