//! Calls: a click asks one of a person's phones to call a number, the phone says what came of it, the person says what it
//! was worth (decision 0032).

mod actions;
mod api;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{clean, erase, people_of_cards, tick, wake_phones};
pub(crate) use pages::{CallItem, badge_of, number, of_cards, whom};

use crate::web::Routes;

/// `/phone/call/`, `/calls/…`, `/api/phone/calls/…`
pub(crate) fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
