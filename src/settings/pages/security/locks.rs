//! `/settings/security/locks/`: what is locked right now.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::accounts::{self, Lock};
use crate::app::App;
use crate::error::Error;
use crate::settings::paths;
use crate::values::{Origin, text};
use crate::web::{Form, Html, Layout, Section, Viewer, flash, page, see_other_with};

#[derive(Template)]
#[template(path = "settings/locks.html")]
struct LocksPage {
    layout: Layout,
    rows: Vec<Row>,
}

struct Row {
    key: String,
    what: String,
    /// The person's page and name.
    person: Option<(String, String)>,
    /// «ещё 4 мин, до 12:34».
    until: String,
    refused: String,
}

/// `GET /settings/security/locks/`
pub(in crate::settings) async fn locks(State(app): State<App>, viewer: Viewer) -> Html {
    let locks = accounts::locks(&app, &viewer.actor()?).await?;
    let row = |lock: Lock| {
        let left = (lock.until - app.now()).num_seconds().max(1);
        let left = if left < 60 {
            format!("{left} с")
        } else {
            format!("{} мин", (left + 59) / 60)
        };
        let until = lock.until.with_timezone(&viewer.zone).format("%H:%M");
        Row {
            key: lock.key,
            what: lock.what,
            person: lock.person.map(|(id, name)| (paths::user(id), name)),
            until: format!("ещё {left}, до {until}"),
            refused: text::number(lock.refused),
        }
    };
    page(&LocksPage {
        layout: viewer.layout(Section::Settings),
        rows: locks.into_iter().map(row).collect(),
    })
}

/// Which lock.
#[derive(Deserialize)]
pub(in crate::settings) struct Lift {
    #[serde(default)]
    key: String,
}

/// `POST /settings/security/locks/lift/`
pub(in crate::settings) async fn lift(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Form(form): Form<Lift>,
) -> Html {
    let word = match accounts::lift_lock(&app, &viewer.actor()?, &origin, &form.key).await {
        Ok(()) => flash("success", "Блокировка снята: можно входить сразу."),
        Err(Error::NotFound) => flash("info", "Этой блокировки уже нет."),
        Err(error) => return Err(error.into()),
    };
    see_other_with(paths::LOCKS, &word)
}
