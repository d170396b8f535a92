//! Contacts: people at companies, with typed phones and e-mails.

mod actions;
mod api;
pub(crate) mod bulk;
mod forms;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{
    Joined, PARTS, TOGETHER, absorb, admit, chosen_rows, found, give_up, grow, image, lock_together, lost_words, mixed,
    move_all, move_back, of_companies,
};
pub(crate) use api::stale;
pub(crate) use model::{Contact, PeopleFilter, field_label};
pub(crate) use pages::{ContactsFragment, HolderView, also, fragment};
pub(crate) use queries::push_people;

/// `/contacts/…`, `/companies/{id}/contacts/…`, and `/api/contacts/…`, but for deleting.
pub(crate) fn routes() -> crate::web::Routes {
    pages::routes().merge(api::routes())
}
