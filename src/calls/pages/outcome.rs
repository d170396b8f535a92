//! `/calls/<uuid>/outcome/`: the person's word on a call, in one tap or with a note and the next task.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::bar::{self, number};
use crate::app::App;
use crate::calls::actions::{self, Said};
use crate::calls::model::Outcome;
use crate::calls::paths;
use crate::companies;
use crate::error::{Error, FieldErrors, Result};
use crate::policy;
use crate::tasks::{self, due};
use crate::values::{CallId, CompanyId, text};
use crate::web::{Form, Html, Layout, Opt, Path, Section, Viewer, flash, is_htmx, page_with, see_other_with};

/// The longest title of a task.
const LONGEST_TITLE: usize = 255;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OutcomeForm {
    pub(super) outcome: String,
    pub(super) note: String,
    /// The next task; empty: none.
    pub(super) task: String,
    /// Its date, in words.
    pub(super) due: String,
}

#[derive(Template)]
#[template(path = "calls/outcome.html")]
struct OutcomePage {
    layout: Layout,
    action: String,
    title: String,
    company: Option<(String, String)>,
    outcomes: Vec<Opt>,
    typed: OutcomeForm,
    errors: FieldErrors,
}

async fn render(app: &App, viewer: &Viewer, id: CallId, (form, errors): (OutcomeForm, FieldErrors)) -> Html {
    let call = actions::find(app, &viewer.actor()?, id).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    // What was said before is there to be corrected.
    let chosen = match form.outcome.as_str() {
        "" => call.outcome.unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let option = |outcome: &Outcome| Opt::new(outcome.code(), outcome.label(), outcome.code() == chosen);
    let company = call.company.zip(call.company_name);
    page_with(
        status,
        &OutcomePage {
            layout: viewer.layout(Section::None),
            action: paths::outcome(id),
            title: call
                .contact_name
                .unwrap_or_else(|| number(&call.phone, &call.extension)),
            company: company.map(|(id, name)| (companies::paths::show(CompanyId(id)), name)),
            outcomes: Outcome::ALL.iter().map(option).collect(),
            typed: form,
            errors,
        },
    )
}

/// `GET /calls/<uuid>/outcome/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer, Path(id): Path<CallId>) -> Html {
    render(&app, &viewer, id, <_>::default()).await
}

/// `POST /calls/<uuid>/outcome/`
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<CallId>,
    Form(form): Form<OutcomeForm>,
) -> Html {
    match save(&app, &viewer, id, &form).await {
        Ok(_) if is_htmx(&headers) => bar::draw(&app, &viewer).await,
        Err(Error::Invalid(errors)) if is_htmx(&headers) => bar::draw_refused(&app, &viewer, (form, errors)).await,
        Ok(back) => see_other_with(&back, &flash("success", "Итог звонка записан.")),
        Err(Error::Invalid(errors)) => render(&app, &viewer, id, (form, errors)).await,
        Err(error) => Err(error.into()),
    }
}

/// What the rooms of notes and tasks refuse, at the field of this form: nothing that was typed is lost.
fn at_its_field(error: Error) -> Error {
    match error {
        Error::Denied(action) => Error::field("task", policy::who_may(action)),
        Error::Invalid(errors) => match errors.get("text") {
            "" => Error::Invalid(errors),
            sentence => Error::field("note", sentence),
        },
        error => error,
    }
}

/// Takes it down; answers where to go on.
async fn save(app: &App, viewer: &Viewer, id: CallId, form: &OutcomeForm) -> Result<String> {
    let actor = viewer.actor()?;
    let call = actions::find(app, &actor, id).await?;
    let company = call.company.filter(|_| call.company_name.is_some()).map(CompanyId);
    let mut errors = FieldErrors::default();
    let outcome = Outcome::read(&form.outcome);
    if outcome.is_none() {
        errors.add("outcome", "Выберите, чем кончился звонок.");
    }
    let title = text::line(&form.task);
    if title.chars().count() > LONGEST_TITLE {
        errors.add("task", "Название длиннее 255 знаков.");
    }
    if title.is_empty() && !form.due.trim().is_empty() {
        errors.add("task", "Напишите, что нужно сделать к этому сроку.");
    }
    if company.is_none() && !form.note.trim().is_empty() {
        errors.add("note", "Заметку можно записать только на карточку компании.");
    }
    let due = due::read(&form.due, app.now(), viewer.zone).unwrap_or_else(|sentence| {
        errors.add("due", sentence);
        None
    });
    let outcome = errors.or(outcome)?.ok_or(Error::NotFound)?;
    let next = (!title.is_empty()).then(|| tasks::Fields {
        title,
        description: String::new(),
        is_urgent: false,
        company,
        kind: None,
        assignee: call.user,
        due,
    });
    let said = Said {
        outcome,
        note: &form.note,
        next,
        due: form.due.trim(),
    };
    actions::say(app, &actor, id, said).await.map_err(at_its_field)?;
    Ok(company.map_or_else(|| paths::OWN.to_owned(), companies::paths::show))
}
