//! `/settings/phones/`: phones of everybody, and what their apps wrote.

use askama::Template;
use axum::extract::State;

use super::list::{PhoneList, answer, phone_list};
use crate::app::App;
use crate::phones::actions;
use crate::values::{PhoneId, time};
use crate::web::{Html, Layout, Path, Section, Viewer, page};

const PAGE: &str = "/settings/phones/";

#[derive(Template)]
#[template(path = "phones/all.html")]
struct AllPage {
    layout: Layout,
    phones: PhoneList,
}

/// `GET /settings/phones/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    let phones = actions::all(&app, &viewer.actor()?).await?;
    page(&AllPage {
        layout: viewer.layout(Section::Settings),
        phones: phone_list(&app, &viewer, phones, (PAGE, true)),
    })
}

#[derive(Template)]
#[template(path = "phones/written.html")]
struct WrittenPage {
    layout: Layout,
    title: String,
    person: String,
    lines: Vec<Line>,
}

struct Line {
    at: String,
    kind: &'static str,
    level: String,
    source: String,
    text: String,
}

/// `GET /settings/phones/<id>/`: what the app on a phone wrote last.
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<PhoneId>) -> Html {
    let (phone, lines) = actions::written(&app, &viewer.actor()?, id).await?;
    let line = |line: crate::phones::queries::Written| Line {
        at: time::date_time(line.created_at, viewer.zone),
        kind: if line.kind == "log" {
            "журнал"
        } else {
            "замер"
        },
        level: line.level,
        source: line.source,
        text: line.payload,
    };
    page(&WrittenPage {
        layout: viewer.layout(Section::Settings),
        title: phone.title(),
        person: phone.person,
        lines: lines.into_iter().map(line).collect(),
    })
}

/// `POST /settings/phones/<id>/take-off/`
pub(super) async fn take_off(State(app): State<App>, viewer: Viewer, Path(id): Path<PhoneId>) -> Html {
    answer(actions::take_off(&app, &viewer.actor()?, id).await, PAGE)
}
