//! One timeline out of notes and changes, newest first, read on by time.

use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgConnection;

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
    /// Items before this moment, in microseconds since 1970.
    pub(super) before: Option<i64>,
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

    fn moment(&self) -> Option<DateTime<Utc>> {
        self.before.and_then(DateTime::from_timestamp_micros)
    }
}

/// A change in the timeline.
#[derive(Template)]
#[template(path = "card/_change.html")]
pub(super) struct ChangeItem {
    assets: &'static Assets,
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
    /// The moment from which older items follow.
    pub(super) older: Option<i64>,
}

/// Reads a page of the timeline; changes only for those who may see the history.
pub(super) async fn read(conn: &mut PgConnection, reader: &Reader<'_>, part: &Part) -> Result<Timeline> {
    let actor = reader.viewer.actor()?;
    let limit = i64::try_from(LIMIT + 1).unwrap_or(i64::MAX);
    let mut dated: Vec<(DateTime<Utc>, Item)> = Vec::new();
    if !part.is_changes() {
        let before = part.moment().map(|moment| (moment, NoteId(0)));
        let notes = notes::of_company(conn, reader, limit, before).await?;
        dated.extend(notes.into_iter().map(|(at, note)| (at, Item::Note(note))));
    }
    if !part.is_notes() && may(&actor, Action::ViewHistory, reader.ties) {
        let events = audit::of_company(conn, reader.company, part.moment(), limit).await?;
        dated.extend(events.into_iter().map(|event| (event.at, Item::Change(change(event, reader)))));
    }
    dated.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    // Items of one moment stay together: the next page begins strictly before it.
    let border = dated.get(LIMIT - 1).map(|(at, _)| *at);
    let shown = border.map_or(dated.len(), |border| dated.partition_point(|(at, _)| *at >= border));
    let has_more = dated.len() > shown;
    dated.truncate(shown);
    let older = dated.last().filter(|_| has_more).map(|(at, _)| at.timestamp_micros());
    Ok(Timeline { items: dated.into_iter().map(|(_, item)| item).collect(), older })
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
        changes: event.changes.iter().map(|(field, old, new)| (label(field), short(old), short(new))).collect(),
        actor: if event.actor.is_empty() { "Система".to_owned() } else { event.actor },
        message: event.message,
        time: time::relative(event.at, reader.now, reader.viewer.zone),
    }
}
