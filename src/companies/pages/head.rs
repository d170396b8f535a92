//! `/companies/<uuid>/head/`: the head organisation, chosen by a search.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use crate::app::App;
use crate::companies::actions::{self, Candidate};
use crate::companies::paths;
use crate::companies::search::LONGEST;
use crate::error::Error;
use crate::policy::{Action, check};
use crate::values::CompanyId;
use crate::web::{
    Form, Html, Layout, Path, Query, Section, SmallForm, Viewer, flash, page_with, present, see_other_with,
};

#[derive(Template)]
#[template(path = "companies/head.html")]
struct HeadPage {
    layout: Layout,
    company: String,
    action: String,
    back: String,
    /// Name and address of the head that is there now.
    present: Option<(String, String)>,
    /// Its key, which the next save has seen.
    seen: String,
    /// Why the company cannot be taken away from it; empty: it can.
    fixed: String,
    q: String,
    found: Vec<Candidate>,
    error: String,
    /// Somebody else was quicker: key and name of the head that was wanted; an empty key: none.
    wanted: Option<(String, String)>,
    /// The form stands in the card, where «Отмена» takes it away again.
    is_inline: bool,
}

/// `GET /companies/<uuid>/head/?q=`
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct HeadQuery {
    q: String,
}

/// `POST /companies/<uuid>/head/`
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct HeadForm {
    /// Empty: none.
    head: String,
    #[serde(deserialize_with = "present")]
    seen: Option<String>,
    q: String,
}

enum Late {
    Head(CompanyId),
    Independent,
}

/// The choice that came too late.
fn late(draw: &SmallForm) -> Option<Late> {
    let chosen = draw.typed.as_deref().filter(|_| draw.is_late())?;
    Some(chosen.parse().map_or(Late::Independent, Late::Head))
}

async fn show(app: &App, viewer: &Viewer, id: CompanyId, q: &str, draw: SmallForm) -> Html {
    let actor = viewer.actor()?;
    let mut conn = app.db.acquire().await?;
    let company = actions::find(&mut conn, &actor, id).await?;
    check(&actor, Action::EditCompany, company.ties(&actor))?;
    let wanted = match late(&draw) {
        None => None,
        Some(Late::Independent) => Some((String::new(), String::new())),
        Some(Late::Head(head)) => Some((
            head.to_string(),
            actions::find(&mut conn, &actor, head).await?.fields.name,
        )),
    };
    let mut fixed = String::new();
    if let Some(head) = &company.head
        && !actions::may_place(&mut conn, &actor, head.id).await?
    {
        fixed = actions::fixed(&head.name);
    }
    drop(conn);
    let q: String = q.trim().chars().take(LONGEST).collect();
    let found = actions::head_candidates(app, &actor, id, &q).await?;
    let present = company.head.as_ref();
    page_with(
        draw.status,
        &HeadPage {
            layout: viewer.layout(Section::Companies),
            company: company.fields.name,
            action: paths::head(id),
            back: paths::show(id),
            seen: present.map(|head| head.id.to_string()).unwrap_or_default(),
            present: present.map(|head| (head.name.clone(), paths::show(head.id))),
            // What stands above already is not said again below.
            error: if fixed.is_empty() { draw.error } else { String::new() },
            fixed,
            q,
            found,
            wanted,
            is_inline: draw.is_inline,
        },
    )
}

/// `GET /companies/<uuid>/head/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    headers: HeaderMap,
    Query(query): Query<HeadQuery>,
) -> Html {
    show(&app, &viewer, id, &query.q, SmallForm::opened(&headers)).await
}

/// `POST /companies/<uuid>/head/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<HeadForm>,
) -> Html {
    let head = match form.head.as_str() {
        "" => None,
        head => Some(
            head.parse()
                .map_err(|_| Error::field("head", "Выберите компанию из списка."))?,
        ),
    };
    match actions::set_head(&app, &viewer.actor()?, id, head, form.seen.as_deref()).await {
        Ok(()) => {
            let said = if head.is_some() {
                "Головная организация сохранена."
            } else {
                "Компания теперь самостоятельная."
            };
            see_other_with(&paths::show(id), &flash("success", said))
        }
        Err(error) => show(&app, &viewer, id, &form.q, SmallForm::again(error, "head", form.head)?).await,
    }
}
