//! The log's address: every filter lives in it.

use chrono_tz::Tz;
use serde::Deserialize;

use crate::audit::{self, By, LogFilter, LogRow};
use crate::db::{Page, Place};
use crate::settings::pages::narrowing::{Chip, DateErrors, address, period, shown_date};
use crate::settings::paths;
use crate::values::UserId;
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

impl LogQuery {
    /// What it means; dates are days of this zone.
    pub(super) fn filter(&self, zone: Tz) -> (LogFilter, DateErrors) {
        let (since, until, errors) = period(&self.since, &self.until, zone);
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
            ..LogFilter::default()
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
        address(paths::ACTIVITY, pairs)
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
