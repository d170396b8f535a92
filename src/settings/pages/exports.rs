//! `/settings/exports/`: who took what away, from where, why, and how it ended.

use askama::Template;
use axum::extract::State;
use chrono_tz::Tz;
use serde::Deserialize;

use super::narrowing::{Chip, DateErrors, address, period, shown_date};
use crate::accounts;
use crate::app::App;
use crate::db::Place;
use crate::exports::{self, ExportLogFilter, ExportState, Logged};
use crate::settings::paths;
use crate::values::{UserId, text, time};
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, page};

/// What is chosen, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::settings) struct ExportQuery {
    person: String,
    state: String,
    since: String,
    until: String,
    after: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/exports.html")]
struct ExportsPage {
    layout: Layout,
    query: ExportQuery,
    people: Vec<Opt>,
    states: Vec<Opt>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    errors: DateErrors,
}

struct Row {
    number: i64,
    at: String,
    person: String,
    what: String,
    filter: String,
    reason: String,
    tone: &'static str,
    state: &'static str,
    /// «1 234 записи, 412 КБ», or why it ended.
    ended: String,
    ip: String,
    device: String,
    user_agent: String,
}

/// `GET /settings/exports/`
pub(in crate::settings) async fn index(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<ExportQuery>,
) -> Html {
    let actor = viewer.actor()?;
    let (since, until, errors) = period(&query.since, &query.until, viewer.zone);
    let filter = ExportLogFilter {
        person: query.person.parse().ok().map(UserId),
        state: ExportState::from_code(&query.state),
        since,
        until,
    };
    let place = Place::read(query.after.as_deref(), query.before.as_deref());
    let found = exports::log(&app, &actor, &filter, &place).await?;
    let directory = accounts::directory(&app, viewer.stamp).await?;
    let people: Vec<Opt> = directory
        .people
        .iter()
        .map(|person| {
            let is_chosen = person.id.to_string() == query.person;
            Opt::new(person.id, person.name.as_str(), is_chosen)
        })
        .collect();
    let way = |name, cursor: &String| {
        let pairs = query.pairs().into_iter().chain([(name, cursor.as_str())]);
        address(paths::EXPORTS, pairs)
    };
    page(&ExportsPage {
        layout: viewer.layout(Section::Settings),
        chips: query.chips(&people),
        states: ExportState::ALL
            .map(|state| Opt::new(state.code(), state.label(), state.code() == query.state))
            .to_vec(),
        previous: found.before.as_ref().map(|cursor| way("before", cursor)),
        next: found.after.as_ref().map(|cursor| way("after", cursor)),
        rows: found.rows.into_iter().map(|row| shown(row, viewer.zone)).collect(),
        people,
        errors,
        query,
    })
}

fn shown(row: Logged, zone: Tz) -> Row {
    let records = |count| text::count(count, ["запись", "записи", "записей"]);
    let seconds = row.took.map(|took| took.num_seconds()).filter(|seconds| *seconds > 0);
    let took = seconds.map(|seconds| format!(" за {}", text::count(seconds, ["секунду", "секунды", "секунд"])));
    let sent = format!(
        "{}, {}{}",
        records(row.rows),
        text::size(row.bytes),
        took.unwrap_or_default()
    );
    Row {
        number: row.id,
        at: time::date_time(row.started_at, zone),
        what: format!("{}, {}", row.what.label(), row.format.label()),
        filter: if row.filter.is_empty() && row.state != ExportState::Refused {
            "Вся база".to_owned()
        } else {
            row.filter
        },
        reason: row.reason,
        tone: match row.state {
            ExportState::Running => "progress",
            ExportState::Done => "done",
            ExportState::Broken => "warm",
            ExportState::Refused => "danger",
        },
        state: row.state.label(),
        ended: match row.state {
            ExportState::Running => format!("всего {}", records(row.expected)),
            ExportState::Done => sent,
            ExportState::Broken => format!(
                "{}. Ушло: {} из {}",
                row.failure,
                text::size(row.bytes),
                records(row.expected)
            ),
            ExportState::Refused => "Нет права выгружать".to_owned(),
        },
        device: if row.user_agent.is_empty() {
            String::new()
        } else {
            accounts::device_words(&row.user_agent)
        },
        person: if row.person.is_empty() {
            "С сервера, командой".to_owned()
        } else {
            row.person
        },
        ip: row.ip,
        user_agent: row.user_agent,
    }
}

impl ExportQuery {
    fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("person", self.person.trim()),
            ("state", self.state.trim()),
            ("since", self.since.trim()),
            ("until", self.until.trim()),
        ]
    }

    fn chips(&self, people: &[Opt]) -> Vec<Chip> {
        let person = || {
            let found = people.iter().find(|person| person.value == self.person);
            found.map_or_else(|| format!("№ {}", self.person), |person| person.label.clone())
        };
        let text = |name, value: &str| match name {
            "person" => format!("Кто: {}", person()),
            "state" => {
                let state = ExportState::from_code(value);
                format!("Итог: {}", state.map_or("неизвестный", ExportState::label))
            }
            "since" => format!("С {}", shown_date(value)),
            _ => format!("По {}", shown_date(value)),
        };
        let set = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| Chip {
            text: text(name, value),
            clear: address(
                paths::EXPORTS,
                self.pairs().into_iter().filter(|(other, _)| *other != name),
            ),
        })
        .collect()
    }
}
