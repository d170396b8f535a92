//! A row about a company.

use uuid::Uuid;

use super::chunk::{Chunk, Created, NewChannels, channel_rows, removed_words};
use super::{Judge, changed_words, left_alone, outcome, sentences};
use crate::companies::bulk::{FIELDS, Field, Record, name_key};
use crate::contacts::bulk::{FIELDS as CONTACT_FIELDS, Field as ContactField};
use crate::imports::base::{By, Known};
use crate::imports::merge::{Merged, Trust, add_channels, merge};
use crate::imports::model::{Kind, Outcome, Verdict};
use crate::imports::people::Owner;
use crate::imports::rows::{Common, CompanyRow, RowEmail, RowNote, RowPhone};
use crate::notes::bulk::NewNote;
use crate::values::text::address_key;
use crate::values::{CompanyId, ContactId, Inn, Kpp, Ogrn, UserId};

const PHONES: &str = "phones";
const EMAILS: &str = "emails";
/// So many organisations may stand over each other.
pub(in crate::imports) const DEEPEST: usize = 64;

impl Judge {
    pub(super) fn company(&mut self, chunk: &mut Chunk, row: &CompanyRow) -> Outcome {
        let found = self.base.find_company(row, self.options.key);
        let found = found.filter(|found| !self.is_another(row.common.own_id, &row.common, *found));
        self.company_as(chunk, row, found)
    }

    /// Judges the row as one about a certain company, or about a new one.
    pub(super) fn company_as(&mut self, chunk: &mut Chunk, row: &CompanyRow, found: Option<(Uuid, By)>) -> Outcome {
        let mut remarks = Vec::new();
        let owner = self.owner(&row.common, &mut remarks);
        let known = found.map(|(id, _)| id);
        let values = self.incoming(row, owner.as_ref(), known, &mut remarks);
        let mut outcome = match found {
            None => {
                let id = self.create_company(chunk, row, (owner.as_ref(), values));
                let message = format!("Добавлена компания: {}", row.get(Field::Name));
                outcome(Verdict::Created, (Kind::Company, id), &row.common, message)
            }
            Some((id, by)) => self.update_company(chunk, row, (id, by), (owner.as_ref(), &values)),
        };
        if let Some(id) = outcome.entity_id {
            self.touch(chunk, id, row.common.line);
            self.name_company(chunk, row, id);
            self.mean(row.common.own_id, id);
            self.tell_fate(row, id, &mut outcome.remarks);
        }
        outcome.remarks.extend(remarks);
        outcome
    }

