//! Phones and e-mails of several cards as those of one: equal ones become one, and what was said of each is kept.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::values::text;

/// The longest comment.
const LONGEST: usize = 255;

/// A phone or an e-mail of a card.
pub(crate) trait Channel: Clone {
    /// By what two of them are the same.
    fn key(&self) -> String;
    /// As typed.
    fn typed(&self) -> &str;
    /// What is said of it.
    fn comment(&mut self) -> &mut String;
}

/// A comment that has become longer, for whoever takes a merge back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Retold {
    /// Of a phone or of an e-mail.
    pub(crate) is_phone: bool,
    /// The number or the address, as typed.
    pub(crate) typed: String,
    /// The comment before and now.
    pub(crate) old: String,
    pub(crate) new: String,
}

impl Retold {
    /// The other way round.
    pub(crate) fn back(&self) -> Self {
        Self {
            old: self.new.clone(),
            new: self.old.clone(),
            ..self.clone()
        }
    }
}

/// Those of others that a card has not, and comments of its own that are longer by those of equal ones.
pub(crate) fn folded<'a, C: Channel + 'a>(
    is_phone: bool,
    kept: &[C],
    others: impl Iterator<Item = &'a C>,
) -> (Vec<C>, Vec<Retold>) {
    let mut all = kept.to_vec();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, channel) in kept.iter().enumerate() {
        places.entry(channel.key()).or_insert(place);
    }
    for other in others {
        if let Some(place) = places.get(&other.key()) {
            let said = std::mem::take(other.clone().comment());
            let comment = all[*place].comment();
            *comment = joined(comment, &said);
        } else {
            places.insert(other.key(), all.len());
            all.push(other.clone());
        }
    }
    let new = all.split_off(kept.len());
    let pairs = kept.iter().cloned().zip(all);
    let retold = pairs.map(|(mut before, mut after)| Retold {
        is_phone,
        typed: before.typed().to_owned(),
        old: std::mem::take(before.comment()),
        new: std::mem::take(after.comment()),
    });
    (new, retold.filter(|retold| retold.old != retold.new).collect())
}

/// «касса; бухгалтерия»
fn joined(own: &str, other: &str) -> String {
    let is_said = own.split("; ").any(|said| text::fold(said) == text::fold(other));
    let both = match (own.is_empty(), other.is_empty() || is_said) {
        (_, true) => own.to_owned(),
        (true, false) => other.to_owned(),
        (false, false) => format!("{own}; {other}"),
    };
    both.chars().take(LONGEST).collect()
}
