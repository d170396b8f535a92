//! `/settings/phones/`: phones of everybody, and what their apps wrote.

use askama::Template;
use axum::extract::State;

use super::list::{PhoneList, answer, phone_list};
use crate::app::App;
use crate::phones::actions;
use crate::phones::model::PushState;
use crate::values::{PhoneId, text, time};
use crate::web::{Html, Layout, Path, Section, Viewer, page};

const PAGE: &str = "/settings/phones/";

#[derive(Template)]
#[template(path = "phones/all.html")]
struct AllPage {
    layout: Layout,
    phones: PhoneList,
    push: PushPanel,
}

/// How phones are woken, in words.
struct PushPanel {
    tone: &'static str,
    state: &'static str,
    /// Empty: off.
    project: String,
    /// «3 телефона»
    phones: String,
    /// When the service last took a message; empty: never.
    sent: String,
    error: String,
    error_at: String,
}

impl PushPanel {
    fn new(app: &App, viewer: &Viewer, (state, may_send): (PushState, bool)) -> Self {
        let moment = |at| time::relative(at, app.now(), viewer.zone);
        let project = app.push.as_ref().map(|push| push.project().to_owned());
        let (tone, word) = match (&project, may_send) {
            (None, _) => ("neutral", "выключено"),
            (Some(_), true) => ("done", "включено"),
            (Some(_), false) => ("warm", "копия ничего не отправляет"),
        };
        Self {
            tone,
            state: word,
            project: project.unwrap_or_default(),
            phones: text::count(state.phones, ["телефон", "телефона", "телефонов"]),
            sent: state.sent_at.map(moment).unwrap_or_default(),
            error: state.error,
            error_at: state.error_at.map(moment).unwrap_or_default(),
        }
    }
}

/// `GET /settings/phones/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    let actor = viewer.actor()?;
    let phones = actions::all(&app, &actor).await?;
    let push = actions::push_state(&app, &actor).await?;
    page(&AllPage {
        push: PushPanel::new(&app, &viewer, push),
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
