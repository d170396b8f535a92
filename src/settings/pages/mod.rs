//! Pages of the settings and the fields they share.

mod activity;
mod branches;
mod dictionaries;
mod exports;
mod jobs;
mod narrowing;
mod overview;
mod security;
mod system;
mod user;
mod user_acts;
mod user_fields;
mod users;

use crate::policy::Action::{ManageBranches, ManageDictionaries, ManageUsers, ViewAudit};
use crate::web::{Guard, Routes};

/// `/settings/…` and `/admin/`.
pub(crate) fn routes() -> Routes {
    let people = Guard::May(ManageUsers);
    let branches = Guard::May(ManageBranches);
    Routes::new()
        .get("/admin/", people, overview::old_address)
        .get("/settings/", people, overview::show)
        .get("/settings/styleguide/", people, overview::styleguide)
        .merge(user_routes())
        .merge(system::routes())
        .merge(jobs::routes())
        .get("/settings/activity/", Guard::May(ViewAudit), activity::index)
        .post("/settings/activity/export/", Guard::May(ViewAudit), activity::export)
        .get("/settings/exports/", Guard::May(ViewAudit), exports::index)
        .merge(security::routes())
        .merge(dictionary_routes())
        .get("/settings/branches/", branches, branches::index)
        .get("/settings/branches/new/", branches, branches::new)
        .post("/settings/branches/new/", branches, branches::create)
        .get("/settings/branches/{id}/edit/", branches, branches::edit)
        .post("/settings/branches/{id}/edit/", branches, branches::update)
}

/// `/settings/users/…`
fn user_routes() -> Routes {
    let people = Guard::May(ManageUsers);
    Routes::new()
        .get("/settings/users/", people, users::index)
        .get("/settings/users/new/", people, users::new)
        .post("/settings/users/new/", people, users::create)
        .get("/settings/users/{id}/edit/", people, user::edit)
        .post("/settings/users/{id}/edit/", people, user::update)
        .post("/settings/users/{id}/deactivate/", people, user_acts::deactivate)
        .post("/settings/users/{id}/activate/", people, user_acts::activate)
        .post(
            "/settings/users/{id}/reset-password/",
            people,
            user_acts::reset_password,
        )
        .post("/settings/users/{id}/end-sessions/", people, user_acts::end_sessions)
        .post(
            "/settings/users/{id}/sessions/{session}/end/",
            people,
            user_acts::end_session,
        )
        .post("/settings/users/{id}/unlock/", people, user_acts::unlock)
        .post(
            "/settings/users/{id}/reset-second-factor/",
            people,
            user_acts::reset_second_factor,
        )
}

/// `/settings/dictionaries/…`
fn dictionary_routes() -> Routes {
    let guard = Guard::May(ManageDictionaries);
    Routes::new()
        .get("/settings/dictionaries/", guard, dictionaries::overview)
        .get("/settings/dictionaries/{kind}/", guard, dictionaries::index)
        .get("/settings/dictionaries/{kind}/new/", guard, dictionaries::new)
        .post("/settings/dictionaries/{kind}/new/", guard, dictionaries::create)
        .get("/settings/dictionaries/{kind}/{key}/edit/", guard, dictionaries::edit)
        .post("/settings/dictionaries/{kind}/{key}/edit/", guard, dictionaries::update)
        .post("/settings/dictionaries/{kind}/{key}/up/", guard, dictionaries::up)
        .post("/settings/dictionaries/{kind}/{key}/down/", guard, dictionaries::down)
        .get(
            "/settings/dictionaries/{kind}/{key}/remove/",
            guard,
            dictionaries::ask_remove,
        )
        .post(
            "/settings/dictionaries/{kind}/{key}/remove/",
            guard,
            dictionaries::remove,
        )
}

/// A field in which one's own text and what somebody else saved meanwhile differ.
struct Difference {
    label: &'static str,
    mine: String,
    theirs: String,
}

/// Both versions of the fields that differ.
fn differences(fields: impl IntoIterator<Item = (&'static str, String, String)>) -> Vec<Difference> {
    let fields = fields.into_iter().filter(|(_, mine, theirs)| mine != theirs);
    fields
        .map(|(label, mine, theirs)| Difference { label, mine, theirs })
        .collect()
}
