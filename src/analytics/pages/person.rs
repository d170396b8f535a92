//! `/analytics/users/<id>/` and `/calls/`: what one person called.

use askama::Template;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::index::{PeriodQuery, Periods, Shown, periods};
use crate::analytics::actions::{self, List, Sheet};
use crate::analytics::chart::{Chart, chart};
use crate::analytics::queries::CallRow;
use crate::app::App;
use crate::db::{Cursor, Place};
use crate::error::Error;
use crate::values::{CompanyId, UserId, text, time};
use crate::web::{Html, Layout, Path, Query, Section, Viewer, page};
use crate::{calls, companies};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PersonQuery {
    #[serde(flatten)]
    period: PeriodQuery,
    /// `cold`, `events`, or empty: all calls.
    list: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "analytics/person.html")]
struct PersonPage {
    layout: Layout,
    name: String,
    /// The reader looks at the own calls.
    is_own: bool,
    periods: Periods,
    sums: Shown,
    chart: Chart,
    list: &'static str,
    /// Address of a list of this period, without its name.
    base: String,
    calls: Vec<Row>,
    events: Vec<(String, String)>,
    next: Option<String>,
}

struct Row {
    at: String,
    number: String,
    company: Option<(String, String)>,
    contact: String,
    is_cold: bool,
    badge: (&'static str, &'static str),
    talk: String,
}

/// `GET /analytics/users/<id>/`
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<UserId>,
    Query(query): Query<PersonQuery>,
) -> Html {
    let base = format!("/analytics/users/{id}/");
    draw(&app, &viewer, (id, &base), query).await
}

/// `GET /calls/`
pub(super) async fn mine(State(app): State<App>, viewer: Viewer, Query(query): Query<PersonQuery>) -> Html {
    let user = viewer.actor()?.user.ok_or(Error::NotFound)?;
    draw(&app, &viewer, (user, "/calls/"), query).await
}

async fn draw(app: &App, viewer: &Viewer, (id, page_path): (UserId, &str), query: PersonQuery) -> Html {
    let actor = viewer.actor()?;
    let is_own = page_path == "/calls/";
    let period = query.period.read(app, viewer);
    let (list, code) = match query.list.as_str() {
        "cold" => (List::Cold, "cold"),
        "events" => (List::Events, "events"),
        _ => (List::Calls, ""),
    };
    let before = match Place::read(query.after.as_deref(), None) {
        Place::After(cursor) => time::from_micros(&cursor.key).map(|at| (at, cursor.id)),
        _ => None,
    };
    let sheet = actions::sheet(app, &actor, id, (period, viewer.zone), (list, before)).await?;
    let base = format!("{page_path}?period={}&at={}", period.code(), period.at());
    let next = last(&sheet).filter(|_| sheet.has_more).map(|(at, id)| {
        let cursor = Cursor {
            key: at.timestamp_micros().to_string(),
            id,
        };
        format!("{base}&list={code}&after={}", cursor.encode())
    });
    page(&PersonPage {
        layout: viewer.layout(if is_own { Section::Calls } else { Section::Analytics }),
        periods: periods(app, viewer, period, page_path),
        chart: chart(period, &sheet.columns),
        sums: sheet.sums.into(),
        name: sheet.name,
        is_own,
        list: code,
        base,
        calls: sheet.calls.into_iter().map(|call| row(call, viewer)).collect(),
        events: sheet
            .events
            .into_iter()
            .map(|(_, at, message)| (time::date_time(at, viewer.zone), message))
            .collect(),
        next,
    })
}

/// Where the page's last row stands.
fn last(sheet: &Sheet) -> Option<(DateTime<Utc>, Uuid)> {
    let call = sheet.calls.last().map(|call| (call.at, call.id));
    call.or_else(|| sheet.events.last().map(|(id, at, _)| (*at, *id)))
}

fn row(call: CallRow, viewer: &Viewer) -> Row {
    Row {
        at: time::date_time(call.at, viewer.zone),
        number: calls::number(&call.phone, &call.extension),
        badge: calls::badge_of((call.outcome.as_deref(), call.result.as_deref()), &call.state),
        company: call
            .company
            .zip(call.company_name)
            .map(|(id, name)| (companies::paths::show(CompanyId(id)), name)),
        contact: call.contact_name.unwrap_or_default(),
        is_cold: call.is_cold,
        talk: call
            .duration
            .filter(|seconds| *seconds > 0)
            .map(text::duration)
            .unwrap_or_default(),
    }
}
