//! `/settings/branches/…`

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use super::{Difference, differences};
use crate::accounts::{self, Branch, BranchForm};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::settings::paths;
use crate::values::BranchId;
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, form_key, page, page_with, see_other_with};

#[derive(Template)]
#[template(path = "settings/branches.html")]
struct BranchesPage {
    layout: Layout,
    rows: Vec<BranchRow>,
}

struct BranchRow {
    edit: String,
    code: String,
    name: String,
    people: i64,
    is_active: bool,
}

/// `GET /settings/branches/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    let row = |branch: Branch| BranchRow {
        edit: paths::branch(branch.id),
        code: branch.code,
        name: branch.name,
        people: branch.people,
        is_active: branch.is_active,
    };
    let rows = accounts::branches(&app).await?.into_iter().map(row).collect();
    page(&BranchesPage {
        layout: viewer.layout(Section::Settings),
        rows,
    })
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    code: String,
    name: String,
    is_active: Option<String>,
    version: i32,
    form_key: Option<Uuid>,
}

impl Typed {
    fn form(&self) -> BranchForm {
        BranchForm {
            code: self.code.clone(),
            name: self.name.clone(),
            is_active: self.is_active.is_some(),
            version: self.version,
            key: self.form_key,
        }
    }
}

#[derive(Template)]
#[template(path = "settings/branch.html")]
struct BranchPage {
    layout: Layout,
    /// The saved name; empty: a new branch.
    saved_name: String,
    typed: Typed,
    errors: FieldErrors,
    form_key: String,
    conflict: Vec<Difference>,
    reload: String,
}

impl BranchPage {
    fn of_new(viewer: &Viewer, typed: Typed, errors: FieldErrors) -> Self {
        Self {
            layout: viewer.layout(Section::Settings),
            saved_name: String::new(),
            form_key: typed.form_key.map_or_else(form_key, |key| key.to_string()),
            typed,
            errors,
            conflict: Vec::new(),
            reload: String::new(),
        }
    }

    fn of_saved(viewer: &Viewer, saved: &Branch, typed: Option<Typed>, errors: FieldErrors) -> Self {
        let typed = typed.unwrap_or_else(|| Typed {
            code: saved.code.clone(),
            name: saved.name.clone(),
            is_active: saved.is_active.then(String::new),
            version: saved.version,
            form_key: None,
        });
        Self {
            layout: viewer.layout(Section::Settings),
            saved_name: saved.name.clone(),
            typed,
            errors,
            form_key: String::new(),
            conflict: Vec::new(),
            reload: paths::branch(saved.id),
        }
    }
}

/// `GET /settings/branches/new/`
pub(super) async fn new(viewer: Viewer) -> Html {
    page(&BranchPage::of_new(&viewer, Typed::default(), FieldErrors::default()))
}

/// `POST /settings/branches/new/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Html {
    match accounts::create_branch(&app, &viewer.actor()?, &typed.form()).await {
        Ok(_) => see_other_with(paths::BRANCHES, &flash("success", "Филиал создан.")),
        Err(Error::Invalid(errors)) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &BranchPage::of_new(&viewer, typed, errors),
        ),
        Err(error) => Err(error.into()),
    }
}

/// `GET /settings/branches/<id>/edit/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<BranchId>) -> Html {
    let saved = accounts::find_branch(&app, &viewer.actor()?, id).await?;
    page(&BranchPage::of_saved(&viewer, &saved, None, FieldErrors::default()))
}

/// `POST /settings/branches/<id>/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<BranchId>,
    Form(typed): Form<Typed>,
) -> Html {
    let actor = viewer.actor()?;
    match accounts::update_branch(&app, &actor, id, &typed.form()).await {
        Ok(()) => see_other_with(paths::BRANCHES, &flash("success", "Изменения сохранены.")),
        Err(Error::Invalid(errors)) => {
            let saved = accounts::find_branch(&app, &actor, id).await?;
            let page = BranchPage::of_saved(&viewer, &saved, Some(typed), errors);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Error::Conflict(_)) => {
            let saved = accounts::find_branch(&app, &actor, id).await?;
            let conflict = differences([
                ("Название", typed.name.clone(), saved.name.clone()),
                ("Код", typed.code.clone(), saved.code.clone()),
                ("Можно выбрать", flag(typed.is_active.is_some()), flag(saved.is_active)),
            ]);
            // Whoever saves again has seen both versions.
            let typed = Typed {
                version: saved.version,
                ..typed
            };
            let mut page = BranchPage::of_saved(&viewer, &saved, Some(typed), FieldErrors::default());
            page.conflict = conflict;
            page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn flag(is: bool) -> String {
    if is { "да" } else { "нет" }.to_owned()
}
