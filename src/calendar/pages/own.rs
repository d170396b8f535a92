//! `/account/calendar/`: the own address.

use askama::Template;
use axum::extract::State;

use crate::app::App;
use crate::calendar::{actions, paths};
use crate::values::{Origin, text, time};
use crate::web::{Html, Layout, Section, Viewer, flash, page, see_other_with};

#[derive(Template)]
#[template(path = "calendar/show.html")]
struct CalendarPage {
    layout: Layout,
    own: Option<OwnView>,
}

struct OwnView {
    /// Empty: it has to be issued anew.
    link: String,
    /// The same for programs that subscribe by a click.
    subscribe: String,
    issued: String,
    /// Empty: nobody has read it yet.
    read: String,
}

/// `GET /account/calendar/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    let own = actions::own(&app, &viewer.actor()?).await?;
    let view = own.map(|own| {
        let link = own.link.unwrap_or_default();
        let read = own.feed.read_at.map(|at| {
            let at = time::relative(at, app.now(), viewer.zone);
            let reader = text::excerpt(&own.feed.reader, 60);
            if reader.is_empty() {
                at
            } else {
                format!("{at}, {reader}")
            }
        });
        OwnView {
            subscribe: link
                .split_once("://")
                .map(|(_, rest)| format!("webcal://{rest}"))
                .unwrap_or_default(),
            link,
            issued: time::relative(own.feed.issued_at, app.now(), viewer.zone),
            read: read.unwrap_or_default(),
        }
    });
    page(&CalendarPage {
        layout: viewer.layout(Section::None),
        own: view,
    })
}

/// `POST /account/calendar/issue/`
pub(super) async fn issue(State(app): State<App>, viewer: Viewer, origin: Origin) -> Html {
    let word = if actions::issue(&app, &viewer.actor()?, &origin).await? {
        "Выдана новая ссылка, прежняя больше не действует."
    } else {
        "Календарь включён: добавьте ссылку в программу календаря."
    };
    see_other_with(paths::OWN, &flash("success", word))
}

/// `POST /account/calendar/turn-off/`
pub(super) async fn turn_off(State(app): State<App>, viewer: Viewer, origin: Origin) -> Html {
    let word = if actions::turn_off(&app, &viewer.actor()?, &origin).await? {
        flash("success", "Календарь выключен, ссылка больше не действует.")
    } else {
        flash("info", "Календарь уже выключен.")
    };
    see_other_with(paths::OWN, &word)
}
