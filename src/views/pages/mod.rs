//! Pages on which people choose how they see the list.

mod columns;
mod saved;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/companies/view/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/companies/view/", Guard::May(Action::ViewBase), columns::edit)
        .post("/companies/view/", Guard::May(Action::ViewBase), columns::update)
        .post("/companies/view/size/", Guard::May(Action::ViewBase), columns::resize)
        .get("/companies/saved/", Guard::May(Action::ViewBase), saved::index)
        .post("/companies/saved/", Guard::May(Action::ViewBase), saved::create)
        .post("/companies/saved/open/", Guard::May(Action::ViewBase), saved::open)
        .post("/companies/saved/{id}/", Guard::May(Action::ViewBase), saved::update)
        .post(
            "/companies/saved/{id}/delete/",
            Guard::May(Action::ViewBase),
            saved::delete,
        )
}
