//! Limits, and how much of them is used.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;

use crate::values::UserId;

/// The largest limit.
pub(crate) const MOST: i32 = 100_000;
/// From this part of a limit on administrators are warned: four fifths.
const NEAR: (i64, i64) = (4, 5);

/// How many different cards one person may open; 0: as many as one likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Within an hour of the clock.
    pub(crate) per_hour: i32,
    /// Within a day.
    pub(crate) per_day: i32,
}

/// A day and an hour by the installation's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) day: NaiveDate,
    pub(super) hour: u32,
}

impl Time {
    /// Of this moment.
    pub(super) fn of(moment: DateTime<Utc>, zone: Tz) -> Self {
        let local = moment.with_timezone(&zone);
        Self {
            day: local.date_naive(),
            hour: local.hour(),
        }
    }

    /// The bit of the hour in `card_openings.hours`.
    pub(super) fn bit(self) -> i32 {
        1 << self.hour
    }

    /// Different for every hour.
    pub(super) fn number(self) -> i64 {
        i64::from(self.day.num_days_from_ce()) * 24 + i64::from(self.hour)
    }
}

/// What a person had opened before this card.
#[derive(Clone, Copy, Debug)]
pub(super) struct Used {
    pub(super) limits: Limits,
    pub(super) in_hour: i64,
    pub(super) in_day: i64,
    /// Whether the card was among them.
    pub(super) knows_hour: bool,
    pub(super) knows_day: bool,
}

/// Which limit is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Span {
    Hour,
    Day,
}

impl Span {
    pub(super) const BOTH: [Self; 2] = [Self::Day, Self::Hour];
}

/// How a card stands to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It may be opened.
    Free,
    /// It may be opened, and the limit is near.
    Near,
    /// It may not be opened.
    Over,
}

impl Used {
    /// What a limit says of the card, and how many cards are opened with it.
    pub(super) fn step(&self, span: Span) -> (Step, i64) {
        let (limit, opened, is_known) = match span {
            Span::Hour => (self.limits.per_hour, self.in_hour, self.knows_hour),
            Span::Day => (self.limits.per_day, self.in_day, self.knows_day),
        };
        let limit = i64::from(limit);
        if limit == 0 || is_known {
            return (Step::Free, opened);
        }
        if opened >= limit {
            return (Step::Over, opened);
        }
        let opened = opened + 1;
        let step = if opened * NEAR.1 >= limit * NEAR.0 {
            Step::Near
        } else {
            Step::Free
        };
        (step, opened)
    }
}

/// When new cards open again, and how many seconds that takes; of a day: when the next one begins.
pub(super) fn opens_again(now: DateTime<Utc>, zone: Tz, span: Span) -> (DateTime<Utc>, u64) {
    let local = now.with_timezone(&zone);
    let seconds = i64::from(local.minute() * 60 + local.second());
    let mut at = now - TimeDelta::seconds(seconds) + TimeDelta::hours(1);
    if span == Span::Day {
        // Hour by hour, since some days are longer than others.
        while at.with_timezone(&zone).date_naive() == local.date_naive() {
            at += TimeDelta::hours(1);
        }
    }
    let left = (at - now).num_seconds().max(1);
    (at, u64::try_from(left).unwrap_or(1))
}

/// Somebody who opened cards today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    /// Who.
    pub(crate) id: UserId,
    /// «Имя Фамилия»
    pub(crate) name: String,
    /// Different cards within this hour.
    pub(crate) in_hour: i64,
    /// Different cards today.
    pub(crate) in_day: i64,
    /// Came near a limit today.
    pub(crate) is_near: bool,
    /// Reached a limit today.
    pub(crate) is_over: bool,
}
