//! Pages of contacts, and their piece of a company's card.

mod conflict;
mod do_not_call;
mod form;
mod list;
mod people;
mod quick;
mod relocate;
mod same;

use crate::policy::Action;
use crate::values::CompanyId;
use crate::web::{Guard, Routes, Section};

pub(crate) use list::{ContactsFragment, fragment};
pub(crate) use same::{HolderView, also};

/// `/contacts/…`, `/companies/{id}/contacts/…`.
pub(crate) fn routes() -> Routes {
    let guard = Guard::May(Action::EditContact);
    let (read, person) = (Guard::May(Action::ViewBase), Guard::May(Action::EditPerson));
    Routes::new()
        .get("/contacts/", read, people::index)
        .get("/contacts/same/", read, same::index)
        .get("/contacts/new/", person, form::new_person)
        .post("/contacts/new/", person, form::create_person)
        .get("/contacts/{id}/", read, people::show)
        .get("/companies/{id}/contacts/new/", guard, form::new)
        .post("/companies/{id}/contacts/new/", guard, form::create)
        .post("/companies/{id}/contacts/quick/", guard, quick::create)
        .get("/contacts/{id}/edit/", guard, form::edit)
        .post("/contacts/{id}/edit/", guard, form::update)
        .get("/contacts/{id}/relocate/", guard, relocate::ask)
        .post("/contacts/{id}/relocate/", guard, relocate::relocate)
        .get("/contacts/{id}/do-not-call/", guard, do_not_call::edit)
        .post("/contacts/{id}/do-not-call/", guard, do_not_call::update)
        .post("/contacts/{id}/do-not-call/clear/", guard, do_not_call::clear)
}

/// Which item of the menu is lit beside a contact.
fn section(company: Option<CompanyId>) -> Section {
    if company.is_some() {
        Section::Companies
    } else {
        Section::Contacts
    }
}
