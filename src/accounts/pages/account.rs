//! `/account/`: what one sees of the own account.

use askama::Template;
use axum::extract::State;

use crate::accounts::actions;
use crate::accounts::model::OwnAccount;
use crate::app::App;
use crate::values::{text, time};
use crate::web::{Html, Layout, Section, Viewer, page};

#[derive(Template)]
#[template(path = "accounts/account.html")]
struct AccountPage {
    layout: Layout,
    person: OwnAccount,
    initials: String,
    last_sign_in: String,
    sessions: String,
}

/// `GET /account/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    let actor = viewer.actor()?;
    let person = actions::own_account(&app, &actor).await?;
    let open = actions::own_sessions(&app, &actor).await?.len();
    let open = i64::try_from(open).unwrap_or(i64::MAX);
    page(&AccountPage {
        layout: viewer.layout(Section::None),
        initials: text::initials(&person.name),
        last_sign_in: person
            .last_sign_in_at
            .map(|at| time::relative(at, app.now(), viewer.zone))
            .unwrap_or_default(),
        sessions: match open {
            ..=1 => "Только это устройство".to_owned(),
            open => format!("Открыто: {}", text::count(open, ["сеанс", "сеанса", "сеансов"])),
        },
        person,
    })
}
