//! `DELETE /api/task-types/<id>/`: here, where it is known which records have a type.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::merging;
use crate::api::{ApiError, Bearer, Doc, IdKind, Path, no_content};
use crate::app::App;
use crate::dictionaries::Kind;
use crate::error::Error;
use crate::policy::Action;
use crate::values::TaskTypeId;
use crate::web::{ApiMethod, Guard, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(
            ApiMethod::Delete,
            "/api/task-types/{id}/",
            Guard::Bearer(Action::ManageDictionaries),
            delete,
        )
        .doc(
            Doc::new("Типы задач", "Удалить тип, которого нет ни у одной задачи")
                .of(IdKind::Number)
                .fails(&[409]),
        )
}

async fn delete(State(app): State<App>, bearer: Bearer, Path(id): Path<TaskTypeId>) -> Result<Response, ApiError> {
    match merging::delete(&app, &bearer.actor, Kind::Task, &id.to_string()).await {
        Err(Error::Invalid(errors)) => {
            let sentence = errors.sentences().next().unwrap_or_default().to_owned();
            Err(ApiError::because(StatusCode::CONFLICT, sentence))
        }
        other => {
            other?;
            Ok(no_content())
        }
    }
}
