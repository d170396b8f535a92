//! The part of the table that is about letters.

use super::table::{DONE, Line, SHOWN};
use super::who::Who;

/// A letter that is written down, or changed.
const LETTER: &[(&str, &str)] = &[
    ("direction", "in"),
    ("date", "2026-11-20"),
    ("time", "12:30"),
    ("from", "a@b.example"),
    ("to", "c@d.example"),
    ("subject", "Счёт"),
    ("text", "Иначе"),
    ("version", "1"),
];

pub(super) const TABLE: &[Line] = &[
    ("GET", "/companies/{id}/letters/upload/", Who::Everyone, &[], SHOWN),
    // Nothing is chosen.
    ("POST", "/companies/{id}/letters/upload/", Who::Everyone, &[], &[422]),
    ("GET", "/companies/{id}/letters/new/", Who::Everyone, &[], SHOWN),
    ("POST", "/companies/{id}/letters/new/", Who::Everyone, LETTER, DONE),
    ("GET", "/letters/{id}/", Who::Everyone, &[], SHOWN),
    ("GET", "/letters/{id}/edit/", Who::NoteEditor, &[], SHOWN),
    ("POST", "/letters/{id}/edit/", Who::NoteEditor, LETTER, DONE),
    ("POST", "/letters/{id}/delete/", Who::Author, &[], DONE),
];
