//! When a rule happens: the `rrule` crate, held to limits.
//!
//! That crate looks for the next day until its calendar ends in the year 10 000, and may look through a hundred thousand
//! empty months for it. So it is never given a rule's own years: the Gregorian calendar repeats every 400 years to the
//! day of the week, and the search begins so many times 400 years later that the calendar's end is near. It also begins
//! at the period that is asked for, not at a start that may lie years back.

use chrono::{Datelike, Days, Month, Months, NaiveDate, NaiveDateTime, TimeZone, Timelike};
use rrule::{Frequency, NWeekday, RRule, RRuleSetIter, Tz};

use super::{End, Recurrence, Unit};

/// Nothing further ahead than this is looked for: nobody plans a task for it.
const HORIZON_YEARS: u32 = 50;

/// After so many years the calendar begins anew.
const CYCLE: i32 = 400;
/// The last year of the crate's calendar, and the latest one to begin in: behind it lie the longest step of a rule and
/// the horizon.
const LAST_YEAR: i32 = 10_000;
const LATEST_START: i32 = LAST_YEAR - 200;

impl Recurrence {
    /// The first occurrence, which is the start itself when the rule fits it.
    pub(crate) fn first(&self, start: NaiveDateTime) -> Option<NaiveDateTime> {
        self.occurrences(start, start).next()
    }

    /// The first occurrence later than `after`; `None` when there is none within fifty years, which for a rule that is
    /// counted begin with its start.
    pub(crate) fn next_after(&self, start: NaiveDateTime, after: NaiveDateTime) -> Option<NaiveDateTime> {
        self.occurrences(start, after).find(|moment| *moment > after)
    }

    /// Occurrences from `from` on and before `to`, at most `limit`, none of them more than fifty years ahead.
    pub(crate) fn between(
        &self,
        start: NaiveDateTime,
        from: NaiveDateTime,
        to: NaiveDateTime,
        limit: usize,
    ) -> Vec<NaiveDateTime> {
        self.occurrences(start, from)
            .skip_while(|moment| *moment < from)
            .take_while(|moment| *moment < to)
            .take(limit)
            .collect()
    }

    /// The last occurrence; `None` for a rule without an end, or with one that nobody will see, or without any occurrence.
    pub(crate) fn ends(&self, start: NaiveDateTime) -> Option<NaiveDateTime> {
        match self.end {
            End::Never => None,
            End::Count(times) => {
                let all: Vec<_> = self.occurrences(start, start).take(usize::from(times)).collect();
                all.last().copied().filter(|_| all.len() == usize::from(times))
            }
            // Few rules pause for longer than a year.
            End::Until(last) => [1, 12, HORIZON_YEARS - 1].into_iter().find_map(|years| {
                let from = last.checked_sub_months(Months::new(12 * years));
                self.occurrences(start, from.map_or(start, |from| from.max(start)))
                    .last()
            }),
        }
    }

    /// Occurrences of which none is missing from `from` on; earlier ones may be among them.
    fn occurrences(&self, start: NaiveDateTime, from: NaiveDateTime) -> Occurrences {
        let start = start.with_nanosecond(0).unwrap_or(start);
        // Times are counted from the start, so all of them are made.
        let (begins, asked) = match self.end {
            End::Count(_) => (start, start),
            End::Never | End::Until(_) => (self.period_of(start, from), start.max(from)),
        };
        let horizon = asked.checked_add_months(Months::new(12 * HORIZON_YEARS));
        let shift = cycles(begins.year()) * CYCLE;
        let source = by_years(begins, shift).and_then(|begins| self.dates(start, begins));
        Occurrences {
            source,
            shift,
            start,
            last: match self.end {
                End::Until(last) => Some(horizon.map_or(last, |horizon| horizon.min(last))),
                End::Never | End::Count(_) => horizon,
            },
            left: match self.end {
                End::Count(times) => Some(times),
                End::Never | End::Until(_) => None,
            },
        }
    }

