//! Search words of new cards: the twin of `company_search()` in the database, which would have to write each new row
//! twice. `verify` and a test hold the two together.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Field, Record};
use crate::values::text::words;

/// The longest word that is kept.
const LONGEST: usize = 100;

/// Words that a card has from its phones, e-mails and people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(BTreeSet<String>);

impl Words {
    /// A phone by its compared digits, whole and without the area code.
    pub(crate) fn add_phone(&mut self, digits: &str) {
        if digits.is_empty() {
            return;
        }
        self.0.insert(digits.to_owned());
        self.0.insert(digits[digits.len().saturating_sub(7)..].to_owned());
    }

    /// An e-mail, whole and in parts.
    pub(crate) fn add_email(&mut self, value: &str) {
        self.0.extend(words(value));
        self.0.insert(value.to_lowercase());
    }

    /// Names and posts.
    pub(crate) fn add_texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        texts.into_iter().for_each(|text| self.0.extend(words(text)));
    }

    /// With the words of the company itself, as a `tsvector` is written.
    pub(super) fn to_tsvector(&self, company: &Record) -> String {
        let own = [
            Field::Name,
            Field::LegalName,
            Field::Inn,
            Field::Kpp,
            Field::Ogrn,
            Field::Address,
            Field::Website,
            Field::ActivityKind,
            Field::ContactName,
            Field::ContactPosition,
        ];
        let mut all = self.clone();
        all.add_texts(own.into_iter().map(|field| company.values[field as usize].as_str()));
        let mut out = String::with_capacity(all.0.len() * 16);
        for word in &all.0 {
            let word: String = word.chars().take(LONGEST).collect();
            let word = word.replace('\\', "\\\\").replace('\'', "''");
            let space = if out.is_empty() { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(out, "{space}'{word}'");
        }
        out
    }
}
