//! `/duplicates/denied/`: pairs that were said to be different companies.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::companies;
use crate::db::Place;
use crate::duplicates::{actions, paths};
use crate::error::Error;
use crate::values::{CompanyId, time};
use crate::web::{Form, Html, Layout, Query, Section, Viewer, flash, page, see_other_with};

#[derive(Template)]
#[template(path = "duplicates/denied.html")]
struct DeniedPage {
    layout: Layout,
    rows: Vec<Row>,
    prev: Option<String>,
    next: Option<String>,
}

struct Row {
    /// Key, address and name of each.
    one: (CompanyId, String, String),
    two: (CompanyId, String, String),
    by: String,
    at: String,
}

/// Which page is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: Option<String>,
    before: Option<String>,
}

/// `GET /duplicates/denied/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(asked): Query<Asked>) -> Html {
    let place = Place::read(asked.after.as_deref(), asked.before.as_deref());
    let found = actions::denials(&app, &viewer.actor()?, &place).await?;
    let way = |name: &str, cursor: Option<String>| Some(format!("{}?{name}={}", paths::DENIED, cursor?));
    let card = |(id, name): (CompanyId, String)| (id, companies::paths::show(id), name);
    let rows = found.rows.into_iter().map(|denial| Row {
        one: card(denial.one),
        two: card(denial.two),
        by: denial.denied_by,
        at: time::relative(denial.denied_at, app.now(), viewer.zone),
    });
    page(&DeniedPage {
        layout: viewer.layout(Section::Companies),
        rows: rows.collect(),
        prev: way("before", found.before),
        next: way("after", found.after),
    })
}

/// A pair that may look alike again.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AllowForm {
    one: Option<CompanyId>,
    two: Option<CompanyId>,
}

/// `POST /duplicates/denied/`
pub(super) async fn allow(State(app): State<App>, viewer: Viewer, Form(form): Form<AllowForm>) -> Html {
    let (Some(one), Some(two)) = (form.one, form.two) else {
        return see_other_with(paths::DENIED, &flash("error", "Выберите пару из списка."));
    };
    let word = match actions::allow(&app, &viewer.actor()?, one, two).await {
        Ok(()) => flash(
            "success",
            "Отметка снята: если карточки похожи, они снова в списке дубликатов.",
        ),
        Err(Error::NotFound) => flash("info", "Отметка с этой пары уже снята."),
        Err(error) => return Err(error.into()),
    };
    see_other_with(paths::DENIED, &word)
}
