//! `/account/calendar/` and `/calendar/<token>.ics`.

mod feed;
mod own;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/account/calendar/…`, `/calendar/…`
pub(crate) fn routes() -> Routes {
    let own = Guard::May(Action::ManageOwnAccount);
    Routes::new()
        .get("/account/calendar/", own, own::show)
        .post("/account/calendar/issue/", own, own::issue)
        .post("/account/calendar/turn-off/", own, own::turn_off)
        .get("/calendar/{token}", Guard::Token, feed::show)
}
