//! The form and the list of past imports.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::error::FieldErrors;
use crate::imports::drafts::{self, Preset};
use crate::imports::model::{Import, State as Progress, Verdict};
use crate::imports::options::{KeyBy, OnKnown};
use crate::imports::{actions, paths};
use crate::values::{text, time};
use crate::web::{Html, Layout, Opt, Section, Viewer, page_with};

#[derive(Template)]
#[template(path = "imports/index.html")]
struct IndexPage {
    layout: Layout,
    errors: FieldErrors,
    zones: Vec<Opt>,
    keys: Vec<Opt>,
    choices: Vec<Opt>,
    wants_columns: bool,
    rows: Vec<ImportRow>,
    presets: Vec<PresetRow>,
}

/// What was said of files with a heading.
struct PresetRow {
    file_name: String,
    about: String,
    forget: String,
}

/// One import in the list.
struct ImportRow {
    url: String,
    file_name: String,
    is_dry_run: bool,
    /// Tone and word.
    state: (&'static str, &'static str),
    rows: String,
    created: String,
    updated: String,
    unchanged: String,
    refused: String,
    started_by: String,
    started_at: String,
}

/// `GET /settings/import/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    draw(&app, &viewer, StatusCode::OK, FieldErrors::default(), &Typed::default()).await
}

/// What the form had when it was refused.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) zone: Option<String>,
    pub(super) key: KeyBy,
    pub(super) on_known: OnKnown,
    pub(super) wants_columns: bool,
}

/// Time zones, as a list to choose from.
pub(super) fn zones(chosen: &str) -> Vec<Opt> {
    time::RUSSIAN_ZONES
        .iter()
        .map(|(zone, label)| Opt::new(zone, *label, *zone == chosen))
        .collect()
}

/// The ways to recognise a record, as a list to choose from.
pub(super) fn keys(chosen: KeyBy) -> Vec<Opt> {
    let keys = KeyBy::ALL.into_iter();
    keys.map(|key| Opt::new(key.code(), key.label(), key == chosen))
        .collect()
}

/// What may happen to known records, as a list to choose from.
pub(super) fn choices(chosen: OnKnown) -> Vec<Opt> {
    let choices = OnKnown::ALL.into_iter();
    choices
        .map(|choice| Opt::new(choice.code(), choice.label(), choice == chosen))
        .collect()
}

/// The page, after a refusal too.
pub(super) async fn draw(app: &App, viewer: &Viewer, status: StatusCode, errors: FieldErrors, typed: &Typed) -> Html {
    let actor = viewer.actor()?;
    let imports = actions::list(app, &actor).await?;
    let presets = drafts::presets(app, &actor).await?;
    let chosen = typed.zone.clone().unwrap_or_else(|| viewer.zone.to_string());
    let page = IndexPage {
        layout: viewer.layout(Section::Settings),
        errors,
        zones: zones(&chosen),
        keys: keys(typed.key),
        choices: choices(typed.on_known),
        rows: imports
            .iter()
            .map(|import| ImportRow::of(import, app, viewer))
            .collect(),
        wants_columns: typed.wants_columns,
        presets: presets
            .iter()
            .map(|preset| PresetRow::of(preset, app, viewer))
            .collect(),
    };
    page_with(status, &page)
}

impl PresetRow {
    fn of(preset: &Preset, app: &App, viewer: &Viewer) -> Self {
        let at = time::relative(preset.saved_at, app.now(), viewer.zone);
        let about = [at.as_str(), &preset.saved_by].join(", ");
        Self {
            file_name: preset.options.file_name.clone(),
            about: about.trim_end_matches(", ").to_owned(),
            forget: paths::forget(&preset.fingerprint),
        }
    }
}

impl ImportRow {
    fn of(import: &Import, app: &App, viewer: &Viewer) -> Self {
        let summary = &import.summary;
        let number = |verdict| text::number(summary.of(verdict));
        Self {
            url: paths::show(summary.id),
            file_name: import.file_name.clone(),
            is_dry_run: import.is_dry_run,
            state: state(import.state),
            rows: text::number(summary.rows),
            created: number(Verdict::Created),
            updated: number(Verdict::Updated),
            unchanged: number(Verdict::Unchanged),
            refused: text::number(summary.skipped + summary.refused),
            started_by: started_by(import).to_owned(),
            started_at: time::relative(import.started_at, app.now(), viewer.zone),
        }
    }
}

/// Tone and word of a state.
pub(super) fn state(state: Progress) -> (&'static str, &'static str) {
    match state {
        Progress::Running => ("progress", "Идёт"),
        Progress::Done => ("done", "Готово"),
        Progress::Paused => ("neutral", "Пауза"),
        Progress::Stopped => ("neutral", "Остановлено"),
        Progress::Failed => ("danger", "Прервано"),
    }
}

/// Who started an import.
pub(super) fn started_by(import: &Import) -> &str {
    if import.started_by.is_empty() {
        "из командной строки"
    } else {
        &import.started_by
    }
}
