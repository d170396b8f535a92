//! A file whose columns somebody has to explain.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::index::{choices, keys, zones};
use super::upload::work;
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::imports::drafts::{self, Draft, Preset};
use crate::imports::options::{ImportOptions, KeyBy, Mapping, OnKnown};
use crate::imports::paths;
use crate::imports::reading::CHOICES;
use crate::values::{DraftId, time};
use crate::web::{Form, Html, Layout, Opt, Path, Section, Viewer, flash, page, page_with, see_other, see_other_with};

/// So many values stand in sight; the rest opens.
const IN_SIGHT: usize = 3;

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// Codes in the order of the columns.
    column: Vec<String>,
    time_zone: String,
    key: String,
    on_known: String,
    remember: Option<String>,
}

#[derive(Template)]
#[template(path = "imports/columns.html")]
struct ColumnsPage {
    layout: Layout,
    url: String,
    file_name: String,
    errors: FieldErrors,
    columns: Vec<ColumnRow>,
    zones: Vec<Opt>,
    keys: Vec<Opt>,
    choices: Vec<Opt>,
    remembers: bool,
    /// «вчера 12:30, Анна Ким»; empty: the columns are guessed.
    preset: String,
    forget: String,
}

/// One column of the file.
struct ColumnRow {
    number: usize,
    heading: String,
    choices: Vec<Opt>,
    samples: Vec<String>,
    more: Vec<String>,
}

/// `GET /settings/import/columns/{id}/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<DraftId>) -> Html {
    let (draft, preset) = drafts::find(&app, &viewer.actor()?, id).await?;
    let guessed = || draft.columns.iter().map(|column| column.guess.clone()).collect();
    let mut options = draft.options.clone();
    if let Some(preset) = &preset {
        options = ImportOptions {
            file_name: options.file_name,
            is_dry_run: options.is_dry_run,
            ..preset.options.clone()
        };
    }
    let mapping = options.mapping.take().map_or_else(guessed, |mapping| mapping.columns);
    page(&draw(
        &app,
        &viewer,
        (&draft, preset.as_ref()),
        &options,
        (&mapping, true),
    ))
}

/// `POST /settings/import/columns/{id}/`: begins to check the file and shows how far that is.
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<DraftId>,
    Form(typed): Form<Typed>,
) -> Html {
    let actor = viewer.actor()?;
    let (draft, preset) = drafts::find(&app, &actor, id).await?;
    let mut columns = typed.column;
    columns.resize(draft.columns.len(), String::new());
    let mut options = ImportOptions {
        file_name: draft.options.file_name.clone(),
        is_dry_run: true,
        time_zone: draft.options.time_zone,
        mapping: Some(Mapping {
            columns: columns.clone(),
        }),
        key: KeyBy::from_code(&typed.key).unwrap_or_default(),
        on_known: OnKnown::from_code(&typed.on_known).unwrap_or(OnKnown::Fill),
    };
    let begun = match time::zone(&typed.time_zone) {
        None => Err(Error::field("time_zone", "Выберите часовой пояс.")),
        Some(zone) => {
            options.time_zone = zone;
            drafts::begin(&app, &actor, id, options.clone(), typed.remember.is_some()).await
        }
    };
    match begun {
        Ok(started) => see_other(&work(&app, started)),
        Err(Error::Invalid(errors)) => {
            let known = (&draft, preset.as_ref());
            let mut page = draw(&app, &viewer, known, &options, (&columns, typed.remember.is_some()));
            page.errors = errors;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/import/presets/{fingerprint}/forget/`
pub(super) async fn forget(State(app): State<App>, viewer: Viewer, Path(fingerprint): Path<String>) -> Html {
    drafts::forget_preset(&app, &viewer.actor()?, &fingerprint).await?;
    see_other_with(paths::INDEX, &flash("success", "Настройка столбцов забыта."))
}

fn draw(
    app: &App,
    viewer: &Viewer,
    (draft, preset): (&Draft, Option<&Preset>),
    options: &ImportOptions,
    (chosen, remembers): (&[String], bool),
) -> ColumnsPage {
    let columns = draft.columns.iter().enumerate().map(|(place, column)| {
        let code = chosen.get(place).map_or("", String::as_str);
        let mut samples = column.samples.clone();
        let more = samples.split_off(samples.len().min(IN_SIGHT));
        ColumnRow {
            number: place + 1,
            heading: column.heading.clone(),
            choices: CHOICES
                .iter()
                .map(|choice| Opt::new(choice.code, choice.label, choice.code == code))
                .collect(),
            samples,
            more,
        }
    });
    let words = |preset: &Preset| {
        let at = time::relative(preset.saved_at, app.now(), viewer.zone);
        [at.as_str(), &preset.saved_by]
            .join(", ")
            .trim_end_matches(", ")
            .to_owned()
    };
    ColumnsPage {
        layout: viewer.layout(Section::Settings),
        url: paths::columns(draft.id),
        file_name: draft.options.file_name.clone(),
        errors: FieldErrors::default(),
        columns: columns.collect(),
        zones: zones(options.time_zone.name()),
        keys: keys(options.key),
        choices: choices(options.on_known),
        remembers,
        preset: preset.map(words).unwrap_or_default(),
        forget: paths::forget(&draft.fingerprint),
    }
}
