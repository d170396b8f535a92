//! Addresses of this room.

use crate::values::ImportId;

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
