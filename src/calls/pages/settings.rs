//! `/settings/phones/requests/`: how calls go here.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::calls::actions;
use crate::calls::model::{LONGEST_LIFE, SHORTEST_LIFE};
use crate::calls::paths;
use crate::error::{Error, FieldErrors};
use crate::web::{Form, Html, Layout, Section, Viewer, flash, page, page_with, see_other_with};

#[derive(Template)]
#[template(path = "calls/settings.html")]
struct SettingsPage {
    layout: Layout,
    typed: Typed,
    errors: FieldErrors,
    shortest: i32,
    longest: i32,
    conflict: Vec<Difference>,
    reload: &'static str,
}

/// A field of which there are two versions.
struct Difference {
    label: &'static str,
    mine: String,
    theirs: String,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    ttl_seconds: String,
    version: i32,
}

impl SettingsPage {
    fn new(viewer: &Viewer, typed: Typed, errors: FieldErrors) -> Self {
        Self {
            layout: viewer.layout(Section::Settings),
            typed,
            errors,
            shortest: SHORTEST_LIFE,
            longest: LONGEST_LIFE,
            conflict: Vec::new(),
            reload: paths::SETTINGS,
        }
    }
}

/// `GET /settings/phones/requests/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer) -> Html {
    let saved = actions::settings(&app, &viewer.actor()?).await?;
    let typed = Typed {
        ttl_seconds: saved.ttl_seconds.to_string(),
        version: saved.version,
    };
    page(&SettingsPage::new(&viewer, typed, FieldErrors::default()))
}

/// `POST /settings/phones/requests/`
pub(super) async fn update(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Html {
    let actor = viewer.actor()?;
    match actions::set(&app, &actor, &typed.ttl_seconds, typed.version).await {
        Ok(()) => see_other_with(paths::SETTINGS, &flash("success", "Изменения сохранены.")),
        Err(Error::Invalid(errors)) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &SettingsPage::new(&viewer, typed, errors),
        ),
        Err(Error::Conflict(_)) => {
            let saved = actions::settings(&app, &actor).await?;
            let conflict = vec![Difference {
                label: "Срок жизни запроса, секунд",
                mine: typed.ttl_seconds.clone(),
                theirs: saved.ttl_seconds.to_string(),
            }];
            // Whoever saves again has seen both versions.
            let typed = Typed {
                version: saved.version,
                ..typed
            };
            let mut page = SettingsPage::new(&viewer, typed, FieldErrors::default());
            page.conflict = conflict;
            page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}
