//! How something repeats: an RRULE of RFC 5545 that is parsed once and then always valid and bounded.
//!
//! A rule is computed on the wall clock, without a zone. [`to_utc`] is the one border between the clock on the wall and
//! moments (decision 0025).

mod border;
mod occurrences;
mod read;
mod words;
mod write;

use chrono::{Datelike as _, NaiveDateTime, Weekday};

pub(crate) use border::{off_weekend, to_utc};

/// A rule with all its limits kept; [`Recurrence::parse`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recurrence {
    pub(crate) unit: Unit,
    /// Every so many units, 1..=999.
    pub(crate) every: u16,
    /// Months of a yearly rule, 1..=12, in their order.
    pub(crate) months: Vec<u8>,
    /// Days of a month, 1..=31, or from its end, −31..=−1; those from the beginning first.
    pub(crate) month_days: Vec<i8>,
    /// Days of the week; either all with a number or none of them.
    pub(crate) weekdays: Vec<Day>,
    /// Of the days that fit in a month only the one at this place, 1..=4 or −4..=−1.
    pub(crate) place: Option<i8>,
    /// Where a week begins; it matters to a weekly rule that leaves weeks out.
    pub(crate) week_start: Weekday,
    pub(crate) end: End,
}

/// What a rule counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// A day of the week, every one of its period (`nth` is 0) or the nth, from the end when negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) nth: i8,
    pub(crate) weekday: Weekday,
}

/// Where a rule ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Never,
    /// The last moment that still belongs to it, on the wall clock.
    Until(NaiveDateTime),
    /// So many times, counted from the start, 1..=1000.
    Count(u16),
}

impl Recurrence {
    /// A rule that says no more than how often.
    pub(crate) fn of(unit: Unit, every: u16) -> Self {
        Self {
            unit,
            every: every.clamp(1, MOST_EVERY),
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            place: None,
            week_start: Weekday::Mon,
            end: End::Never,
        }
    }

    /// The rule with the days that it otherwise takes from its start.
    #[must_use]
    pub(crate) fn said_in_full(&self, start: NaiveDateTime) -> Self {
        let mut full = self.clone();
        if !full.weekdays.is_empty() || !full.month_days.is_empty() {
            return full;
        }
        match full.unit {
            Unit::Day => (),
            Unit::Week => full.weekdays.push(Day::every(start.weekday())),
            Unit::Month => full.month_days.extend(i8::try_from(start.day())),
            Unit::Year => {
                full.month_days.extend(i8::try_from(start.day()));
                if full.months.is_empty() {
                    full.months.extend(u8::try_from(start.month()));
                }
            }
        }
        full
    }
}

impl Day {
    /// Every such day of a period.
    pub(crate) fn every(weekday: Weekday) -> Self {
        Self { nth: 0, weekday }
    }

    /// The nth such day of a period.
    pub(crate) fn numbered(nth: i8, weekday: Weekday) -> Self {
        Self { nth, weekday }
    }
}

/// The longest text that is read.
pub(crate) const LONGEST: usize = 500;

/// The largest INTERVAL.
pub(crate) const MOST_EVERY: u16 = 999;

/// The largest COUNT.
pub(crate) const MOST_TIMES: u16 = 1000;
