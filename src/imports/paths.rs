//! Addresses of this room.

use crate::values::{DraftId, ImportId};

/// The form and the list.
pub(crate) const INDEX: &str = "/settings/import/";

/// One import.
pub(crate) fn show(id: ImportId) -> String {
    format!("{INDEX}{id}/")
}

/// Its undoing.
pub(crate) fn undo(id: ImportId) -> String {
    format!("{INDEX}{id}/undo/")
}

/// A file whose columns are to be explained.
pub(crate) fn columns(id: DraftId) -> String {
    format!("{INDEX}columns/{id}/")
}

/// Forgetting what was said of files with a heading.
pub(crate) fn forget(fingerprint: &str) -> String {
    format!("{INDEX}presets/{fingerprint}/forget/")
}
