//! Addresses of deletions and of the trash.

use crate::values::{CompanyId, RequestId, TrashId};

/// Requests that wait for a decision.
pub(super) const REQUESTS: &str = "/companies/deletions/";
/// The trash.
pub(super) const TRASH: &str = "/settings/trash/";

/// The question before a company is deleted.
pub(super) fn delete(id: CompanyId) -> String {
    format!("/companies/{id}/delete/")
}

/// The form of a request.
pub(super) fn ask(id: CompanyId) -> String {
    format!("/companies/{id}/delete-request/")
}

/// A request that waits; the decisions about it lie beside it.
pub(super) fn request(company: CompanyId, id: RequestId) -> String {
    format!("/companies/{company}/delete-request/{id}/")
}

/// A record in the trash; what can be done to it lies beside it.
pub(super) fn item(id: TrashId) -> String {
    format!("{TRASH}{id}/")
}

/// The question before a record is erased for good.
pub(super) fn erase(id: TrashId) -> String {
    format!("{TRASH}{id}/erase/")
}
