//! `/companies/<uuid>/head/`: the head organisation, chosen by a search.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::app::App;
use crate::companies::actions::{self, Candidate, Placed};
use crate::companies::paths;
use crate::companies::search::LONGEST;
use crate::error::Error;
use crate::policy::{Action, may};
use crate::values::CompanyId;
use crate::web::{
    Form, Html, Layout, Path, Query, Section, Viewer, flash, is_htmx, page_with, present, see_other_with,
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

#[derive(Default)]
struct Shown {
    q: String,
    error: String,
    /// The choice that came too late.
    late: Option<Late>,
    is_inline: bool,
}

async fn show(app: &App, viewer: &Viewer, id: CompanyId, status: StatusCode, shown: Shown) -> Html {
    let actor = viewer.actor()?;
    let mut conn = app.db.acquire().await?;
    let company = actions::find(&mut conn, &actor, id).await?;
    if !may(&actor, Action::EditCompany, company.ties(&actor)) {
        return Err(Error::Denied(Action::EditCompany).into());
    }
    let wanted = match shown.late {
        None => None,
        Some(Late::Independent) => Some((String::new(), String::new())),
        Some(Late::Head(head)) => Some((
            head.to_string(),
            actions::find(&mut conn, &actor, head).await?.fields.name,
        )),
    };
    drop(conn);
    let q: String = shown.q.trim().chars().take(LONGEST).collect();
    let found = if q.is_empty() {
        Vec::new()
    } else {
        actions::head_candidates(app, &actor, id, &q).await?
    };
    let present = company.head.as_ref();
    page_with(
        status,
        &HeadPage {
            layout: viewer.layout(Section::Companies),
            company: company.fields.name,
            action: paths::head(id),
            back: paths::show(id),
            seen: present.map(|head| head.id.to_string()).unwrap_or_default(),
            present: present.map(|head| (head.name.clone(), paths::show(head.id))),
            q,
            found,
            error: shown.error,
            wanted,
            is_inline: shown.is_inline,
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
    let shown = Shown {
        q: query.q,
        is_inline: is_htmx(&headers),
        ..Shown::default()
    };
    show(&app, &viewer, id, StatusCode::OK, shown).await
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
    let placed = actions::set_head(&app, &viewer.actor()?, id, head, form.seen.as_deref()).await;
    let (status, shown) = match placed {
        Ok(Placed::Done) => {
            let said = if head.is_some() {
                "Головная организация сохранена."
            } else {
                "Компания теперь самостоятельная."
            };
            return see_other_with(&paths::show(id), &flash("success", said));
        }
        Ok(Placed::Stale) => (
            StatusCode::CONFLICT,
            Shown {
                late: Some(head.map_or(Late::Independent, Late::Head)),
                ..Shown::default()
            },
        ),
        Err(Error::Invalid(errors)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Shown {
                q: form.q,
                error: errors.get("head").to_owned(),
                ..Shown::default()
            },
        ),
        Err(error) => return Err(error.into()),
    };
    show(&app, &viewer, id, status, shown).await
}
