//! Types of this room.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::values::{CompanyId, UserId};

/// The longest title of a task.
pub(super) const LONGEST_TITLE: usize = 255;
/// The longest description.
pub(super) const LONGEST_DESCRIPTION: usize = 10_000;
/// Most events that are read of one file.
pub(super) const MOST_EVENTS: usize = 20_000;
/// Rows of a result that are kept and shown.
pub(super) const MOST_ROWS: usize = 200;

/// When an event is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum When {
    /// A moment, told in UTC.
    Moment(DateTime<Utc>),
    /// A time on the clock of the zone of that name; without one, of the zone that was chosen for the file.
    Local(NaiveDateTime, String),
    /// A whole day.
    Day(NaiveDate),
    /// It says no date.
    Never,
    /// It says one that cannot be read.
    Unreadable,
}

/// An event as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    /// What tells it from others; made of its words when the file gives none.
    pub(super) uid: String,
    pub(super) title: String,
    pub(super) description: String,
    /// The name of a company, as far as one is told.
    pub(super) company: String,
    pub(super) when: When,
}

/// What was asked for with the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Options {
    /// Tasks without a company in the base are left out.
    pub(super) only_linked: bool,
    /// Of times that name no zone, by its own name.
    pub(super) zone: String,
}

/// A file that waits or has been brought in.
pub(super) struct Import {
    pub(super) id: Uuid,
    pub(super) file_name: String,
    pub(super) options: Options,
    /// What the file says; empty once it has been brought in.
    pub(super) events: Vec<Event>,
    /// How it went; `None`: it has not been brought in.
    pub(super) report: Option<Report>,
}

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Verdict {
    /// It becomes a task at a company.
    Linked,
    /// It becomes a task without one.
    Bare,
    /// It is a task already.
    Known,
    /// The file has it twice.
    Twice,
    /// It has no company, and only those with one are wanted.
    Skipped,
}

impl Verdict {
    /// As a badge: tone and words.
    pub(super) fn badge(self) -> (&'static str, &'static str) {
        match self {
            Self::Linked => ("done", "С компанией"),
            Self::Bare => ("new", "Без компании"),
            Self::Known => ("neutral", "Уже есть"),
            Self::Twice => ("neutral", "Повтор в файле"),
            Self::Skipped => ("warm", "Пропущена"),
        }
    }

    /// Whether a task comes of it.
    pub(super) fn is_new(self) -> bool {
        matches!(self, Self::Linked | Self::Bare)
    }
}

/// How many of each verdict, and the first rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) read: i64,
    pub(super) linked: i64,
    pub(super) bare: i64,
    pub(super) known: i64,
    pub(super) twice: i64,
    pub(super) skipped: i64,
    /// Of the new ones, those whose date could not be read.
    pub(super) undated: i64,
    pub(super) rows: Vec<Row>,
}

impl Report {
    /// How many tasks come of the file.
    pub(super) fn created(&self) -> i64 {
        self.linked + self.bare
    }
}

/// One event and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) title: String,
    /// As the file names it.
    pub(super) company: String,
    pub(super) due: Option<DateTime<Utc>>,
    /// Of a whole day; it is that day wherever it is read.
    pub(super) day: Option<NaiveDate>,
    pub(super) verdict: Verdict,
    /// Why there is no company or no date; empty: nothing to say.
    pub(super) note: String,
}

/// A company that a name may mean.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) id: CompanyId,
    pub(super) name: String,
    /// Whoever looks after it and still works here.
    pub(super) responsible: Option<Doer>,
}

/// Whoever is to do a task.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doer {
    pub(super) id: UserId,
    /// On whose calendar a whole day is one.
    pub(super) zone: Tz,
}
