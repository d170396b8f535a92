//! The card's quick forms: status with spheres, and transfer.

use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::companies::{actions, paths};
use crate::error::Error;
use crate::values::{CompanyId, SphereId, StatusId, UserId};
use crate::web::{Form, Html, Path, Viewer, flash, see_other_with};

/// `POST /companies/<uuid>/update/`
#[derive(Deserialize)]
pub(super) struct StatusForm {
    #[serde(default)]
    status: String,
    #[serde(default)]
    spheres: Vec<String>,
    /// See [`actions::marks`].
    #[serde(default)]
    seen: String,
}

pub(super) async fn update_status(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<StatusForm>,
) -> Html {
    let unknown = || Error::field("status", "Такого статуса или сферы нет: обновите страницу.");
    let status = match form.status.as_str() {
        "" => None,
        status => Some(status.parse().map(StatusId).map_err(|_| unknown())?),
    };
    let spheres: Result<Vec<SphereId>, _> = form.spheres.iter().map(|id| id.parse().map(SphereId)).collect();
    let spheres = spheres.map_err(|_| unknown())?;
    let wanted = actions::Marks {
        status,
        spheres: spheres.clone(),
        seen: form.seen,
    };
    match actions::update_status(&app, &viewer.actor()?, id, wanted).await {
        Ok(()) => (),
        Err(Error::Conflict(_)) => return super::form::stale(&app, &viewer, id, (status, spheres)).await,
        Err(error) => return Err(error.into()),
    }
    see_other_with(&paths::show(id), &flash("success", "Статус и сферы сохранены."))
}

/// `POST /companies/<uuid>/transfer/`
#[derive(Deserialize)]
pub(super) struct TransferForm {
    #[serde(default)]
    responsible_id: String,
}

pub(super) async fn transfer(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<TransferForm>,
) -> Html {
    let to = form.responsible_id.parse().map(UserId);
    let to = to.map_err(|_| Error::field("responsible_id", "Выберите, кому передать компанию."))?;
    actions::transfer(&app, &viewer.actor()?, id, to).await?;
    see_other_with(&paths::show(id), &flash("success", "Компания передана."))
}
