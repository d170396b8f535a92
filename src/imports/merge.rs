//! What a row may change in a record that is there already.

use crate::companies::bulk::{Channels, Record};

/// How far a row is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It follows its source: what the last import wrote is overwritten, what a person wrote is kept.
    Follow,
    /// It is a second row about the record, and only fills what is empty: else two rows would overwrite each other
    /// at each import.
    FillOnly,
    /// It only fills what is empty, by the choice of whoever started the import.
    Fill,
    /// It is believed more than people, by the choice of whoever started the import.
    Overwrite,
}

/// Why a value of the file was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// A person changed it after the last import.
    Edited,
    /// No import ever wrote it.
    Own,
    /// Another row of the file said otherwise.
    Repeated,
    /// Only what is empty was to be filled.
    Filled,
}

/// What came of a row's values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Merged {
    /// Place of the field and its old value.
    pub(super) changed: Vec<(usize, String)>,
    /// Place of the field and why it stayed.
    pub(super) kept: Vec<(usize, Kept)>,
}

/// Writes what may be written of `incoming` into the record. An empty value never erases.
pub(super) fn merge(record: &mut Record, incoming: &[String], trust: Trust) -> Merged {
    let mut merged = Merged::default();
    for (field, new) in incoming.iter().enumerate() {
        let old = &mut record.values[field];
        let imported = &mut record.imported.values[field];
        if new.is_empty() || new == old {
            continue;
        }
        let was_written = imported.as_ref().is_some_and(|imported| !imported.is_empty());
        let is_edited = was_written && imported.as_ref() != Some(old);
        let is_free = match trust {
            Trust::Overwrite => true,
            _ if old.is_empty() => !was_written,
            Trust::Follow => was_written && !is_edited,
            Trust::FillOnly | Trust::Fill => false,
        };
        if is_free {
            *imported = Some(new.clone());
            merged.changed.push((field, std::mem::replace(old, new.clone())));
        } else {
            let why = match trust {
                Trust::FillOnly => Kept::Repeated,
                _ if is_edited => Kept::Edited,
                Trust::Fill => Kept::Filled,
                Trust::Follow | Trust::Overwrite => Kept::Own,
            };
            merged.kept.push((field, why));
        }
    }
    merged
}

/// What came of a row's phones or e-mails.
#[derive(Debug, Default)]
pub(super) struct Added<T> {
    /// With its position.
    pub(super) items: Vec<(i32, T)>,
    /// Keys that a person has removed since an import wrote them.
    pub(super) removed: Vec<String>,
}

/// Adds those that the record has not, unless a person has removed them.
pub(super) fn add_channels<T>(
    channels: &mut Channels,
    imported: &mut Vec<String>,
    incoming: impl IntoIterator<Item = (String, T)>,
    trust: Trust,
) -> Added<T> {
    let mut added = Added {
        items: Vec::new(),
        removed: Vec::new(),
    };
    for (key, item) in incoming {
        if channels.keys.contains(&key) {
            continue;
        }
        let was_written = imported.contains(&key);
        if was_written && trust != Trust::Overwrite {
            added.removed.push(key);
            continue;
        }
        added.items.push((channels.next, item));
        channels.next += 1;
        channels.keys.push(key.clone());
        if !was_written {
            imported.push(key);
        }
    }
    added
}
