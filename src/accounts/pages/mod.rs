//! Pages of signing in, of the first administrator and of the own password.

mod code;
mod factor;
mod own;
mod setup;
mod sign_in;

use crate::policy::{Action, Role};
use crate::web::{Guard, Opt, Routes};

/// `/login/`, `/logout/`, `/setup/…`, `/account/…`.
pub(crate) fn routes() -> Routes {
    let own = Guard::May(Action::ManageOwnAccount);
    Routes::new()
        .get("/login/", Guard::Public, sign_in::show)
        .post("/login/", Guard::Public, sign_in::create)
        .get("/login/code/", Guard::Public, code::show)
        .post("/login/code/", Guard::Public, code::create)
        .post("/logout/", Guard::Public, sign_in::destroy)
        .get("/setup/{token}/", Guard::Public, setup::show)
        .post("/setup/{token}/", Guard::Public, setup::create)
        .get("/account/password/", own, own::edit)
        .post("/account/password/", own, own::update)
        .get("/account/second-factor/", own, factor::show)
        .post("/account/second-factor/begin/", own, factor::begin)
        .get("/account/second-factor/set-up/", own, factor::set_up)
        .post("/account/second-factor/set-up/", own, factor::confirm)
        .post("/account/second-factor/codes/", own, factor::codes)
        .post("/account/second-factor/codes/file/", own, factor::file)
        .post("/account/second-factor/turn-off/", own, factor::turn_off)
}

/// The roles of a select; `chosen` is a role's code.
pub(crate) fn role_options(chosen: &str) -> Vec<Opt> {
    let option = |role: Role| Opt::new(role.code(), role.label(), role.code() == chosen);
    Role::PEOPLE.into_iter().map(option).collect()
}
