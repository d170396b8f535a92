//! What some hundred rows want to write.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::audit::Event;
use crate::companies::bulk::{NewEmail, NewPhone};
use crate::imports::memory::Change;
use crate::imports::merge::Added;
use crate::imports::model::Outcome;
use crate::imports::rows::{RowEmail, RowPhone};
use crate::notes::bulk::NewNote;
use crate::values::NoteId;

/// A record to insert; its values are read from the base when the chunk is written.
#[derive(Debug)]
pub(in crate::imports) struct Created {
    pub(in crate::imports) id: Uuid,
    /// The row that makes it.
    pub(in crate::imports) line: i32,
    /// JSON.
    pub(in crate::imports) raw: String,
    pub(in crate::imports) source_date: Option<DateTime<Utc>>,
}

/// A deal that is written, for the next import.
#[derive(Debug)]
pub(in crate::imports) struct DealMark {
    pub(in crate::imports) uid: String,
    pub(in crate::imports) owner: Uuid,
    /// Place of its note in [`Chunk::notes`], when the chunk makes one.
    pub(in crate::imports) note: Option<usize>,
    /// Its note, when that is known.
    pub(in crate::imports) note_id: Option<NoteId>,
    pub(in crate::imports) sha256: String,
}

/// Writes that are made together.
#[derive(Debug, Default)]
pub(in crate::imports) struct Chunk {
    pub(in crate::imports) outcomes: Vec<Outcome>,
    pub(in crate::imports) changes: Vec<Change>,
    pub(in crate::imports) new_companies: Vec<Created>,
    pub(in crate::imports) changed_companies: BTreeSet<Uuid>,
    pub(in crate::imports) company_phones: Vec<NewPhone>,
    pub(in crate::imports) company_emails: Vec<NewEmail>,
    pub(in crate::imports) new_contacts: Vec<Created>,
    pub(in crate::imports) changed_contacts: BTreeSet<Uuid>,
    pub(in crate::imports) contact_phones: Vec<NewPhone>,
    pub(in crate::imports) contact_emails: Vec<NewEmail>,
    pub(in crate::imports) notes: Vec<NewNote>,
    /// Notes of deals that have moved on, and what they say now.
    pub(in crate::imports) renewed_notes: Vec<(NoteId, String)>,
    pub(in crate::imports) deals: Vec<DealMark>,
    pub(in crate::imports) events: Vec<Event<'static>>,
    /// Companies whose search words are to be renewed.
    pub(in crate::imports) stale: BTreeSet<Uuid>,
    pub(super) touched: Vec<Uuid>,
    /// Deals of which this file speaks for the first time.
    pub(super) seen_deals: Vec<String>,
    pub(super) named: Vec<(String, Uuid)>,
}

/// Phones and e-mails that a record is to get.
pub(super) type NewChannels<'a> = (Added<&'a RowPhone>, Added<&'a RowEmail>);

/// As rows of the tables.
pub(super) fn channel_rows(owner: Uuid, (phones, emails): NewChannels<'_>) -> (Vec<NewPhone>, Vec<NewEmail>) {
    let phones = phones.items.into_iter().map(|(position, row)| NewPhone {
        owner,
        position,
        kind: row.kind,
        phone: row.phone.clone(),
        comment: row.comment.clone(),
    });
    let emails = emails.items.into_iter().map(|(position, row)| NewEmail {
        owner,
        position,
        kind: row.kind,
        value: row.email.as_str().to_owned(),
        comment: row.comment.clone(),
    });
    (phones.collect(), emails.collect())
}

/// Sentences about phones and e-mails that people have removed.
pub(super) fn removed_words((phones, emails): &NewChannels<'_>) -> Vec<(&'static str, String)> {
    let sentence = |keys: &[String]| format!("Удалено вручную, не возвращено: {}", keys.join(", "));
    let lists = [("phones", &phones.removed), ("emails", &emails.removed)];
    lists
        .into_iter()
        .filter(|(_, keys)| !keys.is_empty())
        .map(|(field, keys)| (field, sentence(keys)))
        .collect()
}
