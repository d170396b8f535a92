//! Addresses of notes.

use chrono::{DateTime, Utc};

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

/// One note among the notes of its company's card: the page of them that begins with it.
pub(crate) fn show(company: CompanyId, note: NoteId, created_at: DateTime<Utc>) -> String {
    let (card, micros) = (companies::paths::show(company), created_at.timestamp_micros());
    format!("{card}?feed=notes&before={micros}.notes.{}#note-{note}", note.0 + 1)
}

/// A pinned note, which stands on top of its company's card.
pub(crate) fn on_top(company: CompanyId, note: NoteId) -> String {
    format!("{}#note-{note}", companies::paths::show(company))
}
