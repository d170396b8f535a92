//! Addresses of calls.

use uuid::Uuid;

use crate::values::CallId;

/// Where a click goes.
pub(super) const ASK: &str = "/phone/call/";
/// One's own calls.
pub(super) const OWN: &str = "/calls/";
/// What is going on right now, as a piece of a page.
pub(super) const BAR: &str = "/calls/bar/";

/// How calls go here.
pub(super) const SETTINGS: &str = "/settings/phones/requests/";

/// What a person says of a call.
pub(crate) fn outcome(id: CallId) -> String {
    format!("/calls/{id}/outcome/")
}

/// Marks the cold call of a contact.
pub(super) fn mark_contact(id: Uuid) -> String {
    format!("/contacts/{id}/cold-call/toggle/")
}

/// Marks the cold call of a company's main number.
pub(super) fn mark_company(id: Uuid) -> String {
    format!("/companies/{id}/cold-call/toggle/")
}

/// Takes a request back.
pub(super) fn cancel(id: CallId) -> String {
    format!("/calls/{id}/cancel/")
}

/// Puts a call off the screen.
pub(super) fn put_away(id: CallId) -> String {
    format!("/calls/{id}/put-away/")
}
