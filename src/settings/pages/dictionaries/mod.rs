//! `/settings/dictionaries/…`: the dictionaries and the entries of each.

mod entry;
mod remove;

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;

pub(super) use entry::{create, down, edit, new, up, update};
pub(super) use remove::{ask as ask_remove, remove};

use crate::app::App;
use crate::dictionaries::{self, Entry, Kind};
use crate::error::{Error, Result};
use crate::settings::{merging, paths};
use crate::values::{text, time};
use crate::web::{Html, Layout, Path, Section, Viewer, page};

#[derive(Template)]
#[template(path = "settings/dictionaries.html")]
struct OverviewPage {
    layout: Layout,
    tiles: Vec<Tile>,
}

struct Tile {
    url: String,
    title: &'static str,
    text: String,
}

/// `GET /settings/dictionaries/`
pub(super) async fn overview(State(app): State<App>, viewer: Viewer) -> Html {
    let actor = viewer.actor()?;
    let mut tiles = Vec::new();
    for kind in Kind::ALL {
        let entries = dictionaries::entries(&app, &actor, kind).await?;
        tiles.push(Tile {
            url: paths::dictionary(kind),
            title: kind.title(),
            text: summary(&entries),
        });
    }
    page(&OverviewPage {
        layout: viewer.layout(Section::Settings),
        tiles,
    })
}

/// «11 записей, скрыто: 2».
fn summary(entries: &[Entry]) -> String {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let hidden = entries.iter().filter(|entry| !entry.is_active).count();
    match (count, hidden) {
        (0, _) => "Пока пусто".to_owned(),
        (count, 0) => text::count(count, ["запись", "записи", "записей"]),
        (count, hidden) => format!(
            "{}, скрыто: {hidden}",
            text::count(count, ["запись", "записи", "записей"])
        ),
    }
}

#[derive(Template)]
#[template(path = "settings/dictionary.html")]
struct DictionaryPage {
    layout: Layout,
    title: &'static str,
    one: &'static str,
    new: String,
    rows: Vec<Row>,
}

struct Row {
    key: String,
    name: String,
    edit: String,
    tone: String,
    /// What else is worth knowing: the zone, the terms, the importance.
    detail: String,
    is_active: bool,
    /// With what it is becoming one; empty: it is not.
    merging: String,
    up: Option<String>,
    down: Option<String>,
}

/// The dictionary that an address names.
fn kind_of(code: &str) -> Result<Kind> {
    Kind::from_code(code).ok_or(Error::NotFound)
}

/// `GET /settings/dictionaries/{kind}/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Path(code): Path<String>) -> Html {
    let kind = kind_of(&code)?;
    let entries = dictionaries::entries(&app, &viewer.actor()?, kind).await?;
    let last = entries.len().saturating_sub(1);
    let merges = merging::under_way(&app, &viewer.actor()?, kind).await?;
    let name_of = |key: &str| {
        entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| entry.name.clone())
    };
    let merging: HashMap<String, String> = merges
        .into_iter()
        .map(|(merge, left)| {
            let heir = name_of(&merge.new_key).unwrap_or_default();
            let words = format!("Объединяется с «{heir}», осталось: {}", text::number(left));
            (merge.old_key, words)
        })
        .collect();
    let row = |(place, entry): (usize, Entry)| Row {
        merging: merging.get(&entry.key).cloned().unwrap_or_default(),
        edit: paths::entry(kind, &entry.key, "edit"),
        up: (place > 0).then(|| paths::entry(kind, &entry.key, "up")),
        down: (place < last).then(|| paths::entry(kind, &entry.key, "down")),
        detail: detail(kind, &entry),
        tone: entry.tone,
        name: entry.name,
        key: entry.key,
        is_active: entry.is_active,
    };
    page(&DictionaryPage {
        layout: viewer.layout(Section::Settings),
        title: kind.title(),
        one: kind.one(),
        new: format!("{}new/", paths::dictionary(kind)),
        rows: entries.iter().cloned().enumerate().map(row).collect(),
    })
}

fn detail(kind: Kind, entry: &Entry) -> String {
    match kind {
        Kind::Sphere if entry.is_important => "Важная".to_owned(),
        Kind::Status | Kind::Task | Kind::Sphere => String::new(),
        Kind::Region => {
            let found = time::RUSSIAN_ZONES.iter().find(|(iana, _)| *iana == entry.time_zone);
            found.map_or_else(|| entry.time_zone.clone(), |(_, label)| (*label).to_owned())
        }
        Kind::Contract => {
            let terms = entry.terms;
            let days = format!("за {} и {} дн.", terms.warning_days, terms.danger_days);
            if terms.is_annual {
                format!("годовой, {days}, {} и {} ₽", terms.warning_amount, terms.danger_amount)
            } else {
                days
            }
        }
    }
}
