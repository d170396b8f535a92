//! What is done with one import from its page.

use axum::extract::State;
use axum::http::StatusCode;

use super::show;
use crate::app::App;
use crate::error::{Error, Result};
use crate::imports::{actions, paths};
use crate::values::ImportId;
use crate::web::{Html, Path, Viewer, see_other};

/// `POST /settings/import/{id}/run/`: loads the file that was checked.
pub(super) async fn run(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    let started = actions::start(&app, &viewer.actor()?, id).await;
    answer(&app, &viewer, id, started).await
}

/// `POST /settings/import/{id}/pause/`
pub(super) async fn pause(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    let paused = actions::pause(&app, &viewer.actor()?, id).await;
    answer(&app, &viewer, id, paused.map(|()| id)).await
}

/// `POST /settings/import/{id}/go-on/`
pub(super) async fn go_on(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    let resumed = actions::resume(&app, &viewer.actor()?, id).await;
    answer(&app, &viewer, id, resumed.map(|()| id)).await
}

/// `POST /settings/import/{id}/stop/`
pub(super) async fn stop(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    let stopped = actions::stop(&app, &viewer.actor()?, id).await;
    answer(&app, &viewer, id, stopped.map(|()| id)).await
}

/// Shows the import that came of it, or this one with a sentence.
async fn answer(app: &App, viewer: &Viewer, id: ImportId, done: Result<ImportId>) -> Html {
    match done {
        Ok(id) => see_other(&paths::show(id)),
        Err(Error::Invalid(errors)) => {
            let sentence = errors.sentences().collect::<Vec<_>>().join(" ");
            show::refused(app, viewer, id, (StatusCode::UNPROCESSABLE_ENTITY, sentence)).await
        }
        Err(Error::Conflict(sentence)) => {
            show::refused(app, viewer, id, (StatusCode::CONFLICT, sentence.to_owned())).await
        }
        Err(error) => Err(error.into()),
    }
}
