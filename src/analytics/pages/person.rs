//! `/analytics/users/<id>/`, `/analytics/calls/` and `/calls/`: what a person, a branch or everybody called, call by call.

use askama::Template;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::index::{PeriodQuery, Periods, Shown, at, at_column, periods};
use crate::analytics::actions::{self, Sheet, Wanted};
use crate::analytics::chart::{Chart, chart};
use crate::analytics::model::{Length, List, Period, Whose};
use crate::analytics::queries::CallRow;
use crate::app::App;
use crate::db::{Cursor, PAGE, Place};
use crate::error::Error;
use crate::values::{CallId, CompanyId, UserId, text, time};
use crate::views::PAGE_SIZES;
use crate::web::{Html, Layout, Opt, Path, Query, Section, Viewer, page};
use crate::{calls, companies};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PersonQuery {
    #[serde(flatten)]
    period: PeriodQuery,
    /// `talks`, `cold`, `events`, or empty: all calls.
    list: String,
    /// Of a day: the one hour whose calls are listed, or empty: all of them.
    hour: String,
    /// Whose: a key of a branch, `none` for people without one, or empty: everybody.
    branch: String,
    /// One of [`PAGE_SIZES`].
    per_page: String,
    after: Option<String>,
}

impl PersonQuery {
    /// How many rows a page has.
    fn size(&self) -> i64 {
        let size = self.per_page.parse().ok();
        size.filter(|size| PAGE_SIZES.contains(size)).unwrap_or(PAGE)
    }

    /// The hour that is listed; a month has none.
    fn hour(&self, period: Period) -> Option<i32> {
        let hour = self.hour.parse().ok().filter(|hour| (0..24).contains(hour));
        hour.filter(|_| period.length == Length::Day)
    }

    /// Which part of which list; a group has no list of events.
    fn wanted(&self, is_group: bool, period: Period) -> Wanted {
        Wanted {
            hour: self.hour(period),
            list: match List::read(&self.list) {
                List::Events if is_group => List::Calls,
                list => list,
            },
            before: match Place::read(self.after.as_deref(), None) {
                Place::After(cursor) => time::from_micros(&cursor.key).map(|at| (at, cursor.id)),
                _ => None,
            },
            size: self.size(),
        }
    }
}

#[derive(Template)]
#[template(path = "analytics/person.html")]
struct PersonPage {
    layout: Layout,
    name: String,
    /// The reader looks at the own calls.
    is_own: bool,
    /// More people than one: each row says whose it is.
    is_group: bool,
    periods: Periods,
    sums: Shown,
    chart: Chart,
    list: &'static str,
    /// The hour that is listed, and the list of its whole day.
    hour: Option<(String, String)>,
    /// Lists with their codes, addresses and names.
    tabs: Vec<(&'static str, String, &'static str)>,
    calls: Vec<Row>,
    events: Vec<(String, String)>,
    /// The path of this page, and what its query says but for how many rows and where.
    path: String,
    kept: Vec<(&'static str, String)>,
    sizes: Vec<Opt>,
    next: Option<String>,
}

struct Row {
    at: String,
    /// Whose page, and what they are called.
    person: (String, String),
    number: String,
    /// What calls that number again; empty: nobody can.
    call: String,
    /// Why one does not call there; empty: one may.
    no_call: String,
    company: Option<(String, String)>,
    contact: String,
    is_cold: bool,
    badge: (&'static str, &'static str),
    /// Of an own call: whether its outcome is still to be written down, and where.
    outcome: Option<(bool, String)>,
    talk: String,
}

/// `GET /analytics/users/<id>/`
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<UserId>,
    Query(query): Query<PersonQuery>,
) -> Html {
    let path = format!("/analytics/users/{id}/");
    draw(&app, &viewer, (Whose::Person(id), &path), query).await
}

/// `GET /analytics/calls/`
pub(super) async fn group(State(app): State<App>, viewer: Viewer, Query(query): Query<PersonQuery>) -> Html {
    let whose = Whose::read(&query.branch).ok_or(Error::NotFound)?;
    draw(&app, &viewer, (whose, "/analytics/calls/"), query).await
}

/// `GET /calls/`
pub(super) async fn mine(State(app): State<App>, viewer: Viewer, Query(query): Query<PersonQuery>) -> Html {
    let user = viewer.actor()?.user.ok_or(Error::NotFound)?;
    draw(&app, &viewer, (Whose::Person(user), "/calls/"), query).await
}

