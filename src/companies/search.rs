//! What somebody typed into a search box → what Postgres is asked.
//!
//! Words are matched by their beginnings, in any order, against the words of a card; a number is a phone in any format
//! or an ИНН. Only when nothing is found: known words that are near, the other keyboard layout, similar names.

use std::collections::BTreeMap;

use sqlx::{Postgres, QueryBuilder};

use crate::values::{Phone, text};

/// The longest search text, in characters.
pub(crate) const LONGEST: usize = 200;
/// Words shorter than this are not corrected: everything looks like them.
const SHORTEST: usize = 4;
/// Companies with a word that stands in no more than this part of them are looked at one by one.
const RARE: f64 = 0.005;
/// To read from the index all companies with a beginning that stands in this part of them costs more.
const WIDE: f64 = 0.1;
/// So many known words are tried for a mistyped one.
const MEANINGS: usize = 8;

/// A search text, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// As typed, trimmed and cut.
    pub(crate) typed: String,
    /// A `tsquery`; empty: nothing to look for.
    pub(crate) query: String,
    /// How the index is best asked.
    pub(crate) way: Way,
}

/// How an index is best asked for a search. It changes nothing of what is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Way {
    /// The rarer part of the `tsquery`: reading all rows of the other beginnings costs more than to look at the few that
    /// have this. `None`: all of it.
    pub(crate) narrow: Option<String>,
    /// Whether a word of it stands in next to no company.
    pub(crate) is_rare: bool,
}

