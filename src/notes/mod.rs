//! Notes: what people write about companies.

mod actions;
pub(crate) mod bulk;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{PARTS, add_in, authors, move_all, move_back};
pub(crate) use model::{Unpinned, field_label};
pub(crate) use pages::{AddForm, NoteItem, Reader, add_form, of_company, pinned, routes};
