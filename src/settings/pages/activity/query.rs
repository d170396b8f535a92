//! The log's address: every filter lives in it.

use chrono::{DateTime, Days, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::audit::{self, By, LogFilter, LogRow};
use crate::db::{Page, Place};
use crate::settings::paths;
use crate::values::{UserId, time};
use crate::web::Opt;

/// What is chosen, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::settings) struct LogQuery {
    pub(super) person: String,
    pub(super) entity: String,
    pub(super) object: String,
    pub(super) verb: String,
    pub(super) since: String,
    pub(super) until: String,
    after: Option<String>,
    before: Option<String>,
}

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

impl LogQuery {
    /// What it means; dates are days of this zone.
    pub(super) fn filter(&self, zone: Tz) -> (LogFilter, DateErrors) {
        let mut errors = DateErrors::default();
        let day = |typed: &str, ahead: u64, error: &mut &'static str| {
            let typed = typed.trim();
            let start = time::parse_date(typed).and_then(|day| start_of(day.checked_add_days(Days::new(ahead))?, zone));
            if start.is_none() && !typed.is_empty() {
                *error = NO_DATE;
            }
            start
        };
        let since = day(&self.since, 0, &mut errors.since);
        let until = day(&self.until, 1, &mut errors.until);
        if since.zip(until).is_some_and(|(since, until)| since >= until) {
            errors.until = "Конец раньше начала.";
        }
        let actor = match self.person.as_str() {
            "system" => Some(By::System),
            id => id.parse().ok().map(|id| By::Person(UserId(id))),
        };
        let filter = LogFilter {
            actor,
            entity: self.entity.clone(),
            entity_id: self.object.trim().to_owned(),
            verb: self.verb.clone(),
            since,
            until,
        };
        (filter, errors)
    }

    /// Which page is asked for.
    pub(super) fn place(&self) -> Place {
        Place::read(self.after.as_deref(), self.before.as_deref())
    }

    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("person", &self.person),
            ("entity", &self.entity),
            ("object", self.object.trim()),
            ("verb", &self.verb),
            ("since", self.since.trim()),
            ("until", self.until.trim()),
        ]
    }

    fn address<'a>(pairs: impl Iterator<Item = (&'static str, &'a str)>) -> String {
        let pairs = pairs.filter(|(_, value)| !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        if query.is_empty() {
            paths::ACTIVITY.to_owned()
        } else {
            format!("{}?{query}", paths::ACTIVITY)
        }
    }

    /// Addresses of the pages before and after.
    pub(super) fn ways(&self, page: &Page<LogRow>) -> (Option<String>, Option<String>) {
        let way = |name, cursor: &String| Self::address(self.pairs().into_iter().chain([(name, cursor.as_str())]));
        (
            page.before.as_ref().map(|cursor| way("before", cursor)),
            page.after.as_ref().map(|cursor| way("after", cursor)),
        )
    }

    /// The log of one object.
    pub(super) fn of_object(&self, entity: &str, id: &str) -> String {
        let pairs = self.pairs().into_iter().map(|(name, value)| match name {
            "entity" => (name, entity),
            "object" => (name, id),
            _ => (name, value),
        });
        Self::address(pairs)
    }

    /// What narrows the list, each with the way out of it.
    pub(super) fn chips(&self, people: &[Opt]) -> Vec<Chip> {
        let person = || {
            let found = people.iter().find(|person| person.value == self.person);
            found.map_or_else(|| format!("№ {}", self.person), |person| person.label.clone())
        };
        let text = |name, value: &str| match name {
            "person" => format!("Кто: {}", person()),
            "entity" => format!("Что: {}", audit::entity_label(value)),
            "object" => format!("Номер: {value}"),
            "verb" => format!("Действие: {}", audit::verb_label(value)),
            "since" => format!("С {}", shown_date(value)),
            _ => format!("По {}", shown_date(value)),
        };
        let set = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| Chip {
            text: text(name, value),
            clear: Self::address(self.pairs().into_iter().filter(|(other, _)| *other != name)),
        })
        .collect()
    }
}

fn shown_date(typed: &str) -> String {
    time::parse_date(typed).map_or_else(|| typed.to_owned(), time::date)
}

/// The first moment of a day; some days begin later than midnight.
fn start_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    (0..4).find_map(|hour| {
        let local = zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest()?;
        Some(local.with_timezone(&Utc))
    })
}
