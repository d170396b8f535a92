//! `/settings/import/`: the form, the list, one import and its report.

mod index;
mod show;
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
        .get("/settings/import/{id}/", guard, show::show)
        .get("/settings/import/{id}/report.csv", guard, show::report)
}
