//! Addresses of companies.

use crate::values::CompanyId;

pub(crate) const LIST: &str = "/companies/";
/// The list without a filter; the bare address is what the reader's list opens with.
pub(crate) use crate::views::ALL_PATH as ALL;
pub(crate) const NEW: &str = "/companies/new/";

/// The list as a file.
pub(crate) const EXPORT: &str = "/companies/export/";

/// The card.
pub(crate) fn show(id: CompanyId) -> String {
    format!("/companies/{id}/")
}

/// The full form.
pub(crate) fn edit(id: CompanyId) -> String {
    format!("/companies/{id}/edit/")
}

/// One field alone.
pub(crate) fn field(id: CompanyId, name: &str) -> String {
    format!("/companies/{id}/fields/{name}/")
}

/// The mark «Не звонить».
pub(crate) fn do_not_call(id: CompanyId) -> String {
    format!("/companies/{id}/do-not-call/")
}

/// The choice of the head organisation.
pub(crate) fn head(id: CompanyId) -> String {
    format!("/companies/{id}/head/")
}

/// Another responsible.
pub(crate) fn transfer(id: CompanyId) -> String {
    format!("/companies/{id}/transfer/")
}

/// Where the card's quick form is sent.
pub(crate) fn update_status(id: CompanyId) -> String {
    format!("/companies/{id}/update/")
}
