//! `/settings/import/tasks/`.

mod index;
mod show;
mod upload;

use super::paths;
use crate::policy::Action;
use crate::web::{Guard, Routes};

/// The largest file, with what its form adds.
const MOST_BYTES: usize = 20 * 1024 * 1024;
const FORM_BYTES: usize = 64 * 1024;

/// All addresses of this room.
pub(crate) fn routes() -> Routes {
    let guard = Guard::May(Action::ImportBase);
    Routes::new()
        .get(paths::INDEX, guard, index::show)
        .post_upload(paths::INDEX, guard, upload::create, MOST_BYTES + FORM_BYTES)
        .get("/settings/import/tasks/{id}/", guard, show::show)
        .post("/settings/import/tasks/{id}/run/", guard, show::run)
}
