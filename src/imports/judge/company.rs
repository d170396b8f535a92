//! A row about a company.

use uuid::Uuid;

use super::chunk::{Chunk, Created, NewChannels, channel_rows, removed_words};
use super::{Judge, changed_words, left_alone, outcome};
use crate::companies::bulk::{FIELDS, Field, Record, name_key};
use crate::contacts::bulk::{FIELDS as CONTACT_FIELDS, Field as ContactField};
use crate::imports::base::{By, Known};
use crate::imports::merge::{Merged, Trust, add_channels, merge};
use crate::imports::model::{Kind, Outcome, Verdict};
use crate::imports::people::Owner;
use crate::imports::rows::{Common, CompanyRow, RowEmail, RowPhone};
use crate::notes::bulk::NewNote;
use crate::values::text::address_key;
use crate::values::{CompanyId, ContactId, UserId};

const PHONES: &str = "phones";
const EMAILS: &str = "emails";

impl Judge {
    pub(super) fn company(&mut self, chunk: &mut Chunk, row: &CompanyRow) -> Outcome {
        let found = self.base.find_company(row, self.options.key);
        self.company_as(chunk, row, found)
    }

    /// Judges the row as one about a certain company, or about a new one.
    pub(super) fn company_as(&mut self, chunk: &mut Chunk, row: &CompanyRow, found: Option<(Uuid, By)>) -> Outcome {
        let mut remarks = Vec::new();
        let owner = self.owner(&row.common, &mut remarks);
        let mut outcome = match found {
            None => {
                let id = self.create_company(chunk, row, owner.as_ref());
                let message = format!("Добавлена компания: {}", row.get(Field::Name));
                outcome(Verdict::Created, (Kind::Company, id), &row.common, message)
            }
            Some((id, by)) => self.update_company(chunk, row, (id, by), owner.as_ref()),
        };
        if let Some(id) = outcome.entity_id {
            self.touch(chunk, id, row.common.line);
            self.name_company(chunk, row, id);
        }
        outcome.remarks.extend(remarks);
        outcome
    }

