//! Notes: what people write about companies.

mod actions;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;

pub(crate) use model::field_label;
pub(crate) use pages::{AddForm, NoteItem, Reader, add_form, of_company, pinned, routes};