async fn draw(app: &App, viewer: &Viewer, (whose, path): (Whose, &str), query: PersonQuery) -> Html {
    let actor = viewer.actor()?;
    let is_own = path == "/calls/";
    let is_group = !matches!(whose, Whose::Person(_));
    let period = query.period.read(app, viewer);
    let wanted = query.wanted(is_group, period);
    let (list, hour, size) = (wanted.list, wanted.hour, wanted.size);
    let sheet = actions::sheet(app, &actor, whose, (period, viewer.zone), wanted).await?;
    // What stays on the way to other lists and other times.
    let branch = pair("branch", &whose.code());
    let per_page = if size == PAGE { String::new() } else { size.to_string() };
    let rest = format!("{branch}{}", pair("per_page", &per_page));
    let base = format!("{}{rest}", at(path, period));
    let listed = format!(
        "{base}{}",
        pair("hour", &hour.map(|hour| hour.to_string()).unwrap_or_default())
    );
    let next = next(&sheet, &format!("{listed}{}", pair("list", list.code())));
    page(&PersonPage {
        layout: viewer.layout(if is_own { Section::Calls } else { Section::Analytics }),
        periods: periods(
            app,
            viewer,
            period,
            (path, &format!("{rest}{}", pair("list", list.code()))),
        ),
        chart: chart(period, &sheet.columns, hour, |column| {
            at_column((path, &rest), period, column)
        }),
        hour: hour.map(|hour| {
            let all = format!("{base}{}", pair("list", list.code()));
            (format!("{hour}:00–{}:00", hour + 1), all)
        }),
        sums: Shown::new(sheet.sums, &base),
        name: sheet.name,
        is_own,
        is_group,
        list: list.code(),
        tabs: tabs(&listed, is_group),
        calls: sheet
            .calls
            .into_iter()
            .map(|call| row(call, viewer, actor.user))
            .collect(),
        events: sheet
            .events
            .into_iter()
            .map(|(_, at, message)| (time::date_time(at, viewer.zone), message))
            .collect(),
        path: path.to_owned(),
        kept: kept(period, hour, whose, list),
        sizes: PAGE_SIZES
            .map(|each| Opt::new(each, each.to_string(), each == size))
            .to_vec(),
        next,
    })
}

/// What the form that chooses how many rows there are sends beside.
fn kept(period: Period, hour: Option<i32>, whose: Whose, list: List) -> Vec<(&'static str, String)> {
    let all = [
        ("period", period.code().to_owned()),
        ("at", period.at()),
        ("hour", hour.map(|hour| hour.to_string()).unwrap_or_default()),
        ("branch", whose.code()),
        ("list", list.code().to_owned()),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// «&name=value»; empty without a value. Values are codes: nothing in them has to be written otherwise.
fn pair(name: &str, value: &str) -> String {
    if value.is_empty() {
        String::new()
    } else {
        format!("&{name}={value}")
    }
}

fn tabs(base: &str, is_group: bool) -> Vec<(&'static str, String, &'static str)> {
    let all = [
        (List::Calls, "Все звонки"),
        (List::Talks, "Дозвоны"),
        (List::Cold, "Холодные"),
        (List::Events, "Действия"),
    ];
    all.into_iter()
        .filter(|(list, _)| !is_group || *list != List::Events)
        .map(|(list, name)| (list.code(), format!("{base}{}", pair("list", list.code())), name))
        .collect()
}

/// Where the page's last row stands.
fn last(sheet: &Sheet) -> Option<(DateTime<Utc>, Uuid)> {
    let call = sheet.calls.last().map(|call| (call.at, call.id));
    call.or_else(|| sheet.events.last().map(|(id, at, _)| (*at, *id)))
}

/// The page behind this one, when there is more; `list`: the address of the first one.
fn next(sheet: &Sheet, list: &str) -> Option<String> {
    let (at, id) = last(sheet).filter(|_| sheet.has_more)?;
    let key = at.timestamp_micros().to_string();
    Some(format!("{list}&after={}", Cursor { key, id }.encode()))
}

fn row(call: CallRow, viewer: &Viewer, reader: Option<UserId>) -> Row {
    let is_own = reader == Some(call.person);
    Row {
        at: time::date_time(call.at, viewer.zone),
        person: (format!("/analytics/users/{}/", call.person), call.person_name),
        number: calls::number(&call.phone, &call.extension),
        call: calls::whom((&call.phone, &call.extension), call.company, call.contact),
        badge: calls::badge_of(
            call.outcome.as_deref(),
            (call.result.as_deref(), call.duration),
            &call.state,
        ),
        outcome: is_own.then(|| (call.outcome.is_none(), calls::paths::outcome(CallId(call.id)))),
        company: call
            .company
            .zip(call.company_name)
            .map(|(id, name)| (companies::paths::show(CompanyId(id)), name)),
        contact: call.contact_name.unwrap_or_default(),
        no_call: call.no_call,
        is_cold: call.is_cold,
        talk: call
            .duration
            .filter(|seconds| *seconds > 0)
            .map(text::duration)
            .unwrap_or_default(),
    }
}
