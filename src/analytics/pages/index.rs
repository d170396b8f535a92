//! `/analytics/`: everybody whom the reader leads, by branch.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::analytics::actions;
use crate::analytics::chart::{Chart, chart};
use crate::analytics::model::{Period, Staff, Sums};
use crate::app::App;
use crate::values::text;
use crate::web::{Html, Layout, Query, Section, Viewer, page};

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

/// Ways to other times; `base` is the page without a query.
pub(super) struct Periods {
    pub(super) words: String,
    pub(super) is_month: bool,
    pub(super) day: String,
    pub(super) month: String,
    pub(super) before: String,
    pub(super) after: Option<String>,
}

pub(super) fn periods(app: &App, viewer: &Viewer, period: Period, base: &str) -> Periods {
    let today = app.now().with_timezone(&viewer.zone).date_naive();
    let address = |period: Period| format!("{base}?period={}&at={}", period.code(), period.at());
    Periods {
        words: period.words(),
        is_month: period.code() == "month",
        day: format!("{base}?period=day"),
        month: format!("{base}?period=month"),
        before: address(period.before()),
        after: period.after(today).map(address),
    }
}

/// Sums, ready to print.
pub(super) struct Shown {
    pub(super) calls: String,
    pub(super) talked: String,
    pub(super) cold: String,
    pub(super) talk: String,
}

impl From<Sums> for Shown {
    fn from(sums: Sums) -> Self {
        Self {
            calls: text::number(sums.calls),
            talked: text::number(sums.talked),
            cold: text::number(sums.cold),
            talk: text::duration(i32::try_from(sums.seconds).unwrap_or(i32::MAX)),
        }
    }
}

#[derive(Template)]
#[template(path = "analytics/index.html")]
struct IndexPage {
    layout: Layout,
    periods: Periods,
    all: Shown,
    chart: Chart,
    branches: Vec<Branch>,
}

struct Branch {
    name: String,
    sums: Shown,
    people: Vec<Row>,
}

struct Row {
    name: String,
    href: String,
    cold_href: String,
    sums: Shown,
    /// Of the busiest one, in percent.
    share: i64,
}

/// `GET /analytics/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Query(query): Query<PeriodQuery>) -> Html {
    let period = query.read(&app, &viewer);
    let overview = actions::overview(&app, &viewer.actor()?, period, viewer.zone).await?;
    page(&IndexPage {
        layout: viewer.layout(Section::Analytics),
        periods: periods(&app, &viewer, period, "/analytics/"),
        all: sum(&overview.staff).into(),
        chart: chart(period, &overview.columns),
        branches: branches(&overview.staff, period),
    })
}

fn sum(staff: &[Staff]) -> Sums {
    staff.iter().fold(Sums::default(), |all, person| Sums {
        calls: all.calls + person.sums.calls,
        talked: all.talked + person.sums.talked,
        cold: all.cold + person.sums.cold,
        seconds: all.seconds + person.sums.seconds,
    })
}

fn branches(staff: &[Staff], period: Period) -> Vec<Branch> {
    let most = staff.iter().map(|person| person.sums.calls).max().unwrap_or(0).max(1);
    let row = |person: &Staff| {
        let href = format!(
            "/analytics/users/{}/?period={}&at={}",
            person.id,
            period.code(),
            period.at()
        );
        Row {
            name: person.name.clone(),
            cold_href: format!("{href}&list=cold"),
            href,
            sums: person.sums.into(),
            share: person.sums.calls * 100 / most,
        }
    };
    staff
        .chunk_by(|a, b| a.branch == b.branch)
        .map(|people| Branch {
            name: if people[0].branch.is_empty() {
                "Без филиала".to_owned()
            } else {
                people[0].branch.clone()
            },
            sums: sum(people).into(),
            people: people.iter().map(row).collect(),
        })
        .collect()
}
