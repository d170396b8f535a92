//! Deals that earlier imports have written as notes: so that none is written twice.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
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
    /// The note as it is, when it is there.
    pub(super) now: Option<NoteNow>,
}

/// A note that a deal was written as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoteNow {
    /// On whose card: cards may have been merged since.
    pub(super) company: Uuid,
    pub(super) text: String,
    pub(super) edited_at: Option<DateTime<Utc>>,
    /// The import that wrote it last.
    pub(super) import: Uuid,
}

/// What undoing must know of a deal's note that was written anew, beside the texts: kept as JSON with the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rewritten {
    pub(super) note: i64,
    /// When a person had edited the former text.
    pub(super) edited_at: Option<DateTime<Utc>>,
    /// By what the deal is known, and what was remembered of it.
    pub(super) uid: String,
    pub(super) import: Uuid,
    pub(super) owner: Uuid,
    pub(super) sha256: String,
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
