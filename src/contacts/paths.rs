//! Addresses of contacts.

use crate::companies;
use crate::values::{CompanyId, ContactId};

/// The list of all people.
pub(crate) const PEOPLE: &str = "/contacts/";
/// The form of a person without a company.
pub(crate) const NEW_PERSON: &str = "/contacts/new/";

/// A person.
pub(crate) fn show(id: ContactId) -> String {
    format!("/contacts/{id}/")
}

/// Goes over to another company.
pub(crate) fn relocate(id: ContactId) -> String {
    format!("/contacts/{id}/relocate/")
}

/// The mark «Не звонить».
pub(crate) fn do_not_call(id: ContactId) -> String {
    format!("/contacts/{id}/do-not-call/")
}

/// A name and a number, from the card.
pub(crate) fn quick(company: CompanyId) -> String {
    format!("/companies/{company}/contacts/quick/")
}

/// The form of a new contact.
pub(crate) fn new(company: CompanyId) -> String {
    format!("/companies/{company}/contacts/new/")
}

/// The form of a known contact.
pub(crate) fn edit(id: ContactId) -> String {
    format!("/contacts/{id}/edit/")
}

/// The question before a contact goes into the trash.
pub(crate) fn delete(id: ContactId) -> String {
    format!("/contacts/{id}/delete/")
}

/// The contacts on their company's card.
pub(crate) fn list(company: CompanyId) -> String {
    format!("{}#contacts", companies::paths::show(company))
}

/// One contact on its company's card.
pub(crate) fn on_card(company: CompanyId, id: ContactId) -> String {
    format!("{}#contact-{id}", companies::paths::show(company))
}
