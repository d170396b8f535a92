//! Which entry is meant by one that is gone.

use std::collections::HashMap;

use super::entries::Kind;
use crate::values::{RegionId, SphereId, StatusId};

/// Entries that became one with others: for each old one its name, and the key of the one that is meant now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heirs(HashMap<(&'static str, String), Heir>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Heir {
    old_name: String,
    key: String,
}

impl Heirs {
    /// Says that `old` of this name means `new`.
    pub(super) fn add(&mut self, kind: Kind, old: String, old_name: String, new: String) {
        self.0.insert((kind.code(), old), Heir { old_name, key: new });
    }

    /// The key that is meant by this one: itself, or its heir's.
    pub(crate) fn current<'a>(&'a self, kind: Kind, key: &'a str) -> &'a str {
        let heir = self.0.get(&(kind.code(), key.to_owned()));
        heir.map_or(key, |heir| &heir.key)
    }

    /// See [`Self::current`].
    pub(crate) fn status(&self, id: StatusId) -> StatusId {
        StatusId(self.id(Kind::Status, id.0))
    }

    /// See [`Self::current`].
    pub(crate) fn sphere(&self, id: SphereId) -> SphereId {
        SphereId(self.id(Kind::Sphere, id.0))
    }

    /// See [`Self::current`].
    pub(crate) fn region(&self, id: RegionId) -> RegionId {
        RegionId(self.id(Kind::Region, id.0))
    }

    fn id(&self, kind: Kind, id: i64) -> i64 {
        self.current(kind, &id.to_string()).parse().unwrap_or(id)
    }

    /// The old ones of a dictionary: key, name, and the key that is meant now.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = (&str, &str, &str)> {
        let heirs = self.0.iter().filter(move |((of, _), _)| *of == kind.code());
        heirs.map(|((_, old), heir)| (old.as_str(), heir.old_name.as_str(), heir.key.as_str()))
    }

    /// For rows that come back: the table of the dictionary and the old key → the key that is meant now.
    pub(crate) fn by_table(&self) -> HashMap<(String, String), String> {
        let tables: HashMap<&str, &str> = Kind::ALL.into_iter().map(|kind| (kind.code(), kind.table())).collect();
        let heirs = self.0.iter().filter_map(|((kind, old), heir)| {
            let table = (*tables.get(kind)?).to_owned();
            Some(((table, old.clone()), heir.key.clone()))
        });
        heirs.collect()
    }
}
