//! `/settings/trash/<uuid>/erase/`: what is erased, what stays, and the name that has to be typed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::trash::{actions, paths};
use crate::values::{ContactId, Entity, TrashId};
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "trash/erase.html")]
struct ErasePage {
    layout: Layout,
    title: String,
    is_company: bool,
    contents: Vec<String>,
    /// «12 писем» with this person; empty: there are none.
    letters: String,
    back: String,
    action: String,
    /// The name as it was typed.
    typed: String,
    errors: FieldErrors,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct EraseForm {
    name: String,
}

async fn render(app: &App, viewer: &Viewer, id: TrashId, form: EraseForm, errors: FieldErrors) -> Html {
    let trashed = actions::find(app, &viewer.actor()?, id).await?.trashed;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let letters = match trashed.entity {
        Entity::Contact => actions::letters_with(&mut *app.db.acquire().await?, ContactId(trashed.entity_id)).await?,
        Entity::Company => String::new(),
    };
    let page = ErasePage {
        letters,
        layout: viewer.layout(Section::Settings),
        is_company: trashed.entity == Entity::Company,
        contents: trashed.contents.words(trashed.entity),
        title: trashed.title,
        back: paths::item(id),
        action: paths::erase(id),
        typed: form.name,
        errors,
    };
    page_with(status, &page)
}

/// `GET /settings/trash/<uuid>/erase/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<TrashId>) -> Html {
    render(&app, &viewer, id, EraseForm::default(), FieldErrors::default()).await
}

/// `POST /settings/trash/<uuid>/erase/`
pub(super) async fn erase(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<TrashId>,
    Form(form): Form<EraseForm>,
) -> Html {
    match actions::erase(&app, &viewer.actor()?, id, &form.name).await {
        Ok(_) => see_other_with(
            paths::TRASH,
            &flash(
                "success",
                "Стёрто навсегда. В журнале остались только даты, действия и числа.",
            ),
        ),
        Err(Error::Invalid(errors)) => render(&app, &viewer, id, form, errors).await,
        Err(error) => Err(error.into()),
    }
}
