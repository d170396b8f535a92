//! Addresses of this room.

use crate::values::ImportId;

/// The form and the list.
pub(crate) const INDEX: &str = "/settings/import/";

/// One import.
pub(crate) fn show(id: ImportId) -> String {
    format!("{INDEX}{id}/")
}

/// Its report.
pub(crate) fn report(id: ImportId) -> String {
    format!("{INDEX}{id}/report.csv")
}
