//! What makes two cards look like one company.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::Cursor;
use crate::values::{BranchId, CompanyId, UserId};

/// So many cards a group has at most: more have little to do with each other, and nobody compares them.
pub(crate) const LARGEST_GROUP: usize = 12;

/// Why two cards look like one company; the bit that `duplicate_pairs.reasons` has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The same ИНН, and no other КПП.
    Inn = 1,
    /// The same phone, of the company or of its people.
    Phone = 2,
    /// The same e-mail.
    Email = 4,
    /// The same or almost the same name and address.
    NameAndAddress = 8,
}

impl Reason {
    /// The strongest first.
    pub(crate) const ALL: [Self; 4] = [Self::Inn, Self::NameAndAddress, Self::Phone, Self::Email];

    /// As addresses have it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Inn => "inn",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::NameAndAddress => "name",
        }
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Inn => "ИНН и КПП",
            Self::Phone => "Телефон",
            Self::Email => "E-mail",
            Self::NameAndAddress => "Название и адрес",
        }
    }

    /// The reason with this code.
    pub(crate) fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Those among the bits of a pair or a group.
    pub(crate) fn among(bits: i16) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |reason| bits & *reason as i16 != 0)
    }
}

/// Two cards that look like one company, the lesser key first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) one: Uuid,
    pub(crate) two: Uuid,
    /// See [`Reason::among`].
    pub(crate) reasons: i16,
    /// From 1 to 100.
    pub(crate) strength: i16,
}

/// Cards that pairs hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The least key of its cards.
    pub(crate) id: Uuid,
    pub(crate) members: Vec<Uuid>,
    pub(crate) reasons: i16,
    /// Of its strongest pair.
    pub(crate) strength: i16,
}

/// «Почти наверняка», «Вероятно», «Возможно», with the tone of its badge.
pub(crate) fn strength_words(strength: i16) -> (&'static str, &'static str) {
    match strength {
        90.. => ("danger", "Почти наверняка"),
        60..90 => ("progress", "Вероятно"),
        _ => ("neutral", "Возможно"),
    }
}

/// Puts pairs together into groups, the strongest pairs first; a pair that would make a group too large is passed over
/// until some of its cards are merged.
pub(crate) fn groups(mut pairs: Vec<Pair>) -> Vec<Group> {
    pairs.sort_by_key(|pair| (-pair.strength, pair.one, pair.two));
    let mut place: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for pair in &pairs {
        let mut at = |id: Uuid| {
            *place.entry(id).or_insert_with(|| {
                groups.push(Group {
                    id,
                    members: vec![id],
                    reasons: 0,
                    strength: 0,
                });
                groups.len() - 1
            })
        };
        let (one, two) = (at(pair.one), at(pair.two));
        if one != two {
            if groups[one].members.len() + groups[two].members.len() > LARGEST_GROUP {
                continue;
            }
            let (into, from) = (one.min(two), one.max(two));
            let moved = std::mem::take(&mut groups[from].members);
            place.extend(moved.iter().map(|id| (*id, into)));
            let reasons = groups[from].reasons;
            let strength = groups[from].strength;
            let group = &mut groups[into];
            group.members.extend(moved);
            group.reasons |= reasons;
            group.strength = group.strength.max(strength);
        }
        let group = &mut groups[one.min(two)];
        group.reasons |= pair.reasons;
        group.strength = group.strength.max(pair.strength);
    }
    groups.retain(|group| group.members.len() > 1);
    for group in &mut groups {
        group.members.sort_unstable();
        group.id = group.members[0];
    }
    groups
}

/// Which groups are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) reason: Option<Reason>,
    /// One of the cards is this person's.
    pub(crate) responsible: Option<UserId>,
    /// One of the cards belongs to this branch.
    pub(crate) branch: Option<BranchId>,
}

/// A group as the page shows it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) id: Uuid,
    pub(crate) reasons: i16,
    pub(crate) strength: i16,
    pub(crate) members: Vec<Member>,
}

impl Shown {
    /// Its place in the list.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            key: self.strength.to_string(),
            id: self.id,
        }
    }
}

/// A card of a group.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
    pub(crate) inn: String,
    pub(crate) kpp: String,
    pub(crate) address: String,
    /// The first one it has.
    pub(crate) phone: String,
    pub(crate) responsible: String,
    pub(crate) branch: String,
    pub(crate) contacts: i64,
    pub(crate) notes: i64,
    pub(crate) updated_at: DateTime<Utc>,
    /// Whether the reader may merge it.
    pub(crate) is_editable: bool,
}

/// A pair of which somebody said that they are different companies.
#[derive(Clone, Debug)]
pub(crate) struct Denial {
    pub(crate) one: (CompanyId, String),
    pub(crate) two: (CompanyId, String),
    /// «Имя Фамилия»
    pub(crate) denied_by: String,
    pub(crate) denied_at: DateTime<Utc>,
}

impl Denial {
    /// Its place in the list.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            key: format!("{}.{}", self.denied_at.timestamp_micros(), self.one.0),
            id: self.two.0.0,
        }
    }
}

/// How far the search for duplicates has come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// Cards changed up to here have been compared.
    pub(crate) until: Option<DateTime<Utc>>,
    /// The last pass over the whole base.
    pub(crate) whole_at: Option<DateTime<Utc>>,
    pub(crate) whole_ms: i64,
    /// Somebody asks for another one.
    pub(crate) wanted_at: Option<DateTime<Utc>>,
    /// One is at work since then.
    pub(crate) begun_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(one: u128, two: u128, reason: Reason, strength: i16) -> Pair {
        Pair {
            one: Uuid::from_u128(one),
            two: Uuid::from_u128(two),
            reasons: reason as i16,
            strength,
        }
    }

    #[test]
    fn pairs_with_a_card_in_common_are_one_group() {
        let pairs = vec![
            pair(3, 4, Reason::Phone, 40),
            pair(1, 2, Reason::Inn, 100),
            pair(2, 3, Reason::Email, 40),
            pair(7, 8, Reason::Phone, 40),
        ];
        let found = groups(pairs);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].members, [1, 2, 3, 4].map(Uuid::from_u128));
        assert_eq!(found[0].strength, 100);
        assert_eq!(found[0].reasons, 7);
        assert_eq!(found[1].id, Uuid::from_u128(7));
    }

    #[test]
    fn a_chain_of_weak_signs_does_not_swallow_the_base() {
        let chain = (1..100).map(|at| pair(at, at + 1, Reason::Phone, 40)).collect();
        let found = groups(chain);
        assert!(found.iter().all(|group| group.members.len() <= LARGEST_GROUP));
        assert!(found.len() > 5);
    }
}
