//! One timeline out of notes and changes, newest first, read on by time.

use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::audit::{self, EventRow};
use crate::error::Result;
use crate::notes::{NoteItem, Reader};
use crate::policy::{Action, may};
use crate::values::{NoteId, text, time};
use crate::web::assets::{self, Assets};
use crate::{companies, contacts, notes};

/// Items of one page.
const LIMIT: usize = 30;

/// Which part of the timeline is shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    /// `notes`, `changes`, or empty: everything.
    pub(super) feed: String,
    /// Notes before this one: «microseconds.key».
    note: String,
    /// Changes before this one: «microseconds.key».
    change: String,
}

impl Part {
    /// Whether everything is shown.
    pub(super) fn is_all(&self) -> bool {
        !self.is_notes() && !self.is_changes()
    }

    /// Whether only notes are shown.
    pub(super) fn is_notes(&self) -> bool {
        self.feed == "notes"
    }

    /// Whether only changes are shown.
    pub(super) fn is_changes(&self) -> bool {
        self.feed == "changes"
    }

    /// Whether this is the newest page.
    pub(super) fn is_first(&self) -> bool {
        self.note.is_empty() && self.change.is_empty()
    }
}

/// A change in the timeline.
#[derive(Template)]
#[template(path = "card/_change.html")]
pub(super) struct ChangeItem {
    assets: &'static Assets,
    id: Uuid,
    at: DateTime<Utc>,
    actor: String,
    message: String,
    time: String,
    /// Label, old, new.
    changes: Vec<(String, String, String)>,
}

impl askama::filters::HtmlSafe for ChangeItem {}

/// One line of the timeline.
pub(super) enum Item {
    /// A note.
    Note(NoteItem),
    /// A change.
    Change(ChangeItem),
}

/// A page of the timeline.
pub(super) struct Timeline {
    /// Newest first.
    pub(super) items: Vec<Item>,
    /// The query of the page with older items.
    pub(super) older: Option<String>,
}

/// A place among notes or among changes.
fn place<T: std::str::FromStr>(text: &str) -> Option<(DateTime<Utc>, T)> {
    let (micros, key) = text.split_once('.')?;
    Some((time::from_micros(micros)?, key.parse().ok()?))
}

/// Reads a page of the timeline; changes only for those who may see the history.
///
/// Notes and changes are two ordered streams, each with its own place; a page is the newest of both.
pub(super) async fn read(conn: &mut PgConnection, reader: &Reader<'_>, part: &Part) -> Result<Timeline> {
    let actor = reader.viewer.actor()?;
    let limit = i64::try_from(LIMIT + 1).unwrap_or(i64::MAX);
    let mut dated: Vec<(DateTime<Utc>, Item)> = Vec::new();
    if !part.is_changes() {
        let notes = notes::of_company(conn, reader, limit, place::<NoteId>(&part.note)).await?;
        dated.extend(notes.into_iter().map(|(at, note)| (at, Item::Note(note))));
    }
    if !part.is_notes() && may(&actor, Action::ViewHistory, reader.ties) {
        let events = audit::of_company(conn, reader.company, place(&part.change), limit).await?;
        dated.extend(
            events
                .into_iter()
                .map(|event| (event.at, Item::Change(change(event, reader)))),
        );
    }
    // Stable: within each stream the order of its keys stays.
    dated.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let has_more = dated.len() > LIMIT;
    dated.truncate(LIMIT);
    let items: Vec<Item> = dated.into_iter().map(|(_, item)| item).collect();
    let older = has_more.then(|| older(part, &items));
    Ok(Timeline { items, older })
}

/// The query of the next page: each stream goes on behind its last shown item, or stays where it was.
fn older(part: &Part, items: &[Item]) -> String {
    let written = |at: DateTime<Utc>, key: String| format!("{}.{key}", at.timestamp_micros());
    let note = items.iter().rev().find_map(|item| match item {
        Item::Note(note) => Some(written(note.place().0, note.place().1.to_string())),
        Item::Change(_) => None,
    });
    let change = items.iter().rev().find_map(|item| match item {
        Item::Change(change) => Some(written(change.at, change.id.to_string())),
        Item::Note(_) => None,
    });
    let pairs = [
        ("feed", part.feed.clone()),
        ("note", note.unwrap_or_else(|| part.note.clone())),
        ("change", change.unwrap_or_else(|| part.change.clone())),
    ];
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    format!(
        "?{}#timeline",
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    )
}

fn change(event: EventRow, reader: &Reader<'_>) -> ChangeItem {
    let label = |field: &str| -> String {
        let label = match event.entity.as_str() {
            "contact" => contacts::field_label(field),
            "note" => notes::field_label(field),
            _ => Some(companies::field_label(field)),
        };
        label.unwrap_or(field).to_owned()
    };
    let short = |value: &str| text::excerpt(value, 200);
    ChangeItem {
        assets: assets::urls(),
        id: event.id,
        at: event.at,
        changes: event
            .changes
            .iter()
            .map(|(field, old, new)| (label(field), short(old), short(new)))
            .collect(),
        actor: if event.actor.is_empty() {
            "Система".to_owned()
        } else {
            event.actor
        },
        message: event.message,
        time: time::relative(event.at, reader.now, reader.viewer.zone),
    }
}
