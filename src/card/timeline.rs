//! One timeline of a card out of several streams, newest first, read on by key.
//!
//! A new kind of entries is a variant of [`Kind`] and of [`Piece`], and a line in [`stream`]; the page, the tabs, the
//! filter by person and the paging follow.

use std::fmt;

use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::audit::{self, EventRow};
use crate::calls::{self, CallItem};
use crate::error::Result;
use crate::letters::{self, LetterItem};
use crate::notes::{NoteItem, Reader};
use crate::policy::{Action, may};
use crate::values::{LetterId, NoteId, UserId, text, time};
use crate::web::Opt;
use crate::web::assets::{self, Assets};
use crate::{companies, contacts, merges, notes, tasks};

/// Items of one page.
const LIMIT: usize = 30;

/// What stands in the timeline; of one moment, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// «Заметки»
    Note,
    /// «Задачи»
    Task,
    /// «Звонки»
    Call,
    /// «Письма»
    Letter,
    /// «Изменения»
    Change,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Note, Self::Task, Self::Call, Self::Letter, Self::Change];

    /// As addresses have it.
    fn code(self) -> &'static str {
        match self {
            Self::Note => "notes",
            Self::Task => "tasks",
            Self::Call => "calls",
            Self::Letter => "letters",
            Self::Change => "changes",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Note => "Заметки",
            Self::Task => "Задачи",
            Self::Call => "Звонки",
            Self::Letter => "Письма",
            Self::Change => "Изменения",
        }
    }

    fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether the reader may see entries of this kind.
    fn is_open_to(self, reader: &Reader<'_>) -> Result<bool> {
        Ok(match self {
            Self::Note | Self::Task | Self::Call | Self::Letter => true,
            Self::Change => may(&reader.viewer.actor()?, Action::ViewHistory, reader.ties),
        })
    }
}

/// Which part of the timeline is shown, as the address has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    /// A kind's code, or empty: everything.
    feed: String,
    /// Only what this person wrote or did.
    person: String,
    /// Entries behind this one: «microseconds.kind.key».
    before: String,
}

impl Part {
    /// The kind that is shown; `None`: all.
    pub(super) fn kind(&self) -> Option<Kind> {
        Kind::read(&self.feed)
    }

    fn person(&self) -> Option<UserId> {
        self.person.parse().ok().map(UserId)
    }

    /// Whether this is the newest page.
    pub(super) fn is_first(&self) -> bool {
        self.before.is_empty()
    }

    /// Whether notes are shown, so that the pinned one stands on top.
    pub(super) fn has_pinned(&self) -> bool {
        self.is_first() && matches!(self.kind(), None | Some(Kind::Note)) && self.person().is_none()
    }

    fn address(&self, kind: Option<Kind>, before: &str) -> String {
        let feed = kind.map(Kind::code).unwrap_or_default();
        let person = self.person().map(|id| id.to_string()).unwrap_or_default();
        let pairs = [("feed", feed), ("person", &person), ("before", before)];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        format!("?{query}#timeline")
    }
}

/// The place behind an entry.
struct Place<'a> {
    at: DateTime<Utc>,
    kind: Kind,
    key: &'a str,
}

impl<'a> Place<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (micros, rest) = text.split_once('.')?;
        let (kind, key) = rest.split_once('.')?;
        Some(Self {
            at: time::from_micros(micros)?,
            kind: Kind::read(kind)?,
            key,
        })
    }

    /// Where a stream goes on: of the place's own kind behind its key; of one moment, kinds that come first have been
    /// shown, and the others have not.
    fn in_stream<K: std::str::FromStr>(&self, kind: Kind, (first, last): (K, K)) -> (DateTime<Utc>, K) {
        let key = match kind.cmp(&self.kind) {
            std::cmp::Ordering::Equal => self.key.parse().unwrap_or(last),
            std::cmp::Ordering::Less => first,
            std::cmp::Ordering::Greater => last,
        };
        (self.at, key)
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
    exact_time: String,
    /// Label, old, new.
    changes: Vec<(String, String, String)>,
}

/// What an entry looks like.
pub(super) enum Piece {
    Note(NoteItem),
    Call(CallItem),
    Letter(LetterItem),
    Change(ChangeItem),
}

impl fmt::Display for Piece {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(note) => note.fmt(to),
            Self::Call(call) => call.fmt(to),
            Self::Letter(letter) => letter.fmt(to),
            Self::Change(change) => change.fmt(to),
        }
    }
}

impl askama::filters::HtmlSafe for Piece {}

/// One entry.
struct Entry {
    at: DateTime<Utc>,
    kind: Kind,
    key: String,
    piece: Piece,
}

/// A tab above the timeline.
pub(super) struct Tab {
    pub(super) label: &'static str,
    pub(super) url: String,
    pub(super) is_open: bool,
}

/// A page of the timeline.
pub(super) struct Timeline {
    /// The code of the kind that is shown; empty: all.
    pub(super) feed: &'static str,
    pub(super) tabs: Vec<Tab>,
    /// Those who wrote or did something here.
    pub(super) people: Vec<Opt>,
    pub(super) is_of_person: bool,
    /// Newest first.
    pub(super) items: Vec<Piece>,
    /// The query of the page with newer entries: the first one.
    pub(super) newest: Option<String>,
    /// The query of the page with older entries.
    pub(super) older: Option<String>,
}

