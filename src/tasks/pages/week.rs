//! `/tasks/week/`: the days of a week side by side; a task goes to another day by the mouse, by keys or by a form.

use askama::Template;
use axum::extract::State;
use chrono::{Datelike as _, Days, NaiveDate};
use serde::Deserialize;

use super::address::address as list_address;
use super::form::people;
use super::reader;
use super::row::{Frame, TaskRow};
use crate::app::App;
use crate::dictionaries;
use crate::policy::{Action, Ties, check};
use crate::tasks::actions::Block;
use crate::tasks::model::{Filter, Scope, Standing, When};
use crate::tasks::{actions, due, paths};
use crate::values::{UserId, time};
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, page};

/// So many tasks of a day are shown; the rest is one click away.
const MOST: i64 = 20;

#[derive(Template)]
#[template(path = "tasks/week.html")]
struct WeekPage {
    layout: Layout,
    title: String,
    days: Vec<Day>,
    prev: String,
    next: String,
    /// The week of today; empty: it is shown.
    today: String,
    people: Vec<Opt>,
}

struct Day {
    date: String,
    label: String,
    is_today: bool,
    is_weekend: bool,
    rows: Vec<TaskRow>,
    /// All of the day in the list, when there are more: «ещё 12».
    more: Option<(String, String)>,
    new: String,
}

/// Which week of whose.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WeekQuery {
    /// Any day of the week.
    day: String,
    /// A person's key; empty: the reader.
    person: String,
}

/// `GET /tasks/week/`
pub(super) async fn week(State(app): State<App>, viewer: Viewer, Query(query): Query<WeekQuery>) -> Html {
    let actor = viewer.actor()?;
    check(&actor, Action::ViewBase, Ties::default())?;
    let now = due::wall(app.now(), viewer.zone).date();
    let day = time::parse_date(&query.day)
        .filter(|day| (2000..2100).contains(&day.year()))
        .unwrap_or(now);
    let monday = day - Days::new(day.weekday().num_days_from_monday().into());
    let person: Option<UserId> = query.person.parse().ok().filter(|person| Some(*person) != actor.user);
    let of_day = |date: NaiveDate| Filter {
        scope: if person.is_some() { Scope::All } else { Scope::Mine },
        people: person.into_iter().collect(),
        standing: Standing::All,
        when: When::Days(date, date),
        ..Filter::default()
    };
    let filters: Vec<_> = (0..7).map(|day| (of_day(monday + Days::new(day)), MOST)).collect();
    let found = actions::blocks(&app, reader(&app, &viewer, &actor), &filters).await?;
    let here = |monday: NaiveDate| address(monday, person);
    let back = here(monday);
    let dictionaries = dictionaries::kept(&app, viewer.stamp).await?;
    let frame = Frame {
        actor: &actor,
        dictionaries: &dictionaries,
        csrf: &viewer.csrf,
        back: &back,
        now: app.now(),
        zone: viewer.zone,
        shows_company: true,
        shows_person: false,
        picks: false,
    };
    let day = |(date, (found, filter)): (NaiveDate, (Block, &Filter))| Day {
        label: due::weekday_words(date),
        is_today: date == now,
        is_weekend: date.weekday().num_days_from_monday() >= 5,
        more: more(&found, filter),
        rows: found.tasks.into_iter().map(|task| TaskRow::new(task, frame)).collect(),
        new: new_address(date, &back),
        date: date.to_string(),
    };
    let dates = (0..7).map(|day| monday + Days::new(day));
    let found = found.into_iter().zip(filters.iter().map(|(filter, _)| filter));
    page(&WeekPage {
        layout: viewer.layout(Section::Tasks),
        title: format!("{} — {}", time::date(monday), time::date(monday + Days::new(6))),
        days: dates.zip(found).map(day).collect(),
        prev: here(monday - Days::new(7)),
        next: here(monday + Days::new(7)),
        today: if (monday..=monday + Days::new(6)).contains(&now) {
            String::new()
        } else {
            here(now)
        },
        people: people(&app, &viewer, &actor, &query.person).await?,
    })
}

/// Where all tasks of a day are, when the column does not show them.
fn more(found: &Block, filter: &Filter) -> Option<(String, String)> {
    (found.count > MOST).then(|| (list_address(filter), format!("Все задачи дня: {}", found.words())))
}

fn address(day: NaiveDate, person: Option<UserId>) -> String {
    let person = person.map(|person| format!("&person={person}")).unwrap_or_default();
    format!("{}?day={day}{person}", paths::WEEK)
}

fn new_address(date: NaiveDate, back: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("due", &time::date(date))
        .append_pair("back", back)
        .finish();
    format!("{}?{query}", paths::NEW)
}
