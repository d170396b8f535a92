//! The form.

use askama::Template;
use axum::http::StatusCode;

use crate::error::FieldErrors;
use crate::values::time::RUSSIAN_ZONES;
use crate::web::{Html, Layout, Opt, Section, Viewer, page_with};

#[derive(Template)]
#[template(path = "task_import/index.html")]
struct IndexPage {
    layout: Layout,
    errors: FieldErrors,
    zones: Vec<Opt>,
    only_linked: bool,
}

/// What was typed beside the file.
#[derive(Default)]
pub(super) struct Typed {
    /// `None`: nothing yet.
    pub(super) zone: Option<String>,
    pub(super) only_linked: bool,
}

/// `GET /settings/import/tasks/`
pub(super) async fn show(viewer: Viewer) -> Html {
    let typed = Typed {
        zone: None,
        only_linked: true,
    };
    draw(&viewer, StatusCode::OK, FieldErrors::default(), &typed)
}

pub(super) fn draw(viewer: &Viewer, status: StatusCode, errors: FieldErrors, typed: &Typed) -> Html {
    let chosen = typed.zone.as_deref().unwrap_or(viewer.zone.name());
    let zone = |(name, label): &(&str, &str)| Opt::new(name, *label, *name == chosen);
    page_with(
        status,
        &IndexPage {
            layout: viewer.layout(Section::Settings),
            errors,
            zones: RUSSIAN_ZONES.iter().map(zone).collect(),
            only_linked: typed.only_linked,
        },
    )
}
