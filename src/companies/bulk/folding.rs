//! Phones and e-mails of several cards as those of one: equal ones become one, and what was said of each is kept.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::values::text::{self, excerpt};

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
    /// Whether it does not hold all that was said: for whoever looks before.
    #[serde(skip)]
    pub(crate) is_cut: bool,
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
    let mut cut: HashSet<usize> = HashSet::new();
    for (place, channel) in kept.iter().enumerate() {
        places.entry(channel.key()).or_insert(place);
    }
    for other in others {
        if let Some(place) = places.get(&other.key()) {
            let said = std::mem::take(other.clone().comment());
            let comment = all[*place].comment();
            let both = joined(comment, &said);
            let is_long = both.chars().count() > LONGEST;
            if is_long {
                cut.insert(*place);
            }
            *comment = if is_long { excerpt(&both, LONGEST) } else { both };
        } else {
            places.insert(other.key(), all.len());
            all.push(other.clone());
        }
    }
    let new = all.split_off(kept.len());
    let pairs = kept.iter().cloned().zip(all).enumerate();
    let retold = pairs.map(|(place, (mut before, mut after))| Retold {
        is_phone,
        typed: before.typed().to_owned(),
        old: std::mem::take(before.comment()),
        new: std::mem::take(after.comment()),
        is_cut: cut.contains(&place),
    });
    (new, retold.filter(|retold| retold.old != retold.new).collect())
}

/// What a page says before comments that are joined lose their end; empty: none do.
pub(crate) fn cut_words(retold: &[Retold]) -> String {
    let cut: Vec<&str> = retold
        .iter()
        .filter(|retold| retold.is_cut)
        .map(|retold| retold.typed.as_str())
        .collect();
    if cut.is_empty() {
        return String::new();
    }
    format!(
        "Пояснения вместе длиннее {LONGEST} знаков, конец не сохранится: {}. Сократите их на карточках, если он нужен.",
        cut.join(", ")
    )
}

/// «касса; бухгалтерия»
fn joined(own: &str, other: &str) -> String {
    let is_said = own.split("; ").any(|said| text::fold(said) == text::fold(other));
    match (own.is_empty(), other.is_empty() || is_said) {
        (_, true) => own.to_owned(),
        (true, false) => other.to_owned(),
        (false, false) => format!("{own}; {other}"),
    }
}
