//! Pages of calls: the click, what is going on, the word on it.

mod ask;
mod bar;
mod cold;
mod item;
mod outcome;
mod queue;
mod settings;

pub(crate) use bar::number;
pub(crate) use item::{CallItem, badge_of, of_cards, whom};

use super::paths;
use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/phone/call/`, `/calls/…`, `/settings/phones/requests/`
pub(super) fn routes() -> Routes {
    let own = Guard::May(Action::UsePhone);
    Routes::new()
        .post(paths::ASK, own, ask::create)
        .get(paths::BAR, own, bar::show)
        .get("/calls/queue/", own, queue::show)
        .get(paths::SETTINGS, Guard::May(Action::ManageSystem), settings::edit)
        .post(paths::SETTINGS, Guard::May(Action::ManageSystem), settings::update)
        .post(
            "/companies/{id}/cold-call/toggle/",
            Guard::May(Action::EditCompany),
            cold::company,
        )
        .post(
            "/contacts/{id}/cold-call/toggle/",
            Guard::May(Action::EditCompany),
            cold::contact,
        )
        .get("/calls/{id}/outcome/", own, outcome::new)
        .post("/calls/{id}/outcome/", own, outcome::create)
        .post("/calls/{id}/cancel/", own, ask::cancel)
        .post("/calls/{id}/put-away/", own, ask::put_away)
}
