//! Taking a whole import back: what it made and nobody has touched goes, fields that still say what it wrote say what
//! they said before, the rest stays and is named. Contacts first, then companies; some hundred records in one transaction.
//! A check does all but the writing.

mod judge;
mod work;
mod write;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::deals::Rewritten;

pub(super) use work::Undoing;

/// What became of a record, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The import made it, and it goes.
    Removed,
    /// All that the import changed is as before.
    Restored,
    /// Some of it is.
    Partly,
    /// It stays as it is.
    Left,
}

impl Verdict {
    /// All of them, in the order of a summary.
    pub(crate) const ALL: [Self; 4] = [Self::Removed, Self::Restored, Self::Partly, Self::Left];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Restored => "restored",
            Self::Partly => "partly",
            Self::Left => "left",
        }
    }

    /// The verdict with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }
}

/// A record as the import left it.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    pub(super) id: Uuid,
    pub(super) is_created: bool,
    pub(super) version: i32,
    pub(super) updated_after: DateTime<Utc>,
    pub(super) updated_before: Option<DateTime<Utc>>,
    pub(super) had_marks: bool,
    pub(super) notes: Vec<i64>,
}

/// A record as it stands now, beside its fields.
#[derive(Clone, Debug)]
pub(super) struct Now {
    pub(super) version: i32,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) title: String,
    /// The company itself, or the contact's.
    pub(super) company: Option<Uuid>,
}

/// A field that the import changed.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) field: String,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) old_text: String,
    pub(super) new_text: String,
    pub(super) old_mark: Option<String>,
}

/// A phone or an e-mail that is there.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) id: i64,
    pub(super) is_phone: bool,
    pub(super) raw: String,
    /// The comment or the kind.
    pub(super) word: String,
    /// By what it is compared.
    pub(super) key: String,
}

/// Something refers to a record.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: Uuid,
    /// The table.
    pub(super) by: String,
}

/// A note that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoteNow {
    pub(super) company: Uuid,
    pub(super) id: i64,
    pub(super) is_touched: bool,
}

/// The note of a deal that is to say again what it said.
#[derive(Clone, Debug)]
pub(super) struct GivenBack {
    pub(super) text: String,
    pub(super) known: Rewritten,
}

/// One line of what undoing does.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// `company`, `contact`; `name`: an entry of a dictionary.
    pub(crate) entity: String,
    /// The record.
    pub(crate) record: Option<Uuid>,
    /// Its name.
    pub(crate) title: String,
    /// What became of it.
    pub(crate) verdict: Verdict,
    /// Why it stays; which fields.
    pub(crate) message: String,
}
