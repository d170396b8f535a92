//! The time that a report is about, and what it counts.

#![warn(clippy::missing_docs_in_private_items)]

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::tasks::due;
use crate::values::recurrence::to_utc;
use crate::values::{BranchId, UserId, time};

/// How much time a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// One day, hour by hour.
    Day,
    /// One month, day by day.
    Month,
}

/// A day or a month on somebody's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// How much.
    pub(super) length: Length,
    /// Its first day.
    pub(super) first: NaiveDate,
}

/// Months in the genitive and in the nominative.
const MONTHS: [&str; 12] = [
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
];

/// «Ноябрь 2026»
pub(super) fn month_words(day: NaiveDate) -> String {
    let name = MONTHS.get(day.month0() as usize).copied().unwrap_or_default();
    format!("{name} {}", day.year())
}

impl Period {
    /// From an address: `day` or `month`, and a day as «2026-11-30» or a month as «2026-11»; today's when they say nothing.
    pub(super) fn read(length: &str, at: &str, today: NaiveDate) -> Self {
        let length = if length == "month" { Length::Month } else { Length::Day };
        let day = time::parse_date(at)
            .or_else(|| time::parse_date(&format!("{at}-01")))
            .filter(|day| (2000..=2100).contains(&day.year()))
            .unwrap_or(today);
        let first = match length {
            Length::Day => day,
            Length::Month => day.with_day(1).unwrap_or(day),
        };
        Self { length, first }
    }

    /// As addresses have it.
    pub(super) fn code(self) -> &'static str {
        match self.length {
            Length::Day => "day",
            Length::Month => "month",
        }
    }

    /// As addresses have it.
    pub(super) fn at(self) -> String {
        self.first.format("%Y-%m-%d").to_string()
    }

    /// The first day after it.
    pub(super) fn end(self) -> NaiveDate {
        let end = match self.length {
            Length::Day => self.first.checked_add_days(Days::new(1)),
            Length::Month => self.first.checked_add_months(Months::new(1)),
        };
        end.unwrap_or(self.first)
    }

    /// The day of this number in a month.
    pub(super) fn day(self, number: i32) -> Self {
        let ahead = u64::try_from(number - 1).unwrap_or_default();
        Self {
            length: Length::Day,
            first: self.first.checked_add_days(Days::new(ahead)).unwrap_or(self.first),
        }
    }

    /// The one before it.
    pub(super) fn before(self) -> Self {
        let first = match self.length {
            Length::Day => self.first.pred_opt(),
            Length::Month => self.first.checked_sub_months(Months::new(1)),
        };
        Self {
            first: first.unwrap_or(self.first),
            ..self
        }
    }

    /// The one after it; `None`: that is still to come.
    pub(super) fn after(self, today: NaiveDate) -> Option<Self> {
        let first = self.end();
        (first <= today).then_some(Self { first, ..self })
    }

    /// «30.11.2026», «Ноябрь 2026».
    pub(super) fn words(self) -> String {
        match self.length {
            Length::Day => time::date(self.first),
            Length::Month => month_words(self.first),
        }
    }

    /// Its first moment, and the first one after it, where the clock shows this zone's time.
    pub(super) fn bounds(self, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        let start = due::day_bounds(self.first, zone).0;
        let last = self.end().pred_opt().unwrap_or(self.first);
        (start, due::day_bounds(last, zone).1)
    }

    /// Those of an hour of its first day; of all of it without one.
    pub(super) fn bounds_of(self, hour: Option<i32>, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        let clock = |hour: i32| NaiveTime::from_hms_opt(u32::try_from(hour).ok()?, 0, 0);
        let Some((hour, start)) = hour.and_then(|hour| Some((hour, clock(hour)?))) else {
            return self.bounds(zone);
        };
        let begins = |time: NaiveTime| to_utc(self.first.and_time(time), zone);
        let end = clock(hour + 1).map_or_else(|| self.bounds(zone).1, begins);
        (begins(start), end)
    }
}

