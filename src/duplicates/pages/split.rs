//! `/duplicates/merges/<uuid>/`: cards that were made one, and parting them again.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::duplicates::{actions, paths};
use crate::error::Error;
use crate::merges::Merge;
use crate::values::{CompanyId, ContactId, Entity, MergeId, time};
use crate::web::{Html, Layout, Path, Section, Viewer, flash, page_with, see_other_with};
use crate::{companies, contacts};

#[derive(Template)]
#[template(path = "duplicates/split.html")]
struct SplitPage {
    layout: Layout,
    is_company: bool,
    kept: String,
    card: String,
    others: Vec<String>,
    about: String,
    until: String,
    action: String,
    /// What does not come back or stays.
    left: Vec<String>,
    /// Why they cannot be parted now.
    error: String,
}

fn card(merge: &Merge) -> String {
    match merge.entity {
        Entity::Company => companies::paths::show(CompanyId(merge.kept)),
        Entity::Contact => contacts::paths::show(ContactId(merge.kept)),
    }
}

/// `GET /duplicates/merges/<uuid>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<MergeId>) -> Html {
    render(&app, &viewer, id, StatusCode::OK).await
}

async fn render(app: &App, viewer: &Viewer, id: MergeId, status: StatusCode) -> Html {
    let actor = viewer.actor()?;
    let merge = actions::parted(app, &actor, id).await?;
    let (left, error) = match actions::rehearse(app, &actor, id).await {
        Ok(parted) => (parted.left, String::new()),
        Err(Error::Invalid(errors)) => (Vec::new(), errors.sentences().collect::<Vec<_>>().join(" ")),
        // The kept card was erased.
        Err(Error::NotFound) => (Vec::new(), "Карточки, которую оставили, больше нет в базе.".to_owned()),
        Err(error) => return Err(error.into()),
    };
    let at = time::relative(merge.merged_at, app.now(), viewer.zone);
    let who = if merge.merged_by.is_empty() {
        "Система"
    } else {
        &merge.merged_by
    };
    let (kept, others) = merge.names();
    let page = SplitPage {
        layout: viewer.layout(Section::Companies),
        is_company: merge.entity == Entity::Company,
        kept: kept.to_owned(),
        others: others.to_vec(),
        about: format!("{who}, {at}"),
        until: time::date(merge.until.with_timezone(&viewer.zone).date_naive()),
        card: card(&merge),
        action: format!("{}split/", paths::merged(id)),
        left,
        error,
    };
    page_with(status, &page)
}

/// `POST /duplicates/merges/<uuid>/split/`
pub(super) async fn split(State(app): State<App>, viewer: Viewer, Path(id): Path<MergeId>) -> Html {
    match actions::split(&app, &viewer.actor()?, id).await {
        Ok(parted) if parted.left.is_empty() => see_other_with(
            &card(&parted.merge),
            &flash("success", "Карточки снова отдельные, всё вернулось на свои места."),
        ),
        Ok(parted) => {
            let word = format!("Карточки снова отдельные. {}", parted.left.join(" "));
            see_other_with(&card(&parted.merge), &flash("warning", word))
        }
        Err(Error::Invalid(_) | Error::NotFound) => render(&app, &viewer, id, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(error) => Err(error.into()),
    }
}
