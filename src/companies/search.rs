//! What somebody typed into a search box → what Postgres is asked.
//!
//! Words are matched by their beginnings, in any order, against the words of a card; a number is a phone in any format
//! or an ИНН. Only when nothing is found: the other keyboard layout, then similar names.

use crate::values::{Phone, text};

/// The longest search text, in characters.
pub(crate) const LONGEST: usize = 200;

/// A search text, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// As typed, trimmed and cut.
    pub(crate) typed: String,
    /// A `tsquery`; empty: nothing to look for.
    pub(crate) query: String,
}

impl Terms {
    /// Reads a search text; `None` when there is nothing in it.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().take(LONGEST).collect();
        let query = match Phone::query_digits(&typed) {
            // Bare digits may be a taxpayer number as well, which is longer than what phones are compared by.
            Some(digits) if digits != typed && typed.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{digits}:* | {typed}:*")
            }
            Some(digits) => format!("{digits}:*"),
            None => words(&typed),
        };
        (!query.is_empty()).then_some(Self { typed, query })
    }

    /// The same keys pressed in the other keyboard layout.
    pub(crate) fn swapped(&self) -> Option<Self> {
        let typed = text::swap_layout(&self.typed)?;
        let query = words(&typed);
        (!query.is_empty() && query != self.query).then_some(Self { typed, query })
    }

    /// For the comparison with similar names.
    pub(crate) fn name_key(&self) -> String {
        text::name_key(&self.typed)
    }
}

/// Every word by its beginning, all of them. Words hold letters and digits only, so nothing needs quoting.
///
/// A legal form beside other words is meant whole: the index skips through the rows of a whole word, while it reads all
/// rows of a beginning, and half of the base is «ООО».
fn words(typed: &str) -> String {
    let words = text::words(typed);
    let is_alone = words.len() == 1;
    let is_whole = |word: &str| !is_alone && text::is_short_form(word);
    let words = words.iter().map(|word| {
        if is_whole(word) {
            word.clone()
        } else {
            format!("{word}:*")
        }
    });
    words.collect::<Vec<_>>().join(" & ")
}

#[cfg(test)]
mod tests {
    use super::Terms;

    fn query(typed: &str) -> String {
        Terms::read(typed).map(|terms| terms.query).unwrap_or_default()
    }

    #[test]
    fn words_are_beginnings_in_any_order() {
        assert_eq!(query("Ёлка  «Север-Строй»"), "елка:* & север:* & строй:*");
        assert_eq!(query("  «»  "), "");
        assert_eq!(query("a' | !b"), "a:* & b:*");
    }

    #[test]
    fn a_phone_in_any_format_is_its_ten_digits() {
        for typed in ["8 (912) 345-67-89", "+7 912 345 67 89", "9123456789"] {
            assert_eq!(query(typed), "9123456789:*", "{typed}");
        }
    }

    #[test]
    fn bare_digits_may_be_a_taxpayer_number() {
        assert_eq!(query("500100732259"), "0100732259:* | 500100732259:*");
        assert_eq!(query("89123456789"), "9123456789:* | 89123456789:*");
    }

    #[test]
    fn a_legal_form_beside_a_name_is_whole() {
        assert_eq!(query("ООО Ромашка"), "ооо & ромашка:*");
        assert_eq!(query("ооо"), "ооо:*");
    }

    #[test]
    fn the_other_layout_is_offered() {
        let terms = Terms::read("hjvfirf").unwrap();
        assert_eq!(terms.swapped().unwrap().query, "ромашка:*");
    }
}
