//! Pages of signing in, of the first administrator and of the own password.

mod account;
mod code;
mod devices;
mod door;
mod enrol;
mod factor;
mod own;
mod setup;
mod sign_in;

pub(crate) use devices::{SessionList, session_list};

use super::actions::Caller;
use crate::error::{Error, Result};
use crate::policy::{Action, Role};
use crate::values::Origin;
use crate::web::{Guard, Opt, Routes, Viewer};

/// `/login/`, `/logout/`, `/setup/…`, `/account/…`.
pub(crate) fn routes() -> Routes {
    let own = Guard::May(Action::ManageOwnAccount);
    Routes::new()
        .get("/login/", Guard::Public, sign_in::show)
        .post("/login/", Guard::Public, sign_in::create)
        .get("/login/code/", Guard::Public, code::show)
        .post("/login/code/", Guard::Public, code::create)
        .get("/login/second-factor/", Guard::Public, enrol::show)
        .post("/login/second-factor/", Guard::Public, enrol::create)
        .post("/logout/", Guard::Public, sign_in::destroy)
        .get("/setup/{token}/", Guard::Public, setup::show)
        .post("/setup/{token}/", Guard::Public, setup::create)
        .get("/account/", own, account::show)
        .get("/account/sessions/", own, devices::index)
        .post("/account/sessions/{id}/end/", own, devices::end)
        .post("/account/sessions/end-others/", own, devices::end_others)
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

/// The signed-in person at this browser.
fn caller<'a>(viewer: &Viewer, origin: &'a Origin) -> Result<Caller<'a>> {
    Ok(Caller {
        actor: viewer.actor()?,
        session: viewer.session.ok_or(Error::NotFound)?,
        origin,
    })
}

/// The roles of a select; `chosen` is a role's code.
pub(crate) fn role_options(chosen: &str) -> Vec<Opt> {
    let option = |role: Role| Opt::new(role.code(), role.label(), role.code() == chosen);
    Role::PEOPLE.into_iter().map(option).collect()
}
