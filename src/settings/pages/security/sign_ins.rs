//! `/settings/security/`: who signed in from where, and who could not.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use chrono_tz::Tz;
use serde::Deserialize;

use crate::accounts::{self, User};
use crate::app::App;
use crate::audit::{self, LogFilter, LogRow};
use crate::budget;
use crate::db::{Page, Place};
use crate::error::Result;
use crate::settings::pages::narrowing::{Chip, DateErrors, address, period, shown_date};
use crate::settings::paths;
use crate::values::{UserId, text, time};
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, page};

/// How an attempt ended: code in the address, label, tone of the badge, kinds of acts in the log.
const OUTCOMES: &[(&str, &str, &str, &[&str])] = &[
    ("in", "Вход", "done", &["sign_in"]),
    ("failed", "Неудача", "warm", &["sign_in_failed", "second_factor_failed"]),
    ("locked", "Блокировка", "danger", &["sign_in_locked"]),
    ("out", "Выход", "neutral", &["sign_out", "end_session", "end_sessions"]),
    ("unlocked", "Разблокировка", "new", &["unlock"]),
];

/// What is chosen, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::settings) struct SignInQuery {
    person: String,
    login: String,
    ip: String,
    outcome: String,
    since: String,
    until: String,
    after: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/sign_ins.html")]
struct SignInsPage {
    layout: Layout,
    query: SignInQuery,
    people: Vec<Opt>,
    outcomes: Vec<Opt>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    errors: DateErrors,
    /// «2 сотрудника»: reached the limit of reading today; empty: nobody did.
    over: String,
}

struct Row {
    at: String,
    tone: &'static str,
    outcome: &'static str,
    person: Option<PersonLink>,
    /// What stands in the place of a person.
    nobody: &'static str,
    ip: String,
    /// The same list of this address only.
    only: String,
    device: String,
    user_agent: String,
    /// What the other columns do not say.
    message: String,
    /// Who did it, when that is somebody else; empty: nobody else.
    by: String,
}

struct PersonLink {
    url: String,
    name: String,
    username: String,
}

/// `GET /settings/security/`
pub(in crate::settings) async fn index(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<SignInQuery>,
) -> Html {
    let actor = viewer.actor()?;
    let users = accounts::users(&app, &actor).await?;
    let (filter, errors) = query.filter(&app, &viewer).await?;
    let place = Place::read(query.after.as_deref(), query.before.as_deref());
    let found = match filter {
        Some(filter) => audit::log(&app, &actor, &filter, &place).await?,
        None => Page {
            rows: Vec::new(),
            before: None,
            after: None,
        },
    };
    let over = match budget::has_alarms(&app, &actor).await? {
        0 => String::new(),
        over => text::count(over, ["сотрудник", "сотрудника", "сотрудников"]),
    };
    let people: Vec<Opt> = users
        .iter()
        .map(|user| Opt::new(user.id, &user.name, user.id.to_string() == query.person))
        .collect();
    let way = |name, cursor: &String| {
        let pairs = query.pairs().into_iter().chain([(name, cursor.as_str())]);
        address(paths::SECURITY, pairs)
    };
    let users: HashMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
    page(&SignInsPage {
        layout: viewer.layout(Section::Settings),
        chips: query.chips(&people),
        outcomes: OUTCOMES
            .iter()
            .map(|(code, label, ..)| Opt::new(code, *label, *code == query.outcome))
            .collect(),
        previous: found.before.as_ref().map(|cursor| way("before", cursor)),
        next: found.after.as_ref().map(|cursor| way("after", cursor)),
        rows: found
            .rows
            .into_iter()
            .map(|row| shown(row, &query, &users, viewer.zone))
            .collect(),
        people,
        errors,
        over,
        query,
    })
}

