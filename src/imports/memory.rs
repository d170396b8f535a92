//! What a run must remember to be undone, and what a check shows: each field that changed, old and new.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::deals::{KnownDeal, Rewritten};
use super::judge::{Chunk, Judge};
use super::model::{Kind, ORDINALS_PER_ROW};
use super::rows::DealRow;
use crate::companies::bulk::{FIELDS, NewEmail, NewPhone, Record, comment, email_key, phone_key};
use crate::contacts::bulk::FIELDS as CONTACT_FIELDS;
use crate::values::{NoteId, Phone};

/// Changes of a row stand behind its remarks.
const FIRST_PLACE: i32 = 64;
/// The field under which the note of a deal stands, which is a row of another table.
pub(super) const DEAL: &str = "deal";

/// A field that a row changed in a record that was there before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) ordinal: i32,
    pub(super) line: i32,
    pub(super) entity: &'static str,
    pub(super) record: Uuid,
    pub(super) field: &'static str,
    /// As stored.
    pub(super) old: String,
    pub(super) new: String,
    /// As people read them, when that is something else.
    pub(super) old_text: Option<String>,
    pub(super) new_text: Option<String>,
    /// What an import had written there before.
    pub(super) old_mark: Option<String>,
}

/// A phone or an e-mail that a row added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AddedChannel {
    /// As typed.
    pub(super) raw: String,
    /// Its comment or its kind.
    pub(super) kind: String,
    /// Whether an import had written it before and a person removed it.
    #[serde(default)]
    pub(super) marked: bool,
}

/// A record that was there before a chunk, as far as its fields do not tell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    pub(super) updated_at: DateTime<Utc>,
    pub(super) had_marks: bool,
}

/// Records that a chunk has written, for [`super::queries::remember`].
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) ids: Vec<Uuid>,
    pub(super) lines: Vec<i32>,
    pub(super) before: Vec<Option<Before>>,
    /// Keys of added notes by their company.
    pub(super) notes: Vec<(Uuid, i64)>,
}

impl Touched {
    /// New records with the rows that made them, and known ones.
    pub(super) fn of(created: impl Iterator<Item = (Uuid, i32)>, known: &HashMap<Uuid, Before>) -> Self {
        let mut touched = Self::default();
        for (id, line) in created {
            touched.ids.push(id);
            touched.lines.push(line);
            touched.before.push(None);
        }
        for (id, before) in known {
            touched.ids.push(*id);
            touched.lines.push(0);
            touched.before.push(Some(*before));
        }
        touched
    }
}

