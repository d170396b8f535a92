//! `/settings/import/`: the form, the list, columns to explain, one import and its report.

mod acts;
mod columns;
mod download;
mod index;
mod show;
mod undo;
mod upload;

use super::paths;
use super::reading::MOST_BYTES;
use crate::policy::Action;
use crate::web::{Guard, Routes};

/// What a form adds to its file.
const FORM_BYTES: usize = 64 * 1024;

/// All addresses of this room.
pub(crate) fn routes() -> Routes {
    let guard = Guard::May(Action::ImportBase);
    Routes::new()
        .get(paths::INDEX, guard, index::show)
        .post_upload(paths::INDEX, guard, upload::create, MOST_BYTES + FORM_BYTES)
        .get("/settings/import/columns/{id}/", guard, columns::edit)
        .post("/settings/import/columns/{id}/", guard, columns::create)
        .post("/settings/import/presets/{fingerprint}/forget/", guard, columns::forget)
        .get("/settings/import/{id}/", guard, show::show)
        .get("/settings/import/{id}/report.csv", guard, download::csv)
        .get("/settings/import/{id}/report.xlsx", guard, download::xlsx)
        .post("/settings/import/{id}/run/", guard, acts::run)
        .post("/settings/import/{id}/pause/", guard, acts::pause)
        .post("/settings/import/{id}/go-on/", guard, acts::go_on)
        .post("/settings/import/{id}/stop/", guard, acts::stop)
        .get("/settings/import/{id}/undo/", guard, undo::show)
        .post("/settings/import/{id}/undo/check/", guard, undo::check)
        .post("/settings/import/{id}/undo/run/", guard, undo::run)
}