/// What is counted of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// Numbers that came to a phone.
    pub(super) calls: i64,
    /// Of these, those that somebody answered, by the person's word or else the phone's.
    pub(super) talked: i64,
    /// Of these, those marked as the one cold call of a contact or a main number.
    pub(super) cold: i64,
    /// How long the talks were, in seconds.
    pub(super) seconds: i64,
}

/// A person with sums.
#[derive(Clone, Debug)]
pub(super) struct Staff {
    /// Who.
    pub(super) id: UserId,
    /// «Имя Фамилия»
    pub(super) name: String,
    /// `None`: none.
    pub(super) branch_id: Option<BranchId>,
    /// Its name; empty: none.
    pub(super) branch: String,
    /// What they did.
    pub(super) sums: Sums,
}

/// Whose calls a page is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// One person's.
    Person(UserId),
    /// Those of a branch's people whom the reader leads; `None`: of people without a branch.
    Branch(Option<BranchId>),
    /// Those of everybody whom the reader leads.
    Everybody,
}

impl Whose {
    /// From an address: a key of a branch, `none`, or nothing for everybody. `None`: it says something else.
    pub(super) fn read(branch: &str) -> Option<Self> {
        match branch {
            "" => Some(Self::Everybody),
            "none" => Some(Self::Branch(None)),
            id => id.parse().ok().map(|id| Self::Branch(Some(BranchId(id)))),
        }
    }

    /// As addresses have it.
    pub(super) fn code(self) -> String {
        match self {
            Self::Branch(Some(id)) => id.to_string(),
            Self::Branch(None) => "none".to_owned(),
            Self::Person(_) | Self::Everybody => String::new(),
        }
    }

    /// Whether a person is one of them.
    pub(super) fn holds(self, person: &Staff) -> bool {
        match self {
            Self::Person(id) => person.id == id,
            Self::Branch(id) => person.branch_id == id,
            Self::Everybody => true,
        }
    }
}

/// Which list of theirs. Each number has the one whose rows it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// All calls.
    Calls,
    /// Those that somebody answered; how long they were adds up to the time of talks.
    Talks,
    /// Cold ones.
    Cold,
    /// What else a person did.
    Events,
}

impl List {
    /// From an address; all calls when it says nothing.
    pub(super) fn read(code: &str) -> Self {
        let others = [Self::Talks, Self::Cold, Self::Events];
        others
            .into_iter()
            .find(|list| list.code() == code)
            .unwrap_or(Self::Calls)
    }

    /// As addresses have it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Calls => "",
            Self::Talks => "talks",
            Self::Cold => "cold",
            Self::Events => "events",
        }
    }
}

/// Of several sums one.
pub(super) fn sum(staff: &[Staff]) -> Sums {
    staff.iter().fold(Sums::default(), |all, person| Sums {
        calls: all.calls + person.sums.calls,
        talked: all.talked + person.sums.talked,
        cold: all.cold + person.sums.cold,
        seconds: all.seconds + person.sums.seconds,
    })
}

/// A column of a chart: an hour of the day or a day of the month, and its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The hour from 0, or the day from 1.
    pub(super) at: i32,
    /// Calls.
    pub(super) calls: i64,
    /// Those that somebody answered.
    pub(super) talked: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_moved_and_bounded_by_the_readers_calendar() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        let month = Period::read("month", "2026-02", today);
        assert_eq!(
            (month.words(), month.at()),
            ("Февраль 2026".to_owned(), "2026-02-01".to_owned())
        );
        assert_eq!(month.end(), NaiveDate::from_ymd_opt(2026, 3, 1).unwrap());
        assert_eq!(month.before().words(), "Январь 2026");
        assert_eq!(Period::read("month", "", today).after(today), None);
        let day = Period::read("day", "чушь", today);
        assert_eq!((day.first, day.after(today)), (today, None));
        let (from, to) = Period::read("day", "2026-11-30", today).bounds(chrono_tz::Asia::Kamchatka);
        assert_eq!(
            (from.to_rfc3339(), (to - from).num_hours()),
            ("2026-11-29T12:00:00+00:00".to_owned(), 24)
        );
    }
}
