//! A person goes over to another company, chosen by a search, or leaves the present one.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::form::place_of;
use crate::app::App;
use crate::companies::{Choices, Chooser};
use crate::contacts::model::Contact;
use crate::contacts::{actions, paths};
use crate::error::{Error, FieldErrors, Result};
use crate::policy::Action;
use crate::values::{CompanyId, ContactId};
use crate::web::{Form, Html, Layout, Path, Query, Viewer, flash, fragment, is_htmx, page_with, see_other_with};

#[derive(Template)]
#[template(path = "contacts/relocate.html")]
struct RelocatePage {
    layout: Layout,
    name: String,
    action: String,
    /// Where «Отмена» leads.
    back: String,
    /// Where the person works now; empty: nowhere.
    present: String,
    q: String,
    version: i32,
    choices: Choices,
    errors: FieldErrors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
}

/// What was chosen; the search text comes along, so that a refused form finds the same.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    company_id: String,
    /// Out of the present company, whatever is chosen.
    lone: Option<String>,
    version: i32,
    q: String,
}

/// Companies into which this contact may come.
async fn choices(app: &App, viewer: &Viewer, contact: &Contact, q: &str, chosen: Option<CompanyId>) -> Result<Choices> {
    let chooser = Chooser {
        q,
        field: "company_id",
        chosen,
        but: contact.company,
        action: Action::EditContact,
    };
    Choices::find(app, viewer, chooser).await
}

/// `GET /contacts/{id}/relocate/`; for htmx only the companies that were found.
pub(super) async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Html {
    if is_htmx(&headers) {
        let contact = actions::find(&app, &viewer.actor()?, id).await?;
        return fragment(&choices(&app, &viewer, &contact, &asked.q, None).await?);
    }
    let chosen = Chosen {
        q: asked.q,
        ..Chosen::default()
    };
    draw(&app, &viewer, id, chosen, (StatusCode::OK, FieldErrors::default())).await
}

/// `POST /contacts/{id}/relocate/`
pub(super) async fn relocate(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Form(form): Form<Chosen>,
) -> Html {
    let actor = viewer.actor()?;
    let to = match (&form.lone, form.company_id.parse()) {
        (Some(_), _) => Ok(None),
        (None, Ok(to)) => Ok(Some(to)),
        // The right comes first: who may not, is not asked for a company.
        (None, Err(_)) => Err(Error::field("company_id", "Найдите компанию и выберите её в списке.")),
    };
    let done = match to {
        Ok(to) => actions::relocate(&app, &actor, id, form.version, to).await.map(|()| to),
        Err(error) => Err(error),
    };
    match done {
        Ok(Some(to)) => see_other_with(&paths::list(to), &flash("success", "Контакт переведён в эту компанию.")),
        Ok(None) => see_other_with(&paths::show(id), &flash("success", "Контакт теперь без компании.")),
        Err(Error::Invalid(errors)) => draw(&app, &viewer, id, form, (StatusCode::UNPROCESSABLE_ENTITY, errors)).await,
        Err(Error::Conflict(sentence)) => {
            let mut errors = FieldErrors::default();
            errors.add("company_id", sentence);
            draw(&app, &viewer, id, form, (StatusCode::CONFLICT, errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(
    app: &App,
    viewer: &Viewer,
    id: ContactId,
    chosen: Chosen,
    (status, errors): (StatusCode, FieldErrors),
) -> Html {
    let actor = viewer.actor()?;
    let contact = actions::find(app, &actor, id).await?;
    let place = place_of(app, &actor, &contact).await?;
    let (back, present) = place.back.unwrap_or_else(|| (paths::show(id), String::new()));
    let choices = choices(app, viewer, &contact, &chosen.q, chosen.company_id.parse().ok()).await?;
    let section = super::section(contact.company);
    page_with(
        status,
        &RelocatePage {
            layout: viewer.layout(section),
            name: contact.fields.name(),
            action: paths::relocate(id),
            back,
            present,
            q: chosen.q,
            version: contact.version,
            choices,
            errors,
        },
    )
}
