//! Addresses of acts on many companies.

use crate::values::BulkActId;

/// One act: before it is done, what it would do; afterwards, what it did.
pub(crate) fn show(id: BulkActId) -> String {
    format!("/companies/bulk/{id}/")
}
