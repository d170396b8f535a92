//! `/reports/cold-calls/…`: one's own cold calls as JSON with a text to copy (the older CRM's §3.8).

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::{Months, NaiveDate, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::analytics::actions::{self, MONTHS};
use crate::analytics::model::{Period, month_words};
use crate::analytics::queries::ColdRow;
use crate::app::App;
use crate::calls;
use crate::error::Result;
use crate::values::time;
use crate::web::{Html, Query, Viewer};

/// The same call within so many seconds is one line.
const REPEAT: TimeDelta = TimeDelta::seconds(60);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MonthQuery {
    month: String,
}

fn today(app: &App, viewer: &Viewer) -> NaiveDate {
    app.now().with_timezone(&viewer.zone).date_naive()
}

/// `GET /reports/cold-calls/day/`
pub(super) async fn day(State(app): State<App>, viewer: Viewer) -> Html {
    let today = today(&app, &viewer);
    let period = Period::read("day", "", today);
    let rows = actions::cold(&app, &viewer.actor()?, (period, viewer.zone)).await?;
    let date = time::date(today);
    let mut body = report(&viewer, &rows, (&date, "%H:%M"));
    body["range"] = json!("day");
    body["date"] = json!(date);
    Ok(answer(&body))
}

/// `GET /reports/cold-calls/month/?month=2026-11`: of this month or one of the two before.
pub(super) async fn month(State(app): State<App>, viewer: Viewer, Query(query): Query<MonthQuery>) -> Html {
    let today = today(&app, &viewer);
    let available = available(&app, &viewer, today).await?;
    let key = |day: NaiveDate| day.format("%Y-%m").to_string();
    let first = Period::read("month", &query.month, today);
    let first = if available.contains(&first.first) {
        first
    } else {
        Period::read("month", "", today)
    };
    let rows = actions::cold(&app, &viewer.actor()?, (first, viewer.zone)).await?;
    let words = month_words(first.first);
    let mut body = report(&viewer, &rows, (&words, "%d.%m %H:%M"));
    body["range"] = json!("month");
    body["month"] = json!(key(first.first));
    body["month_label"] = json!(words);
    let months = available
        .iter()
        .map(|day| json!({"key": key(*day), "label": month_words(*day)}));
    body["available_months"] = months.collect();
    Ok(answer(&body))
}

/// Months with cold calls, this one first; this one alone when there are none.
async fn available(app: &App, viewer: &Viewer, today: NaiveDate) -> Result<Vec<NaiveDate>> {
    let this = Period::read("month", "", today);
    let mut months = Vec::new();
    for back in 0..MONTHS {
        let Some(first) = this.first.checked_sub_months(Months::new(back)) else {
            continue;
        };
        let period = Period { first, ..this };
        if actions::has_cold(app, &viewer.actor()?, (period, viewer.zone)).await? {
            months.push(first);
        }
    }
    if months.is_empty() {
        months.push(this.first);
    }
    Ok(months)
}

/// Lines without repeats, and the same as a text.
fn report(viewer: &Viewer, rows: &[ColdRow], (title, clock): (&str, &str)) -> Value {
    let mut shown: Vec<&ColdRow> = Vec::new();
    for row in rows {
        let is_same = |other: &&&ColdRow| {
            (&other.phone, other.company, other.contact) == (&row.phone, row.company, row.contact)
                && row.at - other.at < REPEAT
        };
        if shown.iter().rev().find(is_same).is_none() {
            shown.push(row);
        }
    }
    let mut text = format!("Отчёт: холодные звонки за {title}\nВсего: {}\n\n", shown.len());
    let mut items = Vec::new();
    for (at, row) in shown.iter().enumerate() {
        let time = row.at.with_timezone(&viewer.zone).format(clock).to_string();
        let contact = if row.contact_name.is_empty() {
            "Контакт не указан"
        } else {
            &row.contact_name
        };
        let phone = calls::number(&row.phone, "");
        let company = &row.company_name;
        let _ = writeln!(text, "{}) {time} — {contact} ({company}) — {phone}", at + 1);
        items.push(json!({"time": time, "phone": phone, "contact": contact, "company": company}));
    }
    json!({"ok": true, "count": shown.len(), "items": items, "text": text.trim_end()})
}

fn answer(body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, body.to_string()).into_response()
}
