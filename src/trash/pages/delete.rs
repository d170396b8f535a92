//! `/companies/<uuid>/delete/`

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::companies;
use crate::error::{Error, FieldErrors};
use crate::policy::Action;
use crate::trash::actions::{self, Gone};
use crate::trash::paths;
use crate::values::{CompanyId, Entity, time};
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "trash/delete.html")]
struct DeletePage {
    layout: Layout,
    card: String,
    action: String,
    name: String,
    /// «3 контакта», «12 заметок».
    contents: Vec<String>,
    children: i64,
    /// Who asks for it already, and why.
    request: Option<(String, String)>,
    form: DeleteForm,
    errors: FieldErrors,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DeleteForm {
    reason: String,
    sure: String,
}

async fn render(app: &App, viewer: &Viewer, id: CompanyId, form: DeleteForm, errors: FieldErrors) -> Html {
    let actor = viewer.actor()?;
    let candidate = actions::candidate(app, &actor, id, Action::DeleteCompany).await?;
    let mut conn = app.db.acquire().await?;
    let request = actions::pending_of(&mut conn, &actor, id).await?;
    drop(conn);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = DeletePage {
        layout: viewer.layout(Section::Companies),
        card: companies::paths::show(id),
        action: paths::delete(id),
        contents: candidate.contents.words(Entity::Company),
        name: candidate.name,
        children: candidate.children,
        request: request.map(|request| (request.requester, request.reason)),
        form,
        errors,
    };
    page_with(status, &page)
}

/// `GET /companies/<uuid>/delete/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<CompanyId>) -> Html {
    render(&app, &viewer, id, DeleteForm::default(), FieldErrors::default()).await
}

/// `POST /companies/<uuid>/delete/`
pub(super) async fn delete(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<DeleteForm>,
) -> Html {
    let is_sure = form.sure == "1";
    match actions::delete_company(&app, &viewer.actor()?, (id, None), &form.reason, is_sure).await {
        Ok(gone) => said(&viewer, &gone),
        Err(Error::Invalid(errors)) => render(&app, &viewer, id, form, errors).await,
        Err(Error::NotFound) if actions::is_trashed(&app, id.0).await? => {
            see_other_with(companies::paths::LIST, &flash("info", "Компания уже в корзине."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Back to the list, with the word that it can be undone.
pub(super) fn said(viewer: &Viewer, gone: &Gone) -> Html {
    let until = time::date(gone.until.with_timezone(&viewer.zone).date_naive());
    let text = format!(
        "Компания «{}» в корзине. До {until} её может вернуть администратор.",
        gone.title
    );
    see_other_with(companies::paths::LIST, &flash("success", text))
}
