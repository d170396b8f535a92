//! Addresses of notes.

use crate::companies;
use crate::values::{CompanyId, NoteId};

/// Where a new note is sent.
pub(crate) fn add(company: CompanyId) -> String {
    format!("/companies/{company}/notes/add/")
}

/// Changes a note's text.
pub(crate) fn edit(company: CompanyId, note: NoteId) -> String {
    format!("/companies/{company}/notes/{note}/edit/")
}

/// Removes a note.
pub(crate) fn delete(company: CompanyId, note: NoteId) -> String {
    format!("/companies/{company}/notes/{note}/delete/")
}

/// Pins and unpins a note.
pub(crate) fn pin(company: CompanyId, note: NoteId) -> String {
    format!("/companies/{company}/notes/{note}/pin/")
}

/// The notes on their company's card.
pub(crate) fn list(company: CompanyId) -> String {
    format!("{}#timeline", companies::paths::show(company))
}
