//! The card's quick form: status with spheres.

use axum::extract::State;
use serde::Deserialize;

use super::conflict::{self, Question};
use crate::app::App;
use crate::companies::model::Fields;
use crate::companies::{actions, paths};
use crate::dictionaries;
use crate::error::{Error, Result};
use crate::values::{CompanyId, SphereId, StatusId};
use crate::web::versions::Picked;
use crate::web::{Html, Path, Viewer, flash, see_other_with};

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

impl StatusForm {
    fn parse(&self) -> Result<(Option<StatusId>, Vec<SphereId>)> {
        let unknown = || Error::field("status", "Такого статуса или сферы нет: обновите страницу.");
        let status = match self.status.as_str() {
            "" => None,
            status => Some(status.parse().map(StatusId).map_err(|_| unknown())?),
        };
        let spheres: Result<Vec<SphereId>, _> = self.spheres.iter().map(|id| id.parse().map(SphereId)).collect();
        Ok((status, spheres.map_err(|_| unknown())?))
    }
}

pub(super) async fn update_status(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Picked(form, picks): Picked<StatusForm>,
) -> Html {
    let actor = viewer.actor()?;
    let (mut status, mut spheres) = form.parse()?;
    if picks.theirs().next().is_some() {
        let stored = actions::find(&mut *app.db.acquire().await?, &actor, id).await?.fields;
        if picks.takes_theirs("status") {
            status = stored.status;
        }
        if picks.takes_theirs("spheres") {
            spheres = stored.spheres;
        }
    }
    let wanted = actions::Marks {
        status,
        spheres: spheres.clone(),
        seen: form.seen.clone(),
    };
    match actions::update_status(&app, &actor, id, wanted).await {
        Ok(()) => see_other_with(&paths::show(id), &flash("success", "Статус и сферы сохранены.")),
        Err(Error::Conflict(_)) => ask(&app, &viewer, id, (status, spheres), &form.seen).await,
        Err(error) => Err(error.into()),
    }
}

/// Both versions of status and spheres.
async fn ask(
    app: &App,
    viewer: &Viewer,
    id: CompanyId,
    (status, mut spheres): (Option<StatusId>, Vec<SphereId>),
    seen: &str,
) -> Html {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    let dictionaries = dictionaries::all(&mut conn).await?;
    drop(conn);
    let with = |status, spheres| Fields {
        status,
        spheres,
        ..company.fields.clone()
    };
    let mut hidden = vec![
        ("seen", actions::marks(&company.fields)),
        ("status", status.map(|id| id.to_string()).unwrap_or_default()),
    ];
    hidden.extend(spheres.iter().map(|id| ("spheres", id.to_string())));
    spheres.sort_unstable();
    let seen = match actions::read_marks(seen) {
        Some((status, spheres)) => conflict::fingerprint(&with(status, spheres), &dictionaries),
        None => String::new(),
    };
    let choices = conflict::choices(&with(status, spheres), &company.fields, &seen, &dictionaries);
    let question = Question {
        action: paths::update_status(id),
        hidden,
        choices,
        has_form: false,
    };
    conflict::ask(app, viewer, &company, question).await
}
