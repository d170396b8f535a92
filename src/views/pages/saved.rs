//! `/companies/saved/`: filters with a name.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::policy::{Action, Reach, may_ever, roles_that};
use crate::values::FilterId;
use crate::views::model::{MOST_SAVED, Saved};
use crate::views::{actions, paths};
use crate::web::{Form, Html, Layout, Path, Query, Section, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "views/saved.html")]
struct SavedPage {
    layout: Layout,
    /// The filter that gets a name here, with what was typed.
    new: Option<New>,
    own: Vec<Row>,
    others: Vec<Row>,
    /// «Показывать …» whom; empty: nobody.
    share: &'static str,
    /// Whether the list opens with none of these.
    opens_plain: bool,
    most: i64,
    errors: FieldErrors,
}

struct New {
    query: String,
    name: String,
    is_shared: bool,
    /// Back to the list.
    url: String,
}

struct Row {
    saved: Saved,
    url: String,
    /// At its name.
    error: String,
}

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    query: String,
}

/// A filter's form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    query: String,
    name: String,
    share: Option<String>,
}

/// A refused form.
struct Refused {
    errors: FieldErrors,
    typed: Typed,
    /// `None`: a new filter.
    id: Option<FilterId>,
}

async fn draw(app: &App, viewer: &Viewer, query: &str, refused: Option<Refused>) -> Html {
    let actor = viewer.actor()?;
    let mut saved = actions::saved(app, &actor).await?;
    let status = refused
        .as_ref()
        .map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let mut errors = FieldErrors::default();
    let mut new = (!query.is_empty()).then(|| New {
        query: query.to_owned(),
        name: String::new(),
        is_shared: false,
        url: paths::list(query),
    });
    let mut wrong = None;
    if let Some(refused) = refused {
        match (refused.id, &mut new) {
            (Some(id), _) => {
                let known = saved.iter_mut().find(|saved| saved.id == id && saved.is_own);
                known.ok_or(Error::NotFound)?.name = refused.typed.name;
                wrong = Some((id, refused.errors.get("name").to_owned()));
            }
            (None, Some(new)) => {
                new.name = refused.typed.name;
                new.is_shared = refused.typed.share.is_some();
                errors = refused.errors;
            }
            (None, None) => errors = refused.errors,
        }
    }
    let row = |saved: Saved| Row {
        url: paths::list(&saved.query),
        error: match &wrong {
            Some((id, error)) if *id == saved.id => error.clone(),
            _ => String::new(),
        },
        saved,
    };
    let opens_plain = !saved.iter().any(|saved| saved.opens);
    let (own, others): (Vec<Saved>, Vec<Saved>) = saved.into_iter().partition(|saved| saved.is_own);
    let is_everybodys = roles_that(Action::ShareFilter, Reach::All).contains(&actor.role.code());
    page_with(
        status,
        &SavedPage {
            layout: viewer.layout(Section::Companies),
            new,
            own: own.into_iter().map(row).collect(),
            others: others.into_iter().map(row).collect(),
            share: match (may_ever(&actor, Action::ShareFilter), is_everybodys) {
                (true, true) => "Показывать всем сотрудникам",
                (true, false) if actor.branch.is_some() => "Показывать сотрудникам моего филиала",
                _ => "",
            },
            opens_plain,
            most: MOST_SAVED,
            errors,
        },
    )
}

/// `GET /companies/saved/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(asked): Query<Asked>) -> Html {
    draw(&app, &viewer, &paths::tidy(&asked.query), None).await
}

/// `POST /companies/saved/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Html {
    let words = (typed.name.as_str(), typed.query.as_str());
    match actions::save_filter(&app, &viewer.actor()?, words, typed.share.is_some()).await {
        Ok(()) => see_other_with(&paths::list(&typed.query), &flash("success", "Фильтр сохранён.")),
        Err(Error::Invalid(errors)) => {
            let query = paths::tidy(&typed.query);
            let id = None;
            draw(&app, &viewer, &query, Some(Refused { errors, typed, id })).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /companies/saved/{id}/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<FilterId>,
    Form(typed): Form<Typed>,
) -> Html {
    match actions::rename_filter(&app, &viewer.actor()?, id, &typed.name, typed.share.is_some()).await {
        Ok(()) => see_other_with(paths::SAVED, &flash("success", "Фильтр изменён.")),
        Err(Error::Invalid(errors)) => {
            let id = Some(id);
            draw(&app, &viewer, "", Some(Refused { errors, typed, id })).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /companies/saved/{id}/delete/`
pub(super) async fn delete(State(app): State<App>, viewer: Viewer, Path(id): Path<FilterId>) -> Html {
    actions::delete_filter(&app, &viewer.actor()?, id).await?;
    see_other_with(paths::SAVED, &flash("success", "Фильтр удалён."))
}

/// What the list opens with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Opening {
    /// Empty: as the role has it.
    filter: String,
}

/// `POST /companies/saved/open/`
pub(super) async fn open(State(app): State<App>, viewer: Viewer, Form(typed): Form<Opening>) -> Html {
    let filter = match typed.filter.as_str() {
        "" => None,
        id => Some(id.parse::<FilterId>().map_err(|_| Error::NotFound)?),
    };
    actions::open_with(&app, &viewer.actor()?, filter).await?;
    see_other_with(paths::SAVED, &flash("success", "Список будет открываться так."))
}
