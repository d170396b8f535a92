//! Pages of contacts, and their piece of a company's card.

mod form;
mod list;

use crate::policy::Action;
use crate::web::{Guard, Routes};

pub(crate) use list::{ContactsFragment, fragment};

/// `/companies/{id}/contacts/new/`, `/contacts/{id}/edit/`.
pub(crate) fn routes() -> Routes {
    let guard = Guard::May(Action::EditContact);
    Routes::new()
        .get("/companies/{id}/contacts/new/", guard, form::new)
        .post("/companies/{id}/contacts/new/", guard, form::create)
        .get("/contacts/{id}/edit/", guard, form::edit)
        .post("/contacts/{id}/edit/", guard, form::update)
}
