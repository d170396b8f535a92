//! `/contacts/<uuid>/delete/`

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::contacts;
use crate::error::{Error, FieldErrors};
use crate::trash::actions;
use crate::values::{CompanyId, ContactId, time};
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "trash/contact.html")]
struct ContactPage {
    layout: Layout,
    action: String,
    back: String,
    /// The address and the name of the list it stands in.
    list: (String, &'static str),
    name: String,
    /// «12 писем»; empty: there are none with this person.
    letters: String,
    form: ContactForm,
    errors: FieldErrors,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ContactForm {
    reason: String,
}

async fn render(app: &App, viewer: &Viewer, id: ContactId, form: ContactForm, errors: FieldErrors) -> Html {
    let mut tx = app.begin().await?;
    let contact = contacts::admit(&mut tx, &viewer.actor()?, id).await?;
    let letters = actions::letters_with(&mut tx, id).await?;
    drop(tx);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let (section, list) = match contact.company {
        Some(company) => (
            Section::Companies,
            (contacts::paths::list(company), "Контакты компании"),
        ),
        None => (Section::Contacts, (home(None), "Контакты")),
    };
    let page = ContactPage {
        layout: viewer.layout(section),
        list,
        action: contacts::paths::delete(id),
        back: contacts::paths::edit(id),
        name: contact.fields.name(),
        letters,
        form,
        errors,
    };
    page_with(status, &page)
}

/// `GET /contacts/<uuid>/delete/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<ContactId>) -> Html {
    render(&app, &viewer, id, ContactForm::default(), FieldErrors::default()).await
}

/// `POST /contacts/<uuid>/delete/`
pub(super) async fn delete(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Form(form): Form<ContactForm>,
) -> Html {
    match actions::delete_contact(&app, &viewer.actor()?, (id, None), &form.reason).await {
        Ok(gone) => {
            let until = time::date(gone.until.with_timezone(&viewer.zone).date_naive());
            let text = format!(
                "Контакт «{}» в корзине. До {until} его может вернуть администратор.",
                gone.title
            );
            see_other_with(&home(gone.company), &flash("success", text))
        }
        Err(Error::Invalid(errors)) => render(&app, &viewer, id, form, errors).await,
        Err(Error::NotFound) if actions::is_trashed(&app, id.0).await? => {
            see_other_with(&home(None), &flash("info", "Контакт уже в корзине."))
        }
        Err(error) => Err(error.into()),
    }
}

fn home(company: Option<CompanyId>) -> String {
    company.map_or_else(|| contacts::paths::PEOPLE.to_owned(), contacts::paths::list)
}
