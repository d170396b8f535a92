//! Pages of notices, and the stream that open pages listen to.

mod acts;
mod events;
mod index;
mod poll;
mod settings;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/notifications/…` and `/events/`.
pub(crate) fn routes() -> Routes {
    let own = Guard::May(Action::ManageOwnAccount);
    Routes::new()
        .get("/notifications/", own, index::index)
        .get("/notifications/poll/", own, poll::poll)
        .get("/notifications/settings/", own, settings::edit)
        .post("/notifications/settings/", own, settings::update)
        .post("/notifications/read-all/", own, acts::read_all)
        .post("/notifications/{id}/open/", own, acts::open)
        .post("/notifications/{id}/read/", own, acts::read)
        .get("/events/", own, events::stream)
}
