//! `/account/sessions/`: where one is signed in, and ending it; the list is lent to administrators' pages.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use super::caller;
use crate::accounts::actions;
use crate::accounts::device::device_words;
use crate::accounts::model::OpenSession;
use crate::app::App;
use crate::error::Error;
use crate::values::{Origin, text, time};
use crate::web::assets::{self, Assets};
use crate::web::{Html, Layout, Path, Section, Viewer, flash, page, see_other_with};

const PAGE: &str = "/account/sessions/";

/// Open sessions as a table with a button in each row.
#[derive(Template)]
#[template(path = "accounts/_sessions.html")]
pub(crate) struct SessionList {
    assets: &'static Assets,
    csrf: String,
    rows: Vec<SessionRow>,
    /// There may be more than are shown.
    is_cut: bool,
}

impl askama::filters::HtmlSafe for SessionList {}

struct SessionRow {
    device: String,
    is_phone: bool,
    user_agent: String,
    ip: String,
    started: String,
    seen: String,
    /// The reader looks through this very session.
    is_this: bool,
    end: String,
}

impl SessionRow {
    fn glyph(&self) -> &'static str {
        if self.is_phone { "mobile" } else { "monitor" }
    }
}

/// The list for this reader; `end` gives the address that ends a session.
pub(crate) fn session_list(
    app: &App,
    viewer: &Viewer,
    sessions: Vec<OpenSession>,
    end: impl Fn(Uuid) -> String,
) -> SessionList {
    let row = |session: OpenSession| {
        let device = match session.kind.as_str() {
            "phone" => "Приложение на телефоне".to_owned(),
            "api" => "Программа или приложение с паролем".to_owned(),
            _ => device_words(&session.user_agent),
        };
        SessionRow {
            is_phone: session.kind == "phone" || ["iPhone", "Android"].iter().any(|system| device.ends_with(system)),
            device,
            ip: session.ip,
            started: time::relative(session.created_at, app.now(), viewer.zone),
            seen: time::relative(session.last_seen_at, app.now(), viewer.zone),
            is_this: viewer.session == Some(session.id),
            end: end(session.id),
            user_agent: session.user_agent,
        }
    };
    let mut rows: Vec<_> = sessions.into_iter().map(row).collect();
    rows.sort_by_key(|row| !row.is_this);
    SessionList {
        assets: assets::urls(),
        csrf: viewer.csrf.clone(),
        is_cut: i64::try_from(rows.len()).unwrap_or(i64::MAX) >= actions::SESSIONS_SHOWN,
        rows,
    }
}

#[derive(Template)]
#[template(path = "accounts/sessions.html")]
struct SessionsPage {
    layout: Layout,
    sessions: SessionList,
    has_others: bool,
}

/// `GET /account/sessions/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    let sessions = actions::own_sessions(&app, &viewer.actor()?).await?;
    page(&SessionsPage {
        layout: viewer.layout(Section::None),
        has_others: sessions.len() > 1,
        sessions: session_list(&app, &viewer, sessions, |id| format!("{PAGE}{id}/end/")),
    })
}

/// `POST /account/sessions/<id>/end/`
pub(super) async fn end(State(app): State<App>, viewer: Viewer, origin: Origin, Path(id): Path<Uuid>) -> Html {
    let word = match actions::end_own_session(&app, &caller(&viewer, &origin)?, id).await {
        Ok(()) => flash("success", "Сеанс завершён."),
        Err(Error::NotFound) => flash("info", "Этот сеанс уже завершён."),
        Err(error) => return Err(error.into()),
    };
    see_other_with(PAGE, &word)
}

/// `POST /account/sessions/end-others/`
pub(super) async fn end_others(State(app): State<App>, viewer: Viewer, origin: Origin) -> Html {
    let ended = actions::end_other_sessions(&app, &caller(&viewer, &origin)?).await?;
    let word = match i64::try_from(ended).unwrap_or(i64::MAX) {
        0 => flash("info", "Других сеансов нет."),
        ended => {
            let ended = text::count(ended, ["сеанс", "сеанса", "сеансов"]);
            flash("success", format!("Завершено: {ended}."))
        }
    };
    see_other_with(PAGE, &word)
}