impl Terms {
    /// Reads a search text; `None` when there is nothing in it.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().take(LONGEST).collect();
        let query = match Phone::query_digits(&typed) {
            Some(digits) => number(&typed, &digits),
            None => words(&typed),
        };
        (!query.is_empty()).then(|| Self::new(typed, query))
    }

    fn new(typed: String, query: String) -> Self {
        Self {
            typed,
            query,
            way: Way::default(),
        }
    }

    /// The digits that phones are looked up by, when this may be a phone.
    pub(crate) fn digits(&self) -> Option<String> {
        Phone::query_digits(&self.typed)
    }

    /// This text as an e-mail or its beginning, which cards keep as one word; `None` when it is something else.
    pub(crate) fn email(&self) -> Option<Self> {
        let email = self.typed.to_lowercase();
        let (name, _) = email.split_once('@')?;
        let is_one_word = !email.contains(char::is_whitespace);
        let query = format!("'{}':*", email.replace('\\', "\\\\").replace('\'', "''"));
        (is_one_word && !name.is_empty()).then(|| Self::new(self.typed.clone(), query))
    }

    /// The same search for whole words instead of beginnings.
    pub(crate) fn whole(&self) -> String {
        self.query.replace(":*", "")
    }

    /// [`Self::whole`], on the same way.
    pub(crate) fn in_whole_words(&self) -> Self {
        Self {
            typed: self.typed.clone(),
            query: self.whole(),
            way: Way {
                narrow: self.way.narrow.as_ref().map(|narrow| narrow.replace(":*", "")),
                ..self.way
            },
        }
    }

    /// Adds the condition that the words of `column` hold all this.
    pub(crate) fn push_match(&self, query: &mut QueryBuilder<Postgres>, column: &str) {
        let index = self.way.narrow.as_ref().unwrap_or(&self.query);
        query
            .push(column)
            .push(" @@ ")
            .push_bind(index.clone())
            .push("::tsquery");
        if self.way.narrow.is_some() {
            // The operator's function: no index answers it, so only what was found is asked.
            query.push(" AND ts_match_vq(").push(column).push(", ");
            query.push_bind(self.query.clone()).push("::tsquery)");
        }
    }

    /// What has to be there: for each typed word, all that it may be found as.
    pub(crate) fn groups(&self) -> Vec<Vec<String>> {
        self.query.split('&').map(text::words).collect()
    }

    /// The same keys pressed in the other keyboard layout.
    pub(crate) fn swapped(&self) -> Option<Self> {
        let typed = text::swap_layout(&self.typed)?;
        let query = words(&typed);
        (!query.is_empty() && query != self.query).then(|| Self::new(typed, query))
    }

    /// The words that may be replaced by known ones: letters only. None when this is a number.
    pub(crate) fn replaceable(&self) -> Vec<String> {
        if Phone::query_digits(&self.typed).is_some() {
            return Vec::new();
        }
        let mut words = text::words(&self.typed);
        words.retain(|word| word.chars().count() >= 3 && word.chars().all(char::is_alphabetic));
        words
    }

    /// The same search with beginnings replaced by all the words they begin.
    pub(crate) fn in_known_words(self, known: &BTreeMap<String, Vec<String>>) -> Self {
        let asked = text::words(&self.typed);
        let asked = asked.iter().map(|word| match known.get(word) {
            Some(words) if !text::is_short_form(word) => format!("({})", words.join(" | ")),
            _ => beginning(word, false),
        });
        let query = asked.collect::<Vec<_>>().join(" & ");
        Self { query, ..self }
    }

    /// The words that may hold a typing error: letters only, long enough to be told from others.
    pub(crate) fn correctable(&self) -> Vec<String> {
        let mut words = self.replaceable();
        words.retain(|word| word.chars().count() >= SHORTEST);
        words
    }

    /// The search with unknown words replaced by known ones that are an error or two away; `near` are the candidates,
    /// each with the typed word. `None` when no word has any.
    pub(crate) fn corrected<'a>(&self, near: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let mut meant: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for (typed, known) in near {
            if let Some(errors) = errors(typed, known) {
                meant.entry(typed).or_default().push((errors, known));
            }
        }
        if meant.is_empty() {
            return None;
        }
        let (mut shown, mut asked) = (Vec::new(), Vec::new());
        for word in text::words(&self.typed) {
            let Some(candidates) = meant.get_mut(word.as_str()) else {
                asked.push(beginning(&word, false));
                shown.push(word);
                continue;
            };
            candidates.sort_unstable();
            let fewest = candidates[0].0;
            let best = candidates.iter().filter(|(errors, _)| *errors == fewest).take(MEANINGS);
            let best: Vec<_> = best.map(|(_, known)| *known).collect();
            shown.push(best[0].to_owned());
            asked.push(format!("({})", best.join(" | ")));
        }
        Some(Self::new(shown.join(" "), asked.join(" & ")))
    }

    /// For each typed word, the whole words it is asked for as; those asked for by their beginnings are left out.
    pub(crate) fn whole_words(&self) -> impl Iterator<Item = Vec<String>> {
        let whole = self.query.split('&').filter(|asked| !asked.contains(":*"));
        whole.map(text::words)
    }

    /// All that has to meet on one card: for each typed word what it may be found as, and whether by its beginning.
    pub(super) fn asked(&self) -> impl Iterator<Item = Vec<(&str, bool)>> {
        self.query.split('&').map(|group| {
            let words = group.split('|').map(|word| word.trim_matches([' ', '(', ')']));
            words
                .map(|word| match word.strip_suffix(":*") {
                    Some(beginning) => (beginning, true),
                    None => (word, false),
                })
                .collect()
        })
    }

    /// The same search with its way: `parts` tell in which part of the companies each of the asked words stands, one after
    /// another, as [`Self::asked`] has them. Whole words stay: through their rows the index skips.
    pub(super) fn on_its_way(mut self, parts: &[f64]) -> Self {
        self.way.is_rare = parts.iter().any(|part| *part <= 0.0);
        let is_wide = |(asked, part): &(&str, &f64)| asked.contains(":*") && **part >= WIDE;
        let asked = || self.query.split('&').zip(parts);
        if parts.iter().any(|part| *part <= RARE) && asked().any(|one| is_wide(&one)) {
            let narrow = asked().filter(|one| !is_wide(one)).map(|(asked, _)| asked.trim());
            self.way.narrow = Some(narrow.collect::<Vec<_>>().join(" & "));
        }
        self
    }

    /// Whether several words have to meet on one card.
    pub(crate) fn has_several_words(&self) -> bool {
        self.query.contains('&')
    }

    /// For the comparison with similar names.
    pub(crate) fn name_key(&self) -> String {
        text::name_key(&self.typed)
    }
}

/// How many typing errors (a letter too much, too few, another, two exchanged) lie between what was typed and the
/// beginning of a known word; `None`: too many to be the same word.
fn errors(typed: &str, known: &str) -> Option<usize> {
    let length = typed.chars().count();
    let allowed = if length < 7 { 1 } else { 2 };
    let beginnings = [length.saturating_sub(1), length, length + 1];
    let beginnings = beginnings.map(|end| known.chars().take(end).collect::<String>());
    let whole = strsim::osa_distance(typed, known);
    let fewest = beginnings
        .iter()
        .map(|beginning| strsim::osa_distance(typed, beginning))
        .min();
    // A whole word is meant more often than a beginning.
    let errors = fewest.unwrap_or(whole);
    (errors <= allowed).then_some(errors * 2 + usize::from(whole > errors))
}

