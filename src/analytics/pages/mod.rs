//! Pages of who called how much.

mod index;
mod person;
mod report;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/analytics/…`, `/calls/`, `/reports/cold-calls/…`
pub(crate) fn routes() -> Routes {
    let leads = Guard::May(Action::ViewAnalytics);
    let own = Guard::May(Action::UsePhone);
    Routes::new()
        .get("/analytics/", leads, index::show)
        .get("/analytics/calls/", leads, person::group)
        .get("/analytics/users/{id}/", leads, person::show)
        .get("/calls/", own, person::mine)
        .get("/reports/cold-calls/day/", own, report::day)
        .get("/reports/cold-calls/month/", own, report::month)
}