/// Reads a page of the timeline: the newest of all streams that the reader may see.
pub(super) async fn read(conn: &mut PgConnection, reader: &Reader<'_>, part: &Part) -> Result<Timeline> {
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        if kind.is_open_to(reader)? {
            kinds.push(kind);
        }
    }
    let place = Place::read(&part.before);
    // What was done to the cards that have become part of this one is its history, too.
    let mut cards = merges::lineage(conn, reader.company.0).await?;
    cards.push(reader.company.0);
    let mut entries = Vec::new();
    for kind in kinds
        .iter()
        .filter(|kind| part.kind().is_none_or(|wanted| wanted == **kind))
    {
        entries.extend(stream(conn, (reader, &cards), *kind, part, place.as_ref()).await?);
    }
    // Stable: within each stream the order of its keys stays.
    entries.sort_by_key(|entry| (std::cmp::Reverse(entry.at), entry.kind));
    let has_more = entries.len() > LIMIT;
    entries.truncate(LIMIT);
    let last = entries.last().filter(|_| has_more);
    let older = last.map(|entry| format!("{}.{}.{}", entry.at.timestamp_micros(), entry.kind.code(), entry.key));
    let tabs = std::iter::once(None)
        .chain(kinds.iter().copied().map(Some))
        .map(|kind| Tab {
            label: kind.map_or("Всё", Kind::label),
            url: part.address(kind, ""),
            is_open: kind == part.kind(),
        });
    Ok(Timeline {
        feed: part.kind().map(Kind::code).unwrap_or_default(),
        tabs: tabs.collect(),
        people: people(conn, (reader, &cards), &kinds, part.person()).await?,
        is_of_person: part.person().is_some(),
        items: entries.into_iter().map(|entry| entry.piece).collect(),
        newest: (!part.is_first()).then(|| part.address(part.kind(), "")),
        older: older.map(|before| part.address(part.kind(), &before)),
    })
}

/// A page of one stream and one entry more, newest first.
async fn stream(
    conn: &mut PgConnection,
    (reader, cards): (&Reader<'_>, &[Uuid]),
    kind: Kind,
    part: &Part,
    place: Option<&Place<'_>>,
) -> Result<Vec<Entry>> {
    let limit = i64::try_from(LIMIT + 1).unwrap_or(i64::MAX);
    let by = part.person();
    let entry = |at, key: String, piece| Entry { at, kind, key, piece };
    Ok(match kind {
        Kind::Note => {
            let before = place.map(|place| place.in_stream(kind, (NoteId(0), NoteId(i64::MAX))));
            let notes = notes::of_company(conn, reader, by, before, limit).await?.into_iter();
            notes
                .map(|note| entry(note.place().0, note.place().1.to_string(), Piece::Note(note)))
                .collect()
        }
        Kind::Call => {
            let before = place.map(|place| place.in_stream(kind, (Uuid::nil(), Uuid::max())));
            let calls = calls::of_cards(conn, (reader, cards), by, (before, limit)).await?;
            calls
                .into_iter()
                .map(|call| entry(call.place().0, call.place().1.to_owned(), Piece::Call(call)))
                .collect()
        }
        Kind::Letter => {
            let before = place.map(|place| place.in_stream(kind, (LetterId(Uuid::nil()), LetterId(Uuid::max()))));
            let reading = (reader.viewer, reader.now);
            let letters = letters::of_company(conn, reading, reader.company, by, (before, limit)).await?;
            letters
                .into_iter()
                .map(|letter| entry(letter.place().0, letter.place().1.to_string(), Piece::Letter(letter)))
                .collect()
        }
        Kind::Change | Kind::Task => {
            let before = place.map(|place| place.in_stream(kind, (Uuid::nil(), Uuid::max())));
            let events = audit::of_cards(conn, (cards, kind == Kind::Task), by, before, limit)
                .await?
                .into_iter();
            events
                .map(|event| entry(event.at, event.id.to_string(), Piece::Change(change(event, reader))))
                .collect()
        }
    })
}

/// Those who wrote or did something that the reader may see, by name; the chosen one is always among them.
async fn people(
    conn: &mut PgConnection,
    (reader, cards): (&Reader<'_>, &[Uuid]),
    kinds: &[Kind],
    chosen: Option<UserId>,
) -> Result<Vec<Opt>> {
    let mut people = Vec::new();
    for kind in kinds {
        people.extend(match kind {
            Kind::Note => notes::authors(conn, reader.company).await?,
            Kind::Call => calls::people_of_cards(conn, cards).await?,
            Kind::Letter => letters::authors(conn, reader.company).await?,
            Kind::Change | Kind::Task => audit::actors(conn, (cards, *kind == Kind::Task)).await?,
        });
    }
    people.sort_by_cached_key(|(id, name)| (text::fold(name), *id));
    people.dedup();
    Ok(people
        .into_iter()
        .map(|(id, name)| Opt::new(id, name, chosen == Some(id)))
        .collect())
}

fn change(event: EventRow, reader: &Reader<'_>) -> ChangeItem {
    let label = |field: &str| -> String {
        let label = match event.entity.as_str() {
            "contact" => contacts::field_label(field),
            "note" => notes::field_label(field),
            "letter" => letters::field_label(field),
            "task" => tasks::field_label(field),
            _ => Some(companies::field_label(field)),
        };
        label.unwrap_or(field).to_owned()
    };
    let short = |value: &str| text::excerpt(value, 200);
    ChangeItem {
        assets: assets::urls(),
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
        exact_time: time::date_time(event.at, reader.viewer.zone),
    }
}
