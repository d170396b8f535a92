//! Calendars as programs read them: through HTTP, with a parser that is not ours.

mod address;
mod contents;
mod zones;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName, ICalendarProperty,
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::policy::Actor;
use crate::testing::{Client, TestApp};

/// What came back.
struct Reading {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

/// Reads as a calendar program does: without cookies, perhaps with the tag of what it has.
async fn read(app: &TestApp, path: &str, tag: Option<&str>) -> Reading {
    let mut request = Request::get(path).header(header::USER_AGENT, "iOS/19.0 dataaccessd/1.0");
    if let Some(tag) = tag {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let request = request.body(Body::empty()).expect("a request");
    let answer = crate::server::router(&app.app)
        .oneshot(request)
        .await
        .expect("an answer");
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Reading {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).expect("UTF-8"),
    }
}

/// Turns the calendar on, or gives it another address, through its page; answers the path.
async fn issue(browser: &mut Client) -> String {
    let led = browser
        .post_from("/account/calendar/", "/account/calendar/issue/", &[])
        .await;
    assert_eq!(led.expect_redirect(), "/account/calendar/");
    path_of(browser).await.expect("a link")
}

/// The path that the page shows.
async fn path_of(browser: &mut Client) -> Option<String> {
    let page = browser.get("/account/calendar/").await;
    page.expect(200);
    let link = page.attribute("#f-link", "value")?;
    Some(link[link.find("/calendar/").expect("a path")..].to_owned())
}

/// The calendar at this path, read by a program that is not ours.
async fn calendar(app: &TestApp, path: &str) -> ICalendar {
    let reading = read(app, path, None).await;
    assert_eq!(reading.status, StatusCode::OK, "{}", reading.text);
    ICalendar::parse(&reading.text).unwrap_or_else(|entry| panic!("{entry:?}: {}", reading.text))
}

fn events(calendar: &ICalendar) -> Vec<&ICalendarComponent> {
    let components = calendar.components.iter();
    components
        .filter(|component| component.component_type == ICalendarComponentType::VEvent)
        .collect()
}

fn text<'a>(component: &'a ICalendarComponent, property: &ICalendarProperty) -> &'a str {
    let entry = component.property(property);
    let entry = entry.unwrap_or_else(|| panic!("no {property:?}: {component:?}"));
    entry.values[0].as_text().expect("a text")
}

/// «2026-12-01 10:00 Europe/Moscow», «2026-12-01» of a whole day.
fn start(component: &ICalendarComponent) -> String {
    let entry = component.property(&ICalendarProperty::Dtstart).expect("a start");
    let at = entry.values[0].as_partial_date_time().expect("a time");
    let part = |part: Option<u8>| part.unwrap_or_default();
    let year = at.year.unwrap_or_default();
    let day = format!("{year:04}-{:02}-{:02}", part(at.month), part(at.day));
    let zone = entry.parameter(&ICalendarParameterName::Tzid);
    let zone = zone.and_then(|zone| zone.as_text()).unwrap_or("?");
    match at.hour {
        None => day,
        Some(hour) => format!("{day} {hour:02}:{:02} {zone}", part(at.minute)),
    }
}

/// A task; `rest` is set on it afterwards.
async fn task(app: &TestApp, actor: &Actor, title: &str, due: &str, rest: &str) -> Uuid {
    let id = Uuid::now_v7();
    sqlx::query(
        "INSERT INTO tasks (id, title, assignee_id, due_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4::timestamptz, '2026-11-20 10:00+03', '2026-11-21 10:00+03')",
    )
    .bind(id)
    .bind(title)
    .bind(actor.user.expect("a person").0)
    .bind(due)
    .execute(&app.app.db)
    .await
    .expect("a task");
    change(app, "tasks", id, rest).await;
    id
}

/// A series whose first occurrence is a task already; `rest` is set on it afterwards.
async fn series(app: &TestApp, actor: &Actor, rule: &str, starts_at: &str, rest: &str) -> Uuid {
    let id = Uuid::now_v7();
    sqlx::query(
        "INSERT INTO task_series (id, rule, starts_at, zone, title, assignee_id, reached, next_at)
         VALUES ($1, $2, $3::timestamp, 'Europe/Moscow', 'Сверка', $4, $3::timestamp, now())",
    )
    .bind(id)
    .bind(rule)
    .bind(starts_at)
    .bind(actor.user.expect("a person").0)
    .execute(&app.app.db)
    .await
    .expect("a series");
    change(app, "task_series", id, rest).await;
    id
}

async fn change(app: &TestApp, table: &str, id: Uuid, rest: &str) {
    if !rest.is_empty() {
        let sql = format!("UPDATE {table} SET {rest} WHERE id = $1");
        let done = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id)
            .execute(&app.app.db)
            .await;
        done.expect("a change");
    }
}
