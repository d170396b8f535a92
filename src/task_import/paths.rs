//! Addresses of this room.

use uuid::Uuid;

/// The form.
pub(super) const INDEX: &str = "/settings/import/tasks/";

/// One file: what it would bring, or what it has brought.
pub(super) fn show(id: Uuid) -> String {
    format!("{INDEX}{id}/")
}