/// A number by the digits that phones are compared by, and by what else it may be.
fn number(typed: &str, digits: &str) -> String {
    let mut asked = vec![digits];
    // Bare digits may be a taxpayer number as well, which is longer than what phones are compared by.
    if digits != typed && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        asked.push(typed);
    }
    // «8912345»: a phone of which the rest is still being typed.
    let rest = digits
        .strip_prefix(['7', '8'])
        .filter(|rest| (6..10).contains(&rest.len()));
    asked.extend(rest);
    let asked: Vec<_> = asked.iter().map(|digits| format!("{digits}:*")).collect();
    asked.join(" | ")
}

/// Every word by its beginning, all of them. Words hold letters and digits only, so nothing needs quoting.
///
/// A legal form beside other words is meant whole: the index skips through the rows of a whole word, while it reads all
/// rows of a beginning, and half of the base is «ООО».
fn words(typed: &str) -> String {
    let words = text::words(typed);
    let words = words.iter().map(|word| beginning(word, words.len() == 1));
    words.collect::<Vec<_>>().join(" & ")
}

fn beginning(word: &str, is_alone: bool) -> String {
    if !is_alone && text::is_short_form(word) {
        word.to_owned()
    } else {
        format!("{word}:*")
    }
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
    fn a_phone_that_is_still_being_typed_is_found_with_its_first_digit_and_without() {
        assert_eq!(query("8 912 345"), "8912345:* | 912345:*");
        assert_eq!(query("7707083"), "7707083:* | 707083:*");
        assert_eq!(query("+7 912 345 6"), "9123456:*");
        assert_eq!(query("7707083893"), "7707083893:* | 707083893:*");
    }

    #[test]
    fn an_email_is_one_word_whatever_signs_it_has() {
        let email = |typed: &str| Terms::read(typed).unwrap().email().map(|terms| terms.query);
        assert_eq!(email("Ivan@Mail.ru").as_deref(), Some("'ivan@mail.ru':*"));
        assert_eq!(email("o'neil\\@").as_deref(), Some("'o''neil\\\\@':*"));
        for typed in ["ivan", "@mail.ru x", "иван @mail"] {
            assert_eq!(email(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_is_asked_for_is_told_word_by_word() {
        let groups = |typed: &str| Terms::read(typed).unwrap().groups();
        assert_eq!(groups("ООО Ромашка"), [["ооо"], ["ромашка"]]);
        assert_eq!(groups("89123456789"), [["9123456789", "89123456789"]]);
    }

    #[test]
    fn a_legal_form_beside_a_name_is_whole() {
        assert_eq!(query("ООО Ромашка"), "ооо & ромашка:*");
        assert_eq!(query("ооо"), "ооо:*");
    }

    #[test]
    fn unknown_words_become_known_ones_that_are_near() {
        let terms = Terms::read("ромшака север").unwrap();
        let near = [("ромшака", "рубашка"), ("ромшака", "ромашка"), ("ромшака", "рома")];
        let meant = terms.corrected(near.into_iter()).unwrap();
        assert_eq!(meant.query, "(ромашка) & север:*");
        assert_eq!(meant.typed, "ромашка север");
        assert_eq!(terms.corrected([("ромшака", "камыш")].into_iter()), None);
        // The beginning of a longer word, mistyped; and one error is better than two.
        let near = [("стротель", "строительный"), ("стротель", "стрелец")];
        let meant = Terms::read("стротель").unwrap().corrected(near.into_iter()).unwrap();
        assert_eq!(meant.query, "(строительный)");
    }

    #[test]
    fn a_rare_word_spares_the_index_the_frequent_ones() {
        let narrow = |parts: &[f64]| {
            Terms::read("по договору поставки")
                .unwrap()
                .on_its_way(parts)
                .way
                .narrow
        };
        assert_eq!(narrow(&[0.6, 0.0, 0.02]).as_deref(), Some("договору:* & поставки:*"));
        assert_eq!(narrow(&[0.6, 0.02, 0.02]), None);
        assert_eq!(narrow(&[0.04, 0.0, 0.0]), None);
        let whole = Terms::read("ООО Ромашка").unwrap().on_its_way(&[0.5, 0.0]);
        assert_eq!(whole.way.narrow, None, "the index skips through whole words");
    }

    #[test]
    fn the_other_layout_is_offered() {
        let terms = Terms::read("hjvfirf").unwrap();
        assert_eq!(terms.swapped().unwrap().query, "ромашка:*");
    }
}
