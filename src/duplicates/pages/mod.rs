//! Pages of duplicates.

mod denied;
mod index;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/duplicates/…`
pub(crate) fn routes() -> Routes {
    let merge = Guard::May(Action::MergeCompanies);
    Routes::new()
        .get("/duplicates/", merge, index::index)
        .post("/duplicates/", merge, index::act)
        .post("/duplicates/find/", Guard::May(Action::ManageSystem), index::find)
        .get("/duplicates/denied/", merge, denied::index)
        .post("/duplicates/denied/", merge, denied::allow)
}