    /// Says beside the warning about a number whether the number was written.
    fn tell_fate(&self, row: &CompanyRow, id: Uuid, remarks: &mut [(&'static str, String)]) {
        let Some(known) = self.base.company(id) else { return };
        let warnings = [
            (Field::Inn, Inn::read(row.get(Field::Inn)).warning()),
            (Field::Kpp, Kpp::read(row.get(Field::Kpp)).warning()),
            (Field::Ogrn, Ogrn::read(row.get(Field::Ogrn)).warning()),
        ];
        for (field, warning) in warnings {
            let is_written = known.record.values[field as usize] == row.get(field);
            let fate = if is_written {
                "Записано как есть"
            } else {
                "Не записано"
            };
            for (of, message) in remarks.iter_mut() {
                if *of == FIELDS[field as usize] && Some(message.as_str()) == warning {
                    *message = format!("{message}. {fate}");
                }
            }
        }
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
        self.mean(row.common.own_id, id);
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

    pub(super) fn create_company(
        &mut self,
        chunk: &mut Chunk,
        row: &CompanyRow,
        (owner, values): (Option<&Owner>, Vec<String>),
    ) -> Uuid {
        let id = self.free_key(row.common.own_id, CompanyId::new().0);
        let mut record = Record::new(id, FIELDS.len());
        record.amo_id = row.common.amo_id;
        record.do_not_call_at = row.common.do_not_call_at;
        record.values = values;
        // A file of our own says whose branch it is.
        let branch = owner.and_then(|owner| owner.branch);
        if let Some(branch) = branch.filter(|_| row.common.own_id.is_none()) {
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
        let notes = row.notes.iter().map(|note| self.new_note(id, note, owner));
        chunk.notes.extend(notes);
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

    /// A note of a new company. One of our own files is its author's, if that one works here.
    fn new_note(&self, company: Uuid, note: &RowNote, owner: Option<&Owner>) -> NewNote {
        let is_of_today = note.created_at.is_none();
        let author = self.people.called(&note.author);
        let text = if note.author.is_empty() || author.is_some() {
            note.text.clone()
        } else {
            format!("{} — {}", note.author, note.text)
        };
        NewNote {
            company: CompanyId(company),
            author: author.or_else(|| self.actor.user.or(owner.map(|owner| owner.id)).filter(|_| is_of_today)),
            text,
            created_at: note.created_at,
        }
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
        (owner, values): (Option<&Owner>, &[String]),
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
        record.do_not_call_at = record.do_not_call_at.or(row.common.do_not_call_at);
        let mut merged = merge(&mut record, values, trust);
        // A file of our own says no more than that the company is this person's already.
        let is_given = merged
            .changed
            .iter()
            .any(|(field, _)| *field == Field::Responsible as usize);
        let is_said = !row.own.branch.is_empty();
        if let Some(owner) = owner.filter(|_| (is_given && !is_said) || row.common.own_id.is_none()) {
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
            let words = sentences(&message, &changed_words(&changes));
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

    /// The row's values with the keys of dictionaries, of the responsible and of the head organisation; `known`: of the
    /// company that is here.
    pub(super) fn incoming(
        &self,
        row: &CompanyRow,
        owner: Option<&Owner>,
        known: Option<Uuid>,
        remarks: &mut Vec<(&'static str, String)>,
    ) -> Vec<String> {
        let mut values = row.values.clone();
        values[Field::Status as usize] = self.names.status(&row.status);
        values[Field::Spheres as usize] = self.names.spheres(&row.spheres, row.own.cut);
        let owner: Option<UserId> = owner.map(|owner| owner.id);
        values[Field::Responsible as usize] = owner.map(|id| id.to_string()).unwrap_or_default();
        let names = [
            (Field::Region, &row.own.region),
            (Field::Branch, &row.own.branch),
            (Field::ContractType, &row.own.contract_type),
        ];
        for (field, name) in names.into_iter().filter(|(_, name)| !name.is_empty()) {
            match self.names.key_of(field, name) {
                Some(key) => values[field as usize] = key,
                None => remarks.push((
                    FIELDS[field as usize],
                    format!("Значения «{name}» нет в справочнике, не записано"),
                )),
            }
        }
        match self.head(row, known) {
            Ok(head) => values[Field::Head as usize] = head.map(|id| id.to_string()).unwrap_or_default(),
            Err(sentence) => remarks.push((FIELDS[Field::Head as usize], sentence)),
        }
        values
    }

    /// The head organisation that a row of our own file names; the error is a sentence for the report.
    fn head(&self, row: &CompanyRow, known: Option<Uuid>) -> Result<Option<Uuid>, String> {
        let name = row.own.head.as_str();
        if name.is_empty() && row.own.head_id.is_none() {
            return Ok(None);
        }
        let head = match self.base.own_company(row.own.head_id) {
            Some(head) => head,
            None => match self.called(&name_key(name), name).as_slice() {
                [head] => *head,
                [] => return Err(format!("Организация «{name}» не найдена, не указана")),
                _ => return Err(format!("Организаций «{name}» несколько, не указана ни одна")),
            },
        };
        if known.is_some_and(|known| self.stands_under(head, known)) {
            return Err(format!(
                "Организация «{name}» сама стоит под этой компанией, не указана"
            ));
        }
        Ok(Some(head))
    }

    /// Whether a company is another one or stands under it, however deep.
    fn stands_under(&self, company: Uuid, top: Uuid) -> bool {
        let mut at = company;
        for _ in 0..DEEPEST {
            if at == top {
                return true;
            }
            let Some(known) = self.base.company(at) else {
                return true;
            };
            match Uuid::try_parse(&known.record.values[Field::Head as usize]) {
                Ok(head) => at = head,
                Err(_) => return false,
            }
        }
        true
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