fn shown(row: LogRow, query: &SignInQuery, users: &HashMap<UserId, User>, zone: Tz) -> Row {
    let (_, outcome, tone, _) = OUTCOMES
        .iter()
        .find(|(.., verbs)| verbs.contains(&row.verb.as_str()))
        .unwrap_or(&("", "Прочее", "neutral", &[]));
    let person = row.entity_id.parse().ok().and_then(|id| users.get(&UserId(id)));
    let name = person.map_or("", |person| person.name.as_str());
    let message = if says_no_more(&row) { String::new() } else { row.message };
    Row {
        at: time::date_time(row.at, zone),
        tone,
        outcome,
        by: if row.actor == name { String::new() } else { row.actor },
        nobody: if row.entity_id.starts_with("login:") {
            "логина нет в системе"
        } else {
            "—"
        },
        person: person.map(|person| PersonLink {
            url: paths::user(person.id),
            name: person.name.clone(),
            username: person.username.clone(),
        }),
        only: query.of_address(&row.ip),
        device: if row.user_agent.is_empty() {
            String::new()
        } else {
            accounts::device_words(&row.user_agent)
        },
        message,
        ip: row.ip,
        user_agent: row.user_agent,
    }
}

/// Whether the other columns already say all that stands in the message.
fn says_no_more(row: &LogRow) -> bool {
    matches!(row.verb.as_str(), "sign_in" | "sign_in_failed" | "sign_out")
        && ["Вход", "Неудачный вход", "Выход"]
            .iter()
            .any(|word| row.message == *word || row.message == format!("{word} с адреса {}", row.ip))
}

impl SignInQuery {
    /// What it means; `None`: nothing can be found, for the login is not that of the person.
    async fn filter(&self, app: &App, viewer: &Viewer) -> Result<(Option<LogFilter>, DateErrors)> {
        let (since, until, errors) = period(&self.since, &self.until, viewer.zone);
        let person = self.person.trim().to_owned();
        let login = match self.login.trim() {
            "" => String::new(),
            login => accounts::log_id_of_login(app, &viewer.actor()?, login).await?,
        };
        let outcome = OUTCOMES.iter().find(|(code, ..)| *code == self.outcome);
        let is_possible = person.is_empty() || login.is_empty() || person == login;
        let filter = is_possible.then(|| LogFilter {
            entity: "session".to_owned(),
            entity_id: if person.is_empty() { login } else { person },
            verbs: outcome.map_or(&[], |(.., verbs)| verbs),
            ip: self.ip.trim().to_owned(),
            since,
            until,
            ..LogFilter::default()
        });
        Ok((filter, errors))
    }

    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("person", self.person.trim()),
            ("login", self.login.trim()),
            ("ip", self.ip.trim()),
            ("outcome", &self.outcome),
            ("since", self.since.trim()),
            ("until", self.until.trim()),
        ]
    }

    fn of_address(&self, ip: &str) -> String {
        let pairs = self.pairs().into_iter().map(|(name, value)| match name {
            "ip" => (name, ip),
            _ => (name, value),
        });
        address(paths::SECURITY, pairs)
    }

    fn chips(&self, people: &[Opt]) -> Vec<Chip> {
        let person = || {
            let found = people.iter().find(|person| person.value == self.person);
            found.map_or_else(|| format!("№ {}", self.person), |person| person.label.clone())
        };
        let outcome = || {
            let found = OUTCOMES.iter().find(|(code, ..)| *code == self.outcome);
            found.map_or(self.outcome.as_str(), |(_, label, ..)| label)
        };
        let shown = |name, value: &str| match name {
            "person" => format!("Сотрудник: {}", person()),
            "login" => format!("Логин: {value}"),
            "ip" => format!("Адрес: {value}"),
            "outcome" => format!("Итог: {}", outcome()),
            "since" => format!("С {}", shown_date(value)),
            _ => format!("По {}", shown_date(value)),
        };
        let set = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| Chip {
            text: shown(name, value),
            clear: address(
                paths::SECURITY,
                self.pairs().into_iter().filter(|(other, _)| *other != name),
            ),
        })
        .collect()
    }
}
