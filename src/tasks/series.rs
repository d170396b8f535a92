//! A repeated task: what its occurrences are made of, and when the next one is due. Pure.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::due::Due;
use super::model::Fields;
use crate::values::recurrence::{End, off_weekend, to_utc};
use crate::values::{Recurrence, SeriesId, UserId, time};

/// How a task repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Repeat {
    /// The rule, on the wall clock.
    pub(crate) rule: Recurrence,
    /// What falls on a Saturday or Sunday is due on Monday.
    pub(crate) skips_weekends: bool,
}

/// A series: a rule on the wall clock of a zone, and what its occurrences say.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// Key.
    pub(crate) id: SeriesId,
    /// How it repeats.
    pub(crate) repeat: Repeat,
    /// Where the rule begins.
    pub(crate) starts_at: NaiveDateTime,
    /// Whose wall clock it is.
    pub(crate) zone: Tz,
    /// Days count, not times.
    pub(crate) is_all_day: bool,
    /// What occurrences say; their date is their own.
    pub(crate) fields: Fields,
    /// Who set it.
    pub(crate) author: Option<UserId>,
    /// The latest occurrence there has been.
    pub(crate) reached: NaiveDateTime,
    /// When the next one appears by itself; `None`: it has ended.
    pub(crate) next_at: Option<DateTime<Utc>>,
}

impl Series {
    /// Until when an occurrence is to be done.
    pub(crate) fn due(&self, occurrence: NaiveDateTime) -> Due {
        let local = if self.repeat.skips_weekends {
            off_weekend(occurrence)
        } else {
            occurrence
        };
        if self.is_all_day {
            Due::day(local.date(), self.zone)
        } else {
            Due {
                at: to_utc(local, self.zone),
                is_all_day: false,
            }
        }
    }

    /// The occurrence after the latest one.
    pub(crate) fn next(&self) -> Option<NaiveDateTime> {
        self.repeat.rule.next_after(self.starts_at, self.reached)
    }

    /// The series with `occurrence` as the latest one: the next appears when that one's time comes.
    #[must_use]
    pub(crate) fn at(mut self, occurrence: NaiveDateTime) -> Self {
        self.reached = occurrence;
        self.next_at = self.next().map(|_| self.due(occurrence).at);
        self
    }

    /// What an occurrence says.
    pub(crate) fn occurrence(&self, at: NaiveDateTime) -> Fields {
        Fields {
            due: Some(self.due(at)),
            ..self.fields.clone()
        }
    }

    /// «каждый вторник, 10 раз, последний 26.01.2027»
    pub(crate) fn in_words(&self) -> String {
        let words = self.repeat.rule.in_words(self.starts_at);
        match (self.repeat.rule.end, self.repeat.rule.ends(self.starts_at)) {
            (End::Count(_), Some(last)) => format!("{words}, последний {}", time::date(last.date())),
            _ => words,
        }
    }
}
