//! Requests for deletion: asking, the list of those that wait, deciding.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::delete::said;
use crate::app::App;
use crate::companies;
use crate::error::{Error, FieldErrors};
use crate::policy::Action;
use crate::trash::model::Request;
use crate::trash::{actions, paths};
use crate::values::{CompanyId, Entity, RequestId, time};
use crate::web::{Form, Html, Layout, Path, Query, Section, Viewer, flash, page, page_with, see_other_with};

#[derive(Template)]
#[template(path = "trash/ask.html")]
struct AskPage {
    layout: Layout,
    card: String,
    action: String,
    name: String,
    contents: Vec<String>,
    note: String,
    errors: FieldErrors,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskForm {
    note: String,
}

async fn ask_page(app: &App, viewer: &Viewer, id: CompanyId, form: AskForm, errors: FieldErrors) -> Html {
    let candidate = actions::candidate(app, &viewer.actor()?, id, Action::RequestDeletion).await?;
    let page = AskPage {
        layout: viewer.layout(Section::Companies),
        card: companies::paths::show(id),
        action: paths::ask(id),
        contents: candidate.contents.words(Entity::Company),
        name: candidate.name,
        note: form.note,
        errors,
    };
    page_with(status(&page.errors), &page)
}

fn status(errors: &FieldErrors) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// `GET /companies/<uuid>/delete-request/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer, Path(id): Path<CompanyId>) -> Html {
    ask_page(&app, &viewer, id, AskForm::default(), FieldErrors::default()).await
}

/// `POST /companies/<uuid>/delete-request/`
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<AskForm>,
) -> Html {
    match actions::ask(&app, &viewer.actor()?, id, &form.note).await {
        Ok(()) => see_other_with(
            &companies::paths::show(id),
            &flash(
                "success",
                "Запрос отправлен: решит руководитель филиала или управляющий.",
            ),
        ),
        Err(Error::Invalid(errors)) => ask_page(&app, &viewer, id, form, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /companies/<uuid>/delete-request/<id>/withdraw/`
pub(super) async fn withdraw(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, RequestId)>,
) -> Html {
    actions::withdraw(&app, &viewer.actor()?, company, id).await?;
    see_other_with(&companies::paths::show(company), &flash("success", "Запрос отозван."))
}

#[derive(Template)]
#[template(path = "trash/request.html")]
struct RequestPage {
    layout: Layout,
    card: String,
    action: String,
    name: String,
    contents: Vec<String>,
    children: i64,
    request: RequestRow,
    decision_note: String,
    errors: FieldErrors,
}

struct RequestRow {
    url: String,
    company: String,
    requester: String,
    reason: String,
    at: String,
}

impl RequestRow {
    fn new(request: Request, app: &App, viewer: &Viewer) -> Self {
        Self {
            url: paths::request(request.company, request.id),
            at: time::relative(request.created_at, app.now(), viewer.zone),
            company: request.company_name,
            requester: request.requester,
            reason: request.reason,
        }
    }
}

/// A decision: why not, or the tick that the deletion is meant.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Decision {
    decision_note: String,
    sure: String,
}

async fn request_page(
    app: &App,
    viewer: &Viewer,
    (company, id): (CompanyId, RequestId),
    form: Decision,
    errors: FieldErrors,
) -> Html {
    let actor = viewer.actor()?;
    let candidate = actions::candidate(app, &actor, company, Action::DeleteCompany).await?;
    let request = actions::request(app, &actor, company, id).await?;
    let page = RequestPage {
        layout: viewer.layout(Section::Deletions),
        card: companies::paths::show(company),
        action: paths::request(company, id),
        contents: candidate.contents.words(Entity::Company),
        name: candidate.name,
        children: candidate.children,
        request: RequestRow::new(request, app, viewer),
        decision_note: form.decision_note,
        errors,
    };
    page_with(status(&page.errors), &page)
}

/// `GET /companies/<uuid>/delete-request/<id>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(place): Path<(CompanyId, RequestId)>) -> Html {
    request_page(&app, &viewer, place, Decision::default(), FieldErrors::default()).await
}

/// `POST /companies/<uuid>/delete-request/<id>/approve/`
pub(super) async fn approve(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, RequestId)>,
    Form(form): Form<Decision>,
) -> Html {
    match actions::approve(&app, &viewer.actor()?, company, id, form.sure == "1").await {
        Ok(gone) => said(&viewer, &gone),
        Err(Error::Invalid(errors)) => request_page(&app, &viewer, (company, id), form, errors).await,
        Err(Error::NotFound) if actions::is_trashed(&app, company.0).await? => {
            see_other_with(paths::REQUESTS, &flash("info", "Компания уже в корзине."))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /companies/<uuid>/delete-request/<id>/cancel/`
pub(super) async fn refuse(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, RequestId)>,
    Form(form): Form<Decision>,
) -> Html {
    match actions::refuse(&app, &viewer.actor()?, company, id, &form.decision_note).await {
        Ok(()) => see_other_with(
            &companies::paths::show(company),
            &flash("success", "Запрос отклонён, сотрудник увидит причину на карточке."),
        ),
        Err(Error::Invalid(errors)) => request_page(&app, &viewer, (company, id), form, errors).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "trash/requests.html")]
struct RequestsPage {
    layout: Layout,
    rows: Vec<RequestRow>,
    next: Option<String>,
    first: Option<String>,
}

/// Where the list goes on.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct After {
    after: i64,
}

/// `GET /companies/deletions/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(place): Query<After>) -> Html {
    let (requests, has_more) = actions::waiting(&app, &viewer.actor()?, RequestId(place.after)).await?;
    let last = requests.last().filter(|_| has_more).map(|request| request.id);
    page(&RequestsPage {
        layout: viewer.layout(Section::Deletions),
        rows: requests
            .into_iter()
            .map(|request| RequestRow::new(request, &app, &viewer))
            .collect(),
        next: last.map(|id| format!("{}?after={id}", paths::REQUESTS)),
        first: (place.after > 0).then(|| paths::REQUESTS.to_owned()),
    })
}
