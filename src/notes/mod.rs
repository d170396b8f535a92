//! Notes: what people write about companies.

mod actions;
mod api;
pub(crate) mod bulk;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{PARTS, add_in, authors, move_all, move_back};
pub(crate) use model::{Unpinned, field_label};
pub(crate) use pages::{AddForm, NoteItem, Reader, add_form, of_company, pinned};

/// `/companies/{id}/notes/…`, `/api/company-notes/…`.
pub(crate) fn routes() -> crate::web::Routes {
    pages::routes().merge(api::routes())
}