    /// The last beginning of a period of the rule that is not later than `from`; the start when there is none.
    fn period_of(&self, start: NaiveDateTime, from: NaiveDateTime) -> NaiveDateTime {
        if from <= start {
            return start;
        }
        let every = u32::from(self.every);
        let days = u64::try_from((from.date() - start.date()).num_days()).unwrap_or_default();
        let whole = |passed: u32| passed / every * every;
        let first_of_month = |date: NaiveDate| date.with_day(1).unwrap_or(date);
        let moved = match self.unit {
            Unit::Day => start.checked_add_days(Days::new(days - days % u64::from(every))),
            Unit::Week => start.checked_add_days(Days::new(days - days % (7 * u64::from(every)))),
            Unit::Month | Unit::Year => {
                let months = u32::try_from(months_of(from.date()) - months_of(start.date())).unwrap_or_default();
                // In the start's own period nothing may come before it, so only a later one begins with its first day.
                let (passed, first) = if self.unit == Unit::Month {
                    (whole(months), first_of_month(start.date()))
                } else {
                    let years = u32::try_from(from.year() - start.year()).unwrap_or_default();
                    (
                        whole(years) * 12,
                        first_of_month(start.date()).with_month(1).unwrap_or(start.date()),
                    )
                };
                if passed == 0 {
                    Some(start)
                } else {
                    first
                        .checked_add_months(Months::new(passed))
                        .map(|date| date.and_time(start.time()))
                }
            }
        };
        moved.unwrap_or(start)
    }

    /// The rule as the crate has it, without an end, and in full, since the search begins elsewhere than the rule.
    fn dates(&self, start: NaiveDateTime, begins: NaiveDateTime) -> Option<RRuleSetIter> {
        let frequency = match self.unit {
            Unit::Day => Frequency::Daily,
            Unit::Week => Frequency::Weekly,
            Unit::Month => Frequency::Monthly,
            Unit::Year => Frequency::Yearly,
        };
        let full = self.said_in_full(start);
        let months: Option<Vec<Month>> = full.months.iter().map(|month| Month::try_from(*month).ok()).collect();
        let weekdays = full.weekdays.iter().map(|day| match day.nth {
            0 => NWeekday::Every(day.weekday),
            nth => NWeekday::Nth(i16::from(nth), day.weekday),
        });
        let rule = RRule::new(frequency)
            .interval(self.every)
            .by_month(&months?)
            .by_month_day(full.month_days.clone())
            .by_weekday(weekdays.collect())
            .by_set_pos(self.place.into_iter().map(i32::from).collect())
            .week_start(self.week_start);
        let set = rule.build(Tz::UTC.from_utc_datetime(&begins)).ok()?;
        Some((&set.limit()).into_iter())
    }
}

/// A rule's occurrences in their order, up to its end or the horizon.
struct Occurrences {
    source: Option<RRuleSetIter>,
    /// How many years later than meant the crate computes.
    shift: i32,
    start: NaiveDateTime,
    last: Option<NaiveDateTime>,
    left: Option<u16>,
}

impl Iterator for Occurrences {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        if self.left == Some(0) {
            return None;
        }
        let moment = loop {
            let moment = by_years(self.source.as_mut()?.next()?.naive_utc(), -self.shift)?;
            if moment >= self.start {
                break moment;
            }
        };
        if self.last.is_some_and(|last| moment > last) {
            self.source = None;
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some(moment)
    }
}

/// How many cycles bring a year near the end of the crate's calendar.
fn cycles(year: i32) -> i32 {
    (LATEST_START - year).div_euclid(CYCLE)
}

/// The same day of a year that is a whole number of cycles away.
fn by_years(moment: NaiveDateTime, years: i32) -> Option<NaiveDateTime> {
    moment.with_year(moment.year() + years)
}

/// Months since the year 0.
fn months_of(date: NaiveDate) -> i32 {
    date.year() * 12 + date.month0().cast_signed()
}
