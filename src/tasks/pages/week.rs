//! `/tasks/week/`: the days of a week side by side; a task goes to another day by the mouse, by keys or by a form.

use askama::Template;
use axum::extract::State;
use chrono::{Datelike as _, Days, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;

use super::form::people;
use super::reader;
use super::row::{Frame, TaskRow};
use crate::app::App;
use crate::db::Place;
use crate::dictionaries;
use crate::policy::{Action, Ties, check};
use crate::tasks::model::{Filter, Scope, Standing, Task, When};
use crate::tasks::{actions, due, paths};
use crate::values::{UserId, time};
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, page};

/// So many tasks of a week are shown.
const MOST: i64 = 500;

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
    has_more: bool,
}

struct Day {
    date: String,
    label: String,
    is_today: bool,
    is_weekend: bool,
    rows: Vec<TaskRow>,
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
    let filter = Filter {
        scope: if person.is_some() { Scope::All } else { Scope::Mine },
        people: person.into_iter().collect(),
        standing: Standing::All,
        when: When::Days(monday, monday + Days::new(6)),
        ..Filter::default()
    };
    let found = actions::list(&app, reader(&app, &viewer, &actor), &filter, (&Place::First, MOST)).await?;
    let here = |monday: NaiveDate| address(monday, person);
    let (has_more, back) = (found.after.is_some(), here(monday));
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
    let days = by_days(found.rows, monday, viewer.zone);
    page(&WeekPage {
        layout: viewer.layout(Section::Tasks),
        title: format!("{} — {}", time::date(monday), time::date(monday + Days::new(6))),
        days: days
            .into_iter()
            .map(|(date, tasks)| Day {
                label: due::weekday_words(date),
                is_today: date == now,
                is_weekend: date.weekday().num_days_from_monday() >= 5,
                rows: tasks.into_iter().map(|task| TaskRow::new(task, frame)).collect(),
                new: new_address(date, &back),
                date: date.to_string(),
            })
            .collect(),
        prev: here(monday - Days::new(7)),
        next: here(monday + Days::new(7)),
        today: if (monday..=monday + Days::new(6)).contains(&now) {
            String::new()
        } else {
            here(now)
        },
        people: people(&app, &viewer, &actor, &query.person).await?,
        has_more,
    })
}

/// Each day of the week with its tasks.
fn by_days(tasks: Vec<Task>, monday: NaiveDate, zone: Tz) -> Vec<(NaiveDate, Vec<Task>)> {
    let mut days: Vec<_> = (0..7).map(|place| (monday + Days::new(place), Vec::new())).collect();
    for task in tasks {
        let place = task.due.map(|due| (due::wall(due.at, zone).date() - monday).num_days());
        if let Some((_, day)) = place.and_then(|place| days.get_mut(usize::try_from(place).ok()?)) {
            day.push(task);
        }
    }
    days
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
