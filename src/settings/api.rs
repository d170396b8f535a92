//! `DELETE /api/task-types/<id>/`: here, where it is known which records have a type.

use axum::extract::State;
use axum::http::StatusCode;

use super::merging;
use crate::api::{ApiError, Bearer, Doc, IdKind, IfMatch, Json, Path, no_content};
use crate::app::App;
use crate::dictionaries::{self, Kind};
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
                .versioned(),
        )
}

async fn delete(State(app): State<App>, bearer: Bearer, Path(id): Path<TaskTypeId>, seen: IfMatch) -> Json {
    let seen = seen.and(None)?;
    match merging::delete(&app, &bearer.actor, Kind::Task, (&id.to_string(), seen)).await {
        Err(Error::Conflict(_)) if seen.is_some() => Err(dictionaries::stale_type(&app, id).await),
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
