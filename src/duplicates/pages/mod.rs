//! Pages of duplicates.

mod card;
mod denied;
mod index;
mod merge;
mod people;
mod split;

use crate::policy::Action;
use crate::web::{Guard, Routes};

pub(crate) use card::{MergeNotice, merge_notice, to_heir};

/// `/duplicates/…`, `/companies/<uuid>/merge/`, `/contacts/<uuid>/merge/`.
pub(crate) fn routes() -> Routes {
    let may_merge = Guard::May(Action::MergeCompanies);
    let may_edit = Guard::May(Action::EditContact);
    Routes::new()
        .get("/duplicates/", may_merge, index::index)
        .post("/duplicates/", may_merge, index::act)
        .post("/duplicates/find/", Guard::May(Action::ManageSystem), index::find)
        .get("/duplicates/denied/", may_merge, denied::index)
        .post("/duplicates/denied/", may_merge, denied::allow)
        .get("/companies/{id}/merge/", may_merge, merge::ask)
        .post("/companies/{id}/merge/", may_merge, merge::merge)
        .get("/contacts/{id}/merge/", may_edit, people::ask)
        .post("/contacts/{id}/merge/", may_edit, people::merge)
        .get("/duplicates/merges/{id}/", may_merge, split::show)
        .post("/duplicates/merges/{id}/split/", may_merge, split::split)
}
