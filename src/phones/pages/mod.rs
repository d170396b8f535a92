//! Pages of phones: one's own, and all for administrators.

mod all;
mod list;
mod mine;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/mobile-app/…`, `/settings/phones/…`
pub(super) fn routes() -> Routes {
    let own = Guard::May(Action::UsePhone);
    let people = Guard::May(Action::ManageUsers);
    Routes::new()
        .get("/mobile-app/", own, mine::show)
        .get("/mobile-app/phones/", own, mine::list)
        .post("/mobile-app/connect/", own, mine::connect)
        .get("/mobile-app/qr.png", own, mine::picture)
        .post("/mobile-app/phones/{id}/take-off/", own, mine::take_off)
        .get("/settings/phones/", people, all::index)
        .get("/settings/phones/{id}/", people, all::show)
        .post("/settings/phones/{id}/take-off/", people, all::take_off)
}
