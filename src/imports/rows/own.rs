//! Cells of our own exports: one phone or address on each line, its comment behind a dash.

use uuid::Uuid;

use super::{Reader, clean};
use crate::imports::model::Kind;
use crate::imports::reading::{Row, Target};
use crate::values::{Email, Phone, text};

impl Reader<'_> {
    /// A key of the base that the file was taken out of.
    pub(super) fn own_key(&self, row: &Row<'_>, target: Target) -> Option<Uuid> {
        // The key of a contact's company stands beside contacts only; asking for it at a company finds nothing.
        let cell = self.head.cell(&row.cells, target, Kind::Contact);
        Uuid::try_parse(cell.trim()).ok()
    }

    /// The numbers of a cell with their comments.
    pub(super) fn phones_of(&self, cell: &str) -> Vec<(Phone, String)> {
        if !self.head.is_own() {
            let phones = Phone::read_cell(&clean::unescape(cell)).into_iter();
            return phones.map(|phone| (phone, String::new())).collect();
        }
        let lines = cell.lines().map(text::split_comment);
        let phones = lines.filter_map(|(typed, comment)| Some((Phone::read(typed)?, comment.to_owned())));
        phones.collect()
    }

    /// The addresses of a cell with their comments, and what could not be read.
    pub(super) fn emails_of(&self, cell: &str) -> (Vec<(Email, String)>, Vec<String>) {
        if !self.head.is_own() {
            let (emails, unreadable) = Email::read_cell(&clean::unescape(cell));
            let emails = emails.into_iter().map(|email| (email, String::new()));
            return (emails.collect(), unreadable);
        }
        let (mut emails, mut unreadable) = (Vec::new(), Vec::new());
        for (typed, comment) in cell.lines().map(text::split_comment) {
            match Email::parse(typed) {
                Ok(email) => emails.push((email, comment.to_owned())),
                Err(_) if typed.is_empty() => (),
                Err(_) => unreadable.push(typed.to_owned()),
            }
        }
        (emails, unreadable)
    }
}
