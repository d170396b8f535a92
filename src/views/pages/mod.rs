//! Pages on which people choose how they see the list.

mod columns;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/companies/view/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/companies/view/", Guard::May(Action::ViewBase), columns::edit)
        .post("/companies/view/", Guard::May(Action::ViewBase), columns::update)
        .post("/companies/view/size/", Guard::May(Action::ViewBase), columns::resize)
}
