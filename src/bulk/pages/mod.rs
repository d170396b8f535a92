//! Pages of acts on many companies.

mod index;
mod show;
mod start;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/companies/bulk/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/companies/bulk/", Guard::May(Action::RunBulkAct), index::index)
        .post("/companies/bulk/", Guard::May(Action::RunBulkAct), start::start)
        .get("/companies/bulk/{id}/", Guard::May(Action::RunBulkAct), show::show)
        .post("/companies/bulk/{id}/run/", Guard::May(Action::RunBulkAct), show::run)
        .post(
            "/companies/bulk/{id}/undo/",
            Guard::May(Action::UndoBulkAct),
            show::undo,
        )
}
