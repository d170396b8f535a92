//! Pages of calls: the click, what is going on, the word on it.

mod ask;
mod bar;
mod item;
mod outcome;

pub(crate) use item::{CallItem, of_cards};

use super::paths;
use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/phone/call/`, `/calls/…`
pub(super) fn routes() -> Routes {
    let own = Guard::May(Action::UsePhone);
    Routes::new()
        .post(paths::ASK, own, ask::create)
        .get(paths::BAR, own, bar::show)
        .get("/calls/{id}/outcome/", own, outcome::new)
        .post("/calls/{id}/outcome/", own, outcome::create)
        .post("/calls/{id}/cancel/", own, ask::cancel)
        .post("/calls/{id}/put-away/", own, ask::put_away)
}