impl Judge {
    /// Writes down how `after`, which a row has changed, differs from the record as the judge knows it.
    pub(super) fn remember(
        &self,
        chunk: &mut Chunk,
        (kind, line): (Kind, i32),
        after: &Record,
        (phones, emails): (&[NewPhone], &[NewEmail]),
    ) {
        let (before, fields): (_, &[&'static str]) = match kind {
            Kind::Company => (self.base.company(after.id).map(|known| &known.record), &FIELDS),
            Kind::Contact => (self.base.contact(after.id), &CONTACT_FIELDS),
        };
        let Some(before) = before else { return };
        let blank = Change {
            line,
            entity: kind.code(),
            record: after.id,
            ..Change::default()
        };
        let mut found = self.changed_fields(fields, (before, after), &blank);
        let phones = phones.iter().map(|phone| {
            let Phone {
                digits, extension, raw, ..
            } = &phone.phone;
            let key = phone_key(digits, extension, raw);
            (
                added(
                    raw,
                    word(kind, (&phone.comment, phone.kind)),
                    before.imported.phones.contains(&key),
                ),
                phone.phone.display(),
            )
        });
        let emails = emails.iter().map(|email| {
            let key = email_key(&email.value);
            (
                added(
                    &email.value,
                    word(kind, (&email.comment, email.kind)),
                    before.imported.emails.contains(&key),
                ),
                email.value.clone(),
            )
        });
        found.extend(channels("phones", &blank, phones.collect()));
        found.extend(channels("emails", &blank, emails.collect()));
        append(chunk, line, found);
    }

    fn changed_fields(
        &self,
        fields: &[&'static str],
        (before, after): (&Record, &Record),
        blank: &Change,
    ) -> Vec<Change> {
        let mut found = Vec::new();
        for (place, field) in fields.iter().copied().enumerate() {
            let (old, new) = (&before.values[place], &after.values[place]);
            if old != new {
                let text = |value: &String| Some(self.show(field, value)).filter(|text| text != value);
                found.push(Change {
                    field,
                    old_text: text(old),
                    new_text: text(new),
                    old: old.clone(),
                    new: new.clone(),
                    old_mark: before.imported.values[place].clone(),
                    ..blank.clone()
                });
            }
        }
        if before.amo_id != after.amo_id {
            let text = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
            found.push(Change {
                field: "amo_id",
                old: text(before.amo_id),
                new: text(after.amo_id),
                ..blank.clone()
            });
        }
        found
    }
}

/// Writes down what a deal's note says before a row writes it anew.
pub(super) fn remember_deal(chunk: &mut Chunk, row: &DealRow, (known, note): (&KnownDeal, NoteId), line: i32) {
    let Some(now) = &known.now else { return };
    let rewritten = Rewritten {
        note: note.0,
        edited_at: now.edited_at,
        uid: row.uid.clone(),
        import: now.import,
        owner: known.owner,
        sha256: known.sha256.clone(),
    };
    let change = Change {
        line,
        entity: Kind::Company.code(),
        record: now.company,
        field: DEAL,
        old_text: Some(differing(&now.text, &row.text)),
        new_text: Some(differing(&row.text, &now.text)),
        old: now.text.clone(),
        new: row.text.clone(),
        // Keys, numbers and texts always have a JSON form.
        old_mark: serde_json::to_string(&rewritten).ok(),
        ..Change::default()
    };
    append(chunk, line, vec![change]);
}

/// The lines of a text that another one has not.
fn differing(text: &str, other: &str) -> String {
    let others: HashSet<&str> = other.lines().collect();
    let lines: Vec<&str> = text.lines().filter(|line| !others.contains(line)).collect();
    lines.join("\n")
}

/// Gives the changes of a row their places in the report. A row may have changed another record before.
fn append(chunk: &mut Chunk, line: i32, mut found: Vec<Change>) {
    let taken = chunk.changes.iter().rev().take_while(|change| change.line == line);
    let taken = i32::try_from(taken.count()).unwrap_or(0);
    let first = line * ORDINALS_PER_ROW + FIRST_PLACE + taken;
    for (change, ordinal) in found.iter_mut().zip(first..) {
        change.ordinal = ordinal;
    }
    chunk.changes.extend(found);
}

/// By which word of its table a channel is known: the comment of a company's, the kind of a person's.
fn word<'a>(of: Kind, (said, kind): (&'a str, &'a str)) -> &'a str {
    match of {
        Kind::Company => comment(said, kind),
        Kind::Contact => kind,
    }
}

fn added(raw: &str, kind: &str, marked: bool) -> AddedChannel {
    AddedChannel {
        raw: raw.to_owned(),
        kind: kind.to_owned(),
        marked,
    }
}

/// One line for all phones, or all e-mails, that a row added.
fn channels(field: &'static str, blank: &Change, added: Vec<(AddedChannel, String)>) -> Option<Change> {
    let (added, texts): (Vec<_>, Vec<_>) = added.into_iter().unzip();
    (!added.is_empty()).then(|| Change {
        field,
        // A list of texts always has a JSON form.
        new: serde_json::to_string(&added).unwrap_or_default(),
        new_text: Some(texts.join(", ")),
        ..blank.clone()
    })
}
