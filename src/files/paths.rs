//! Addresses of files.

use crate::values::FileId;

/// Where a file is sent before its note is.
pub(crate) const UPLOAD: &str = "/files/";

/// The file as an attachment.
pub(crate) fn show(id: FileId) -> String {
    format!("/files/{id}/")
}

/// A picture for a page.
pub(crate) fn view(id: FileId) -> String {
    format!("/files/{id}/view/")
}