    /// The person that a row names, or a remark.
    pub(super) fn owner(&self, row: &Common, remarks: &mut Vec<(&'static str, String)>) -> Option<Owner> {
        if row.responsible.is_empty() {
            return None;
        }
        match self.people.find(&row.responsible) {
            Ok(owner) => Some(owner.clone()),
            Err(sentence) => {
                remarks.push((FIELDS[Field::Responsible as usize], sentence));
                None
            }
        }
    }

    /// Recalls a company to which a row has led before this process took the import up.
    pub(in crate::imports) fn recall_company(&mut self, past: &mut Chunk, row: &CompanyRow, id: Uuid) {
        self.touch(past, id, row.common.line);
        self.name_company(past, row, id);
    }

    /// Remembers by which name contacts of this file mean the company.
    pub(super) fn name_company(&mut self, chunk: &mut Chunk, row: &CompanyRow, id: Uuid) {
        if row.name_key.is_empty() {
            return;
        }
        let list = self.companies.entry(row.name_key.clone()).or_default();
        if list.iter().all(|(known, _)| *known != id) {
            list.push((id, row.common.company.clone()));
            chunk.named.push((row.name_key.clone(), id));
        }
    }

    pub(super) fn create_company(&mut self, chunk: &mut Chunk, row: &CompanyRow, owner: Option<&Owner>) -> Uuid {
        let id = CompanyId::new().0;
        let mut record = Record::new(id, FIELDS.len());
        record.amo_id = row.common.amo_id;
        record.values = self.incoming(row, owner);
        if let Some(branch) = owner.and_then(|owner| owner.branch) {
            record.values[Field::Branch as usize] = branch.to_string();
        }
        let state = &mut record.values[Field::LeadState as usize];
        if state.is_empty() {
            "warm".clone_into(state);
        }
        record.imported.values = record
            .values
            .iter()
            .map(|value| (!value.is_empty()).then(|| value.clone()))
            .collect();
        let channels = take_channels(&mut record, &row.common, Trust::Follow);
        let (phones, emails) = channel_rows(id, channels);
        chunk.company_phones.extend(phones);
        chunk.company_emails.extend(emails);
        if !row.note.is_empty() {
            let author = self.actor.user.or(owner.map(|owner| owner.id));
            chunk.notes.push(NewNote {
                company: CompanyId(id),
                author,
                text: row.note.clone(),
                created_at: None,
            });
        }
        chunk.new_companies.push(Created {
            id,
            line: row.common.line,
            raw: raw(&row.common.raw),
            source_date: row.common.created_at,
        });
        chunk
            .events
            .push(self.event("create", (Kind::Company, id), row.common.line, Some(id)));
        chunk.stale.insert(id);
        if let Some((first, last)) = &row.director {
            self.create_director(chunk, row, id, (first, last));
        }
        self.put(record);
        id
    }

    /// The head of a new company becomes its first contact.
    fn create_director(&mut self, chunk: &mut Chunk, row: &CompanyRow, company: Uuid, (first, last): (&str, &str)) {
        let id = ContactId::new().0;
        let mut record = Record::new(id, CONTACT_FIELDS.len());
        let short = |text: &str| text.chars().take(120).collect::<String>();
        record.values[ContactField::FirstName as usize] = short(first);
        record.values[ContactField::LastName as usize] = short(last);
        row.get(Field::ContactPosition)
            .clone_into(&mut record.values[ContactField::Position as usize]);
        record.values[ContactField::Company as usize] = company.to_string();
        record.imported.values = record
            .values
            .iter()
            .map(|value| (!value.is_empty()).then(|| value.clone()))
            .collect();
        chunk.new_contacts.push(Created {
            id,
            line: row.common.line,
            raw: raw("{}"),
            source_date: None,
        });
        chunk
            .events
            .push(self.event("create", (Kind::Contact, id), row.common.line, Some(company)));
        self.base.put_contact(record);
    }

    fn update_company(
        &mut self,
        chunk: &mut Chunk,
        row: &CompanyRow,
        (id, by): (Uuid, By),
        owner: Option<&Owner>,
    ) -> Outcome {
        let message = self.repeat(id, row.common.line, by);
        let Some(mut record) = self.base.company(id).map(|known| known.record.clone()) else {
            return Outcome::without_record(row.common.line, Verdict::Refused, &row.common.key, "Компания исчезла");
        };
        if self.is_left_alone() {
            let name = record.values[Field::Name as usize].clone();
            return outcome(Verdict::Skipped, (Kind::Company, id), &row.common, left_alone(&name));
        }
        let trust = self.trust(&record, &row.common);
        let mut merged = merge(&mut record, &self.incoming(row, owner), trust);
        // A file of our own says no more than that the company is this person's already.
        let is_given = merged
            .changed
            .iter()
            .any(|(field, _)| *field == Field::Responsible as usize);
        if let Some(owner) = owner.filter(|_| is_given || row.common.own_id.is_none()) {
            follow_branch(&mut record, owner, &mut merged, trust);
        }
        let mut changes = self.changes(&record, &FIELDS, &merged);
        let mut remarks = self.kept(&record, &FIELDS, &merged);
        if record.amo_id.is_none() && row.common.amo_id.is_some() {
            record.amo_id = row.common.amo_id;
            changes.compare("amo_id", "", &row.common.key);
        }
        let channels = take_channels(&mut record, &row.common, trust);
        remarks.extend(removed_words(&channels));
        let (phones, emails) = channel_rows(id, channels);
        changes.compare(PHONES, "", &list(phones.iter().map(|phone| phone.phone.display())));
        changes.compare(EMAILS, "", &list(emails.iter().map(|email| email.value.clone())));
        let mut outcome = if changes.is_empty() {
            let name = record.values[Field::Name as usize].clone();
            let message = if message.is_empty() { name } else { message };
            outcome(Verdict::Unchanged, (Kind::Company, id), &row.common, message)
        } else {
            let words = [message, changed_words(&changes)].join(" ").trim().to_owned();
            self.remember(chunk, (Kind::Company, row.common.line), &record, (&phones, &emails));
            chunk.company_phones.extend(phones);
            chunk.company_emails.extend(emails);
            chunk.changed_companies.insert(id);
            chunk.stale.insert(id);
            let event = self
                .event("update", (Kind::Company, id), row.common.line, Some(id))
                .with(changes);
            chunk.events.push(event);
            self.put(record);
            outcome(Verdict::Updated, (Kind::Company, id), &row.common, words)
        };
        outcome.remarks.extend(remarks);
        outcome
    }

    /// The row's values with the keys of dictionaries and of the responsible, without a branch.
    fn incoming(&self, row: &CompanyRow, owner: Option<&Owner>) -> Vec<String> {
        let mut values = row.values.clone();
        values[Field::Status as usize] = self.names.status(&row.status);
        values[Field::Spheres as usize] = self.names.spheres(&row.spheres);
        let owner: Option<UserId> = owner.map(|owner| owner.id);
        values[Field::Responsible as usize] = owner.map(|id| id.to_string()).unwrap_or_default();
        values
    }

    fn put(&mut self, record: Record) {
        let name_key = name_key(&record.values[Field::Name as usize]);
        let address_key = address_key(&record.values[Field::Address as usize]);
        self.base.put_company(Known {
            record,
            name_key,
            address_key,
        });
    }
}

/// The branch goes with the responsible, when that one was taken.
fn follow_branch(record: &mut Record, owner: &Owner, merged: &mut Merged, trust: Trust) {
    let is_taken = record.values[Field::Responsible as usize] == owner.id.to_string();
    let (true, Some(branch)) = (is_taken, owner.branch) else {
        return;
    };
    let mut incoming = vec![String::new(); FIELDS.len()];
    incoming[Field::Branch as usize] = branch.to_string();
    merged.changed.extend(merge(record, &incoming, trust).changed);
}

/// Gives the record the row's phones and e-mails.
pub(super) fn take_channels<'a>(record: &mut Record, row: &'a Common, trust: Trust) -> NewChannels<'a> {
    let phones = row.phones.iter().map(|phone: &RowPhone| (phone.key(), phone));
    let emails = row.emails.iter().map(|email: &RowEmail| (email.key(), email));
    (
        add_channels(&mut record.phones, &mut record.imported.phones, phones, trust),
        add_channels(&mut record.emails, &mut record.imported.emails, emails, trust),
    )
}

/// «a, b, c»
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// For `raw_fields`: a row by its headings, as JSON.
pub(super) fn raw(row: &str) -> String {
    format!("{{\"source\":\"amo_import\",\"row\":{row}}}")
}
