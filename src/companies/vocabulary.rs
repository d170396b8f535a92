//! The words of the base in memory, as they were some minutes ago: which a typed one begins, how frequent they are, how
//! often they meet.

use std::collections::BTreeMap;
use std::ops::Bound;

use chrono::{DateTime, Utc};

use super::queries::Most;
use super::queries::words::Frequencies;
use super::search::Terms;

/// So many companies are looked at to tell how often words meet; a multiple of 64.
pub(super) const SAMPLED: usize = 2_048;

/// The words of all companies.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// Sorted.
    known: Vec<Box<str>>,
    /// The latest change of a company whose words are among them.
    pub(super) until: Option<DateTime<Utc>>,
    frequencies: Frequencies,
    sample: Sample,
}

impl Vocabulary {
    /// Puts the parts together: all known words and up to when, how frequent the common ones are, the words of some
    /// companies.
    pub(super) fn new(
        (known, until): (Vec<String>, Option<DateTime<Utc>>),
        frequencies: Frequencies,
        sampled: Vec<Vec<String>>,
    ) -> Self {
        let mut known: Vec<Box<str>> = known.into_iter().map(String::into_boxed_str).collect();
        known.sort_unstable();
        Self {
            known,
            until,
            frequencies,
            sample: Sample::new(sampled),
        }
    }

    /// The known words that begin so, up to `most` of them.
    pub(super) fn begun(&self, beginning: &str, most: usize) -> Vec<String> {
        let first = self.known.partition_point(|word| **word < *beginning);
        let begun = self.known[first..]
            .iter()
            .take_while(|word| word.starts_with(beginning));
        begun.take(most).map(|word| String::from(&**word)).collect()
    }

    /// A search with the way on which its words are best looked up.
    pub(super) fn on_its_way(&self, terms: Terms) -> Terms {
        let groups: Vec<_> = terms.asked().collect();
        let parts: Option<Vec<_>> = groups.into_iter().map(|group| self.sample.part([group])).collect();
        match parts {
            Some(parts) => terms.on_its_way(&parts),
            None => terms,
        }
    }

    /// What a search can find.
    pub(super) fn most(&self, terms: &Terms) -> Most {
        let Frequencies {
            companies,
            words,
            others,
        } = &self.frequencies;
        let part = |word: &String| words.get(word).copied().unwrap_or(*others);
        let parts = terms.whole_words().map(|words| words.iter().map(part).sum::<f64>());
        Most {
            found: companies * parts.fold(1.0, f64::min),
            of: *companies,
            part: self.sample.part(terms.asked()),
        }
    }
}

/// One bit for each company that was looked at.
type Bits = [u64; SAMPLED / 64];

/// The words of some companies.
#[derive(Debug)]
struct Sample {
    companies: usize,
    words: BTreeMap<Box<str>, Bits>,
}

impl Sample {
    fn new(companies: Vec<Vec<String>>) -> Self {
        let mut words: BTreeMap<Box<str>, Bits> = BTreeMap::new();
        let count = companies.len().min(SAMPLED);
        for (number, company) in companies.into_iter().take(SAMPLED).enumerate() {
            for word in company {
                words.entry(word.into_boxed_str()).or_insert([0; SAMPLED / 64])[number / 64] |= 1 << (number % 64);
            }
        }
        Self {
            companies: count,
            words,
        }
    }

    /// In which part of the companies all that is asked for meets; `None`: there is nothing to tell it from.
    fn part<'a>(&self, asked: impl IntoIterator<Item = Vec<(&'a str, bool)>>) -> Option<f64> {
        let mut all = [u64::MAX; SAMPLED / 64];
        for group in asked {
            let mut any = [0; SAMPLED / 64];
            for (word, is_beginning) in group {
                if is_beginning {
                    let from = (Bound::Included(word), Bound::Unbounded);
                    let begun = self.words.range::<str, _>(from);
                    for (_, bits) in begun.take_while(|(known, _)| known.starts_with(word)) {
                        add(&mut any, bits);
                    }
                } else if let Some(bits) = self.words.get(word) {
                    add(&mut any, bits);
                }
            }
            for (all, any) in all.iter_mut().zip(any) {
                *all &= any;
            }
        }
        let found: u32 = all.iter().map(|bits| bits.count_ones()).sum();
        let companies = u32::try_from(self.companies).unwrap_or(u32::MAX);
        (companies > 0).then(|| f64::from(found) / f64::from(companies))
    }
}

fn add(to: &mut Bits, bits: &Bits) {
    for (to, bits) in to.iter_mut().zip(bits) {
        *to |= bits;
    }
}

#[cfg(test)]
mod tests {
    use super::{Frequencies, Terms, Vocabulary};

    fn vocabulary(companies: &[&str]) -> Vocabulary {
        let companies: Vec<Vec<String>> = companies
            .iter()
            .map(|words| words.split(' ').map(str::to_owned).collect())
            .collect();
        let known = companies.iter().flatten().cloned().collect();
        let frequencies = Frequencies {
            companies: 4.0,
            words: [("сад".to_owned(), 0.75), ("детский".to_owned(), 0.5)].into(),
            others: 0.25,
        };
        Vocabulary::new((known, None), frequencies, companies)
    }

    #[test]
    fn a_beginning_begins_the_words_that_start_so() {
        let words = vocabulary(&["сад садик садовод осада", "са сб"]);
        assert_eq!(words.begun("сад", 9), ["сад", "садик", "садовод"]);
        assert_eq!(words.begun("сад", 2), ["сад", "садик"]);
        assert!(words.begun("саж", 9).is_empty());
        assert!(words.begun("яя", 9).is_empty());
    }

    #[test]
    fn words_that_meet_are_told_from_words_that_only_are_frequent() {
        let words = vocabulary(&["детский сад", "детский сад", "сад", "мир"]);
        for (typed, part) in [
            ("детский сад", 0.5),
            ("сад дет", 0.5),
            ("сад", 0.75),
            ("мир сад", 0.0),
            ("море", 0.0),
        ] {
            let most = words.most(&Terms::read(typed).unwrap());
            assert_eq!(most.part, Some(part), "{typed}");
        }
        assert_eq!(vocabulary(&[]).most(&Terms::read("сад").unwrap()).part, None);
    }
}
