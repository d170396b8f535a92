//! What the lists of the settings share: days, active filters and addresses that hold them.

use chrono::{DateTime, Days, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::values::time;

/// Sentences at the dates.
#[derive(Default)]
pub(super) struct DateErrors {
    pub(super) since: &'static str,
    pub(super) until: &'static str,
}

/// An active filter.
pub(super) struct Chip {
    pub(super) text: String,
    pub(super) clear: String,
}

const NO_DATE: &str = "Такой даты нет. Пример: 25.11.2026.";

/// From the beginning of one day to the end of another, as typed; days are those of this zone.
pub(super) fn period(since: &str, until: &str, zone: Tz) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>, DateErrors) {
    let mut errors = DateErrors::default();
    let day = |typed: &str, ahead: u64, error: &mut &'static str| {
        let typed = typed.trim();
        let start = time::parse_date(typed).and_then(|day| start_of(day.checked_add_days(Days::new(ahead))?, zone));
        if start.is_none() && !typed.is_empty() {
            *error = NO_DATE;
        }
        start
    };
    let since = day(since, 0, &mut errors.since);
    let until = day(until, 1, &mut errors.until);
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        errors.until = "Конец раньше начала.";
    }
    (since, until, errors)
}

/// A page with these filters; empty ones are left out.
pub(super) fn address<'a>(page: &str, pairs: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let pairs = pairs.filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    if query.is_empty() {
        page.to_owned()
    } else {
        format!("{page}?{query}")
    }
}

/// «25.11.2026», or what was typed.
pub(super) fn shown_date(typed: &str) -> String {
    time::parse_date(typed).map_or_else(|| typed.to_owned(), time::date)
}

/// The first moment of a day; some days begin later than midnight.
fn start_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    (0..4).find_map(|hour| {
        let local = zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest()?;
        Some(local.with_timezone(&Utc))
    })
}
