//! Pages of signing in, of the first administrator and of the own password.

mod own;
mod setup;
mod sign_in;

use crate::policy::{Action, Role};
use crate::web::{Guard, Opt, Routes};

/// `/login/`, `/logout/`, `/setup/…`, `/account/…`.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/login/", Guard::Public, sign_in::show)
        .post("/login/", Guard::Public, sign_in::create)
        .post("/logout/", Guard::Public, sign_in::destroy)
        .get("/setup/{token}/", Guard::Public, setup::show)
        .post("/setup/{token}/", Guard::Public, setup::create)
        .get("/account/password/", Guard::May(Action::ManageOwnAccount), own::edit)
        .post("/account/password/", Guard::May(Action::ManageOwnAccount), own::update)
}

/// The roles of a select; `chosen` is a role's code.
pub(crate) fn role_options(chosen: &str) -> Vec<Opt> {
    let option = |role: Role| Opt::new(role.code(), role.label(), role.code() == chosen);
    Role::PEOPLE.into_iter().map(option).collect()
}
