//! `GET /companies/bulk/`: acts of the last days.

use askama::Template;
use axum::extract::State;

use crate::app::App;
use crate::bulk::model::UNDOABLE;
use crate::bulk::{actions, paths};
use crate::values::{text, time};
use crate::web::{Html, Layout, Section, Viewer, page};

#[derive(Template)]
#[template(path = "bulk/index.html")]
struct IndexPage {
    layout: Layout,
    rows: Vec<Row>,
    is_everybodys: bool,
}

struct Row {
    url: String,
    title: String,
    actor: String,
    changed: String,
    done: String,
    /// Tone and word.
    state: (&'static str, &'static str),
}

/// `GET /companies/bulk/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    let (acts, is_everybodys) = actions::list(&app, &viewer.actor()?).await?;
    let now = app.now();
    let rows = acts.into_iter().map(|act| Row {
        url: paths::show(act.id),
        title: act.title,
        actor: act.actor_name,
        changed: text::count(act.changed, ["компания", "компании", "компаний"]),
        done: time::relative(act.done_at, now, viewer.zone),
        state: match (act.is_undone, now - act.done_at <= UNDOABLE) {
            (true, _) => ("neutral", "Отменено"),
            (false, true) => ("progress whole", "Можно отменить"),
            (false, false) => ("done", "Выполнено"),
        },
    });
    page(&IndexPage {
        layout: viewer.layout(Section::Companies),
        rows: rows.collect(),
        is_everybodys,
    })
}
