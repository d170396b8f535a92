//! Contacts: people at companies, with typed phones and e-mails.

mod actions;
pub(crate) mod bulk;
mod forms;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{PARTS, admit};
pub(crate) use model::field_label;
pub(crate) use pages::{ContactsFragment, HolderView, also, fragment, routes};
