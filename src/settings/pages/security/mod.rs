//! `/settings/security/…`: sign-ins, what is locked, how many cards a person may open, and for which roles a second factor is required.

mod locks;
mod reading;
mod rules;
mod sign_ins;

use crate::policy::Action::{ManageUsers, ViewAudit};
use crate::web::{Guard, Routes};

/// `/settings/security/…`
pub(super) fn routes() -> Routes {
    let people = Guard::May(ManageUsers);
    Routes::new()
        .get("/settings/security/", Guard::May(ViewAudit), sign_ins::index)
        .get("/settings/security/locks/", people, locks::locks)
        .post("/settings/security/locks/lift/", people, locks::lift)
        .get("/settings/security/reading/", people, reading::show)
        .post("/settings/security/reading/", people, reading::update)
        .get("/settings/security/second-factor/", people, rules::rules)
        .post("/settings/security/second-factor/", people, rules::set_rules)
}
