//! Pages of phones: one's own, and all for administrators.

mod all;
mod apps;
mod list;
mod mine;

use super::model::MOST_APP_BYTES;
use super::paths;
use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/mobile-app/…`, `/settings/phones/…`
pub(super) fn routes() -> Routes {
    let own = Guard::May(Action::UsePhone);
    let people = Guard::May(Action::ManageUsers);
    let system = Guard::May(Action::ManageSystem);
    Routes::new()
        .get("/mobile-app/", own, mine::show)
        .get("/mobile-app/phones/", own, mine::list)
        .post("/mobile-app/connect/", own, mine::connect)
        .get("/mobile-app/qr.png", own, mine::picture)
        .post("/mobile-app/phones/{id}/take-off/", own, mine::take_off)
        .get("/mobile-app/download/{id}/", own, apps::download)
        .get("/mobile-app/get/{token}/", Guard::Token, apps::get)
        .get(paths::APP, system, apps::index)
        // What is over the limit is read to its end as far as twice that, so that the browser hears why.
        .post_upload(paths::APP, system, apps::create, 2 * MOST_APP_BYTES)
        .post("/settings/phones/app/{id}/withdraw/", system, apps::withdraw)
        .post("/settings/phones/app/{id}/bring-back/", system, apps::bring_back)
        .get("/settings/phones/", people, all::index)
        .get("/settings/phones/{id}/", people, all::show)
        .post("/settings/phones/{id}/take-off/", people, all::take_off)
}
