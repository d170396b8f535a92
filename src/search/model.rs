//! What a search answers with.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::marks::Marks;
use crate::companies::Meant;
use crate::values::{CompanyId, ContactId, NoteId, Phone};

/// A found company with its own words, by which it may have been found.
#[derive(Clone, Debug, Default)]
pub(super) struct CompanyRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) legal_name: String,
    pub(super) inn: String,
    pub(super) kpp: String,
    pub(super) ogrn: String,
    pub(super) address: String,
    pub(super) website: String,
    pub(super) activity_kind: String,
    pub(super) contact_name: String,
    pub(super) contact_position: String,
    pub(super) is_cold: bool,
    /// Why nobody calls them; `None`: people do.
    pub(super) do_not_call: Option<String>,
    /// Its first number that can be dialled, with «#» before an extension; empty: it has none.
    pub(super) phone: String,
    pub(super) status: String,
    pub(super) status_tone: String,
    pub(super) responsible: String,
}

/// Why something was found, beside what its row shows anyway: «телефон контакта Иванов Пётр», «+7 (912) 345-67-89».
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) label: String,
    pub(super) text: String,
    /// When it is a number: whom it calls.
    pub(super) dial: Option<Dial>,
}

/// A number with whom it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dial {
    pub(super) phone: Phone,
    pub(super) company: Option<Uuid>,
    /// `None`: the company's own.
    pub(super) contact: Option<Uuid>,
    /// Why nobody calls this person; `None`: people do.
    pub(super) do_not_call: Option<String>,
}

/// A company.
#[derive(Clone, Debug)]
pub(super) struct CompanyHit {
    pub(super) row: CompanyRow,
    pub(super) reasons: Vec<Reason>,
}

/// A person, at a company or not.
#[derive(Clone, Debug)]
pub(super) struct PersonHit {
    pub(super) id: ContactId,
    pub(super) name: String,
    pub(super) position: String,
    pub(super) company: Option<(CompanyId, String)>,
    /// Why nobody calls them; `None`: people do.
    pub(super) do_not_call: Option<String>,
    /// As of a company.
    pub(super) phone: String,
    pub(super) reasons: Vec<Reason>,
}

/// A note.
#[derive(Clone, Debug)]
pub(super) struct NoteHit {
    pub(super) id: NoteId,
    pub(super) company: CompanyId,
    pub(super) company_name: String,
    pub(super) author: String,
    pub(super) text: String,
    pub(super) is_pinned: bool,
    pub(super) created_at: DateTime<Utc>,
}

/// The best of a kind.
#[derive(Clone, Debug)]
pub(super) struct Group<T> {
    pub(super) hits: Vec<T>,
    /// Whether there are others.
    pub(super) has_more: bool,
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self {
            hits: Vec::new(),
            has_more: false,
        }
    }
}

/// All that was found, and by what reading.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) companies: Group<CompanyHit>,
    pub(super) people: Group<PersonHit>,
    pub(super) notes: Group<NoteHit>,
    pub(super) marks: Marks,
    pub(super) meant: Meant,
}

impl Found {
    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.companies.hits.is_empty() && self.people.hits.is_empty() && self.notes.hits.is_empty()
    }
}

/// How many of each kind are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub(super) companies: usize,
    pub(super) others: usize,
}

impl Most {
    /// What a dialog holds without being scrolled far.
    pub(super) const DIALOG: Self = Self {
        companies: 6,
        others: 4,
    };
    /// A page.
    pub(super) const PAGE: Self = Self {
        companies: 20,
        others: 20,
    };
}

/// A company among candidates: what its place depends on.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Candidate {
    pub(super) id: Uuid,
    pub(super) name_key: String,
    pub(super) inn: String,
}

impl Candidate {
    /// The smaller, the better: the very number, the very name, names that begin so, names with all the words, the rest.
    pub(super) fn rank(&self, typed: &str, key: &str, marks: &Marks) -> u8 {
        if self.inn == typed {
            0
        } else if !key.is_empty() && self.name_key == key {
            1
        } else if !key.is_empty() && self.name_key.starts_with(key) {
            2
        } else if marks.found_in(&self.name_key) == marks.all() {
            3
        } else {
            4
        }
    }
}
