//! Addresses of notices.

use uuid::Uuid;

/// All that one was told.
pub(super) const LIST: &str = "/notifications/";
/// What one wants to hear of.
pub(super) const SETTINGS: &str = "/notifications/settings/";

/// Opens what a notice is about.
pub(super) fn open(id: Uuid) -> String {
    format!("/notifications/{id}/open/")
}

/// Marks a notice read.
pub(super) fn read(id: Uuid) -> String {
    format!("/notifications/{id}/read/")
}
