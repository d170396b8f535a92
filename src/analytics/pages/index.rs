//! `/analytics/`: everybody whom the reader leads, by branch.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::analytics::actions::{self, NO_BRANCH};
use crate::analytics::chart::{Chart, chart};
use crate::analytics::model::{Length, List, Period, Staff, Sums, Whose, sum};
use crate::app::App;
use crate::policy::{Action, Actor, Ties, may};
use crate::values::text;
use crate::web::{Html, Layout, Query, Section, Viewer, page};

/// Why the reader leads nobody.
fn nobody(actor: &Actor) -> &'static str {
    if may(actor, Action::ManageUsers, Ties::default()) {
        "Сотрудников пока нет, а звонки администраторов здесь не считаются. Добавьте людей: «Настройки» → «Сотрудники»."
    } else if actor.branch.is_none() {
        "У вас не указан филиал: попросите администратора указать его, и здесь появятся его сотрудники."
    } else {
        "В вашем филиале пока нет сотрудников. Филиал сотрудника указывает администратор."
    }
}

/// The page of all calls of a group.
const GROUP: &str = "/analytics/calls/";

/// Which time.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PeriodQuery {
    period: String,
    at: String,
}

impl PeriodQuery {
    pub(super) fn read(&self, app: &App, viewer: &Viewer) -> Period {
        let today = app.now().with_timezone(&viewer.zone).date_naive();
        Period::read(&self.period, &self.at, today)
    }
}

/// Ways to other times.
pub(super) struct Periods {
    pub(super) words: String,
    pub(super) is_month: bool,
    pub(super) day: String,
    pub(super) month: String,
    pub(super) before: String,
    pub(super) after: Option<String>,
}

/// The page of other times: its path, and what stays of its query («&list=cold»).
pub(super) fn periods(app: &App, viewer: &Viewer, period: Period, (path, rest): (&str, &str)) -> Periods {
    let today = app.now().with_timezone(&viewer.zone).date_naive();
    let address = |period: Period| format!("{}{rest}", at(path, period));
    Periods {
        words: period.words(),
        is_month: period.code() == "month",
        day: format!("{path}?period=day{rest}"),
        month: format!("{path}?period=month{rest}"),
        before: address(period.before()),
        after: period.after(today).map(address),
    }
}

/// The address of a page at a time.
pub(super) fn at(path: &str, period: Period) -> String {
    format!("{path}?period={}&at={}", period.code(), period.at())
}

/// The address of a page of calls for a column of its chart: for a day of the month or an hour of the day.
pub(super) fn at_column((path, rest): (&str, &str), period: Period, column: i32) -> String {
    match period.length {
        Length::Day => format!("{}{rest}&hour={column}", at(path, period)),
        Length::Month => format!("{}{rest}", at(path, period.day(column))),
    }
}

/// Sums, ready to print, each with the address of the list whose rows it counts.
pub(super) struct Shown {
    pub(super) calls: String,
    pub(super) talked: String,
    pub(super) cold: String,
    pub(super) talk: String,
    pub(super) calls_href: String,
    pub(super) talks_href: String,
    pub(super) cold_href: String,
}

impl Shown {
    /// `base`: the page of these people at this time.
    pub(super) fn new(sums: Sums, base: &str) -> Self {
        Self {
            calls: text::number(sums.calls),
            talked: text::number(sums.talked),
            cold: text::number(sums.cold),
            talk: text::duration(i32::try_from(sums.seconds).unwrap_or(i32::MAX)),
            calls_href: base.to_owned(),
            talks_href: format!("{base}&list={}", List::Talks.code()),
            cold_href: format!("{base}&list={}", List::Cold.code()),
        }
    }
}

#[derive(Template)]
#[template(path = "analytics/index.html")]
struct IndexPage {
    layout: Layout,
    periods: Periods,
    sums: Shown,
    chart: Chart,
    branches: Vec<Branch>,
    /// Why nobody is shown, when nobody is.
    nobody: &'static str,
}

struct Branch {
    name: String,
    sums: Shown,
    people: Vec<Row>,
}

struct Row {
    name: String,
    sums: Shown,
    /// Of the busiest one, in percent.
    share: i64,
}

/// `GET /analytics/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Query(query): Query<PeriodQuery>) -> Html {
    let period = query.read(&app, &viewer);
    let actor = viewer.actor()?;
    let overview = actions::overview(&app, &actor, period, viewer.zone).await?;
    page(&IndexPage {
        layout: viewer.layout(Section::Analytics),
        periods: periods(&app, &viewer, period, ("/analytics/", "")),
        sums: Shown::new(sum(&overview.staff), &group(Whose::Everybody, period)),
        chart: chart(period, &overview.columns, None, |column| {
            at_column((GROUP, ""), period, column)
        }),
        branches: branches(&overview.staff, period),
        nobody: nobody(&actor),
    })
}

/// The page of all calls of a group at a time.
fn group(whose: Whose, period: Period) -> String {
    let base = at(GROUP, period);
    match whose.code() {
        code if code.is_empty() => base,
        code => format!("{base}&branch={code}"),
    }
}

fn branches(staff: &[Staff], period: Period) -> Vec<Branch> {
    let most = staff.iter().map(|person| person.sums.calls).max().unwrap_or(0).max(1);
    let row = |person: &Staff| Row {
        name: person.name.clone(),
        sums: Shown::new(person.sums, &at(&format!("/analytics/users/{}/", person.id), period)),
        share: person.sums.calls * 100 / most,
    };
    staff
        .chunk_by(|a, b| a.branch_id == b.branch_id)
        .map(|people| Branch {
            name: if people[0].branch.is_empty() {
                NO_BRANCH.to_owned()
            } else {
                people[0].branch.clone()
            },
            sums: Shown::new(sum(people), &group(Whose::Branch(people[0].branch_id), period)),
            people: people.iter().map(row).collect(),
        })
        .collect()
}
