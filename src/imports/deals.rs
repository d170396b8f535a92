//! Deals that earlier imports have written as notes: so that none is written twice.

use uuid::Uuid;

use crate::values::NoteId;

/// A deal that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownDeal {
    /// The company, or the contact, that it was written to.
    pub(super) owner: Uuid,
    /// Of the text as it was written.
    pub(super) sha256: String,
    /// What has become of it.
    pub(super) note: NoteState,
    /// Whether the import that wrote it was undone.
    pub(super) is_undone: bool,
}

/// What has become of a note that an import wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoteState {
    /// It is as it was written.
    Ours(NoteId),
    /// A person has changed it.
    Edited(NoteId),
    /// It is there no more.
    Gone,
    /// It stands in the note of a contact.
    OfContact,
    /// A row of the same file wrote it.
    OfThisFile,
}
