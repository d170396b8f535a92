//! A row about a person.

use uuid::Uuid;

use super::chunk::{Chunk, Created, channel_rows, removed_words};
use super::company::{list, raw, take_channels};
use super::{Judge, changed_words, left_alone, outcome, sentences};
use crate::companies::bulk::Record;
use crate::contacts::bulk::{FIELDS, Field};
use crate::imports::base::By;
use crate::imports::merge::{Trust, merge};
use crate::imports::model::{Kind, Outcome, Verdict};
use crate::imports::rows::{CompanyRow, ContactRow};
use crate::values::ContactId;

/// What the company's name in a contact's row leads to.
pub(super) enum Employer {
    /// The row names none.
    Unnamed,
    /// This one.
    Found(Uuid),
    /// So many are called so.
    Several(usize),
    /// None is called so.
    Unknown,
}

impl Judge {
    pub(super) fn contact(&mut self, chunk: &mut Chunk, row: &ContactRow) -> Outcome {
        let employer = self.employer(row);
        self.contact_at(chunk, row, employer)
    }

    /// Judges the row as one about somebody who works there.
    pub(super) fn contact_at(&mut self, chunk: &mut Chunk, row: &ContactRow, employer: Employer) -> Outcome {
        let mut remarks = Vec::new();
        let found_company = if let Employer::Found(id) = employer {
            Some(id)
        } else {
            None
        };
        let found = self.base.find_contact(row, found_company, self.options.key);
        let found = found.filter(|found| !self.is_another(row.common.own_id, &row.common, *found));
        let has_company = found
            .and_then(|(id, _)| self.base.contact(id))
            .is_some_and(|record| !record.values[Field::Company as usize].is_empty());
        let company = match employer {
            Employer::Found(id) => Some(id),
            // The contact may stay where a person has put it, even if its company was renamed.
            Employer::Unknown if !has_company => Some(self.employ(chunk, row, &mut remarks)),
            Employer::Several(count) => {
                let sentence = format!(
                    "Компаний «{}» несколько ({count}), контакт записан без компании",
                    row.common.company
                );
                remarks.push((FIELDS[Field::Company as usize], sentence));
                None
            }
            Employer::Unnamed | Employer::Unknown => None,
        };
        let mut values = row.values.clone();
        values[Field::Company as usize] = company.map(|id| id.to_string()).unwrap_or_default();
        let mut outcome = match found {
            None => self.create_contact(chunk, row, values, company),
            Some((id, by)) => self.update_contact(chunk, row, (id, by), &values),
        };
        if let Some(id) = outcome.entity_id {
            self.touch(chunk, id, row.common.line);
        }
        outcome.remarks.extend(remarks);
        outcome
    }

    /// Companies of this file come first: whatever they are called here, the file means them.
    pub(super) fn employer(&self, row: &ContactRow) -> Employer {
        if let Some(id) = self.base.own_company(row.common.own_company) {
            return Employer::Found(id);
        }
        if row.company_key.is_empty() {
            return Employer::Unnamed;
        }
        let mut called = self.called(&row.company_key, &row.common.company);
        if row.common.own_company.is_some() {
            // Our own file means none of those of which it has spoken otherwise.
            called.retain(|id| !self.touched.contains_key(id));
        }
        match called.as_slice() {
            [] => Employer::Unknown,
            [id] => Employer::Found(*id),
            several => Employer::Several(several.len()),
        }
    }

    /// Companies of that name: of this file when there are any.
    pub(super) fn called(&self, name_key: &str, name: &str) -> Vec<Uuid> {
        let of_file = self.companies.get(name_key).map_or(&[][..], Vec::as_slice);
        let exact: Vec<Uuid> = of_file
            .iter()
            .filter(|(_, known)| known == name)
            .map(|(id, _)| *id)
            .collect();
        let ids: Vec<Uuid> = if exact.is_empty() {
            of_file.iter().map(|(id, _)| *id).collect()
        } else {
            exact
        };
        if ids.is_empty() {
            self.base.named(name_key, name)
        } else {
            ids
        }
    }

    /// Makes the company that a contact names, as amoCRM itself does.
    fn employ(&mut self, chunk: &mut Chunk, row: &ContactRow, remarks: &mut Vec<(&'static str, String)>) -> Uuid {
        let company = CompanyRow::named_by_contact(&row.common);
        let owner = self.owner(&company.common, remarks);
        let values = self.incoming(&company, owner.as_ref(), None, remarks);
        let id = self.create_company(chunk, &company, (owner.as_ref(), values));
        self.touch(chunk, id, row.common.line);
        self.name_company(chunk, &company, id);
        self.mean(row.common.own_company, id);
        let sentence = format!("Добавлена компания по контакту: {}", row.common.company);
        remarks.push((FIELDS[Field::Company as usize], sentence));
        id
    }

    fn create_contact(
        &mut self,
        chunk: &mut Chunk,
        row: &ContactRow,
        values: Vec<String>,
        company: Option<Uuid>,
    ) -> Outcome {
        let id = self.free_key(row.common.own_id, ContactId::new().0);
        let mut record = Record::new(id, FIELDS.len());
        record.amo_id = row.common.amo_id;
        record.do_not_call_at = row.common.do_not_call_at;
        record.values = values;
        record.imported.values = record
            .values
            .iter()
            .map(|value| (!value.is_empty()).then(|| value.clone()))
            .collect();
        let (phones, emails) = channel_rows(id, take_channels(&mut record, &row.common, Trust::Follow));
        chunk.contact_phones.extend(phones);
        chunk.contact_emails.extend(emails);
        chunk.new_contacts.push(Created {
            id,
            line: row.common.line,
            raw: raw(&row.common.raw),
            source_date: row.common.created_at,
        });
        chunk
            .events
            .push(self.event("create", (Kind::Contact, id), row.common.line, company));
        chunk.stale.extend(company);
        self.base.put_contact(record);
        let name = [row.get(Field::LastName), row.get(Field::FirstName)].join(" ");
        let message = format!("Добавлен контакт: {}", name.trim());
        outcome(Verdict::Created, (Kind::Contact, id), &row.common, message)
    }

    fn update_contact(
        &mut self,
        chunk: &mut Chunk,
        row: &ContactRow,
        (id, by): (Uuid, By),
        values: &[String],
    ) -> Outcome {
        let message = self.repeat(id, row.common.line, by);
        let Some(mut record) = self.base.contact(id).cloned() else {
            return Outcome::without_record(row.common.line, Verdict::Refused, &row.common.key, "Контакт исчез");
        };
        if self.is_left_alone() {
            let name = person_name(&record);
            return outcome(Verdict::Skipped, (Kind::Contact, id), &row.common, left_alone(&name));
        }
        let trust = self.trust(&record, &row.common);
        let before = Uuid::try_parse(&record.values[Field::Company as usize]).ok();
        record.do_not_call_at = record.do_not_call_at.or(row.common.do_not_call_at);
        let merged = merge(&mut record, values, trust);
        let company = Uuid::try_parse(&record.values[Field::Company as usize]).ok();
        let mut changes = self.changes(&record, &FIELDS, &merged);
        let mut remarks = self.kept(&record, &FIELDS, &merged);
        if record.amo_id.is_none() && row.common.amo_id.is_some() {
            record.amo_id = row.common.amo_id;
            changes.compare("amo_id", "", &row.common.key);
        }
        let channels = take_channels(&mut record, &row.common, trust);
        remarks.extend(removed_words(&channels));
        let (phones, emails) = channel_rows(id, channels);
        changes.compare("phones", "", &list(phones.iter().map(|phone| phone.phone.display())));
        changes.compare("emails", "", &list(emails.iter().map(|email| email.value.clone())));
        let mut outcome = if changes.is_empty() && merged.changed.is_empty() {
            let message = if message.is_empty() {
                person_name(&record)
            } else {
                message
            };
            outcome(Verdict::Unchanged, (Kind::Contact, id), &row.common, message)
        } else {
            let words = sentences(&message, &changed_words(&changes));
            self.remember(chunk, (Kind::Contact, row.common.line), &record, (&phones, &emails));
            chunk.contact_phones.extend(phones);
            chunk.contact_emails.extend(emails);
            chunk.changed_contacts.insert(id);
            chunk.stale.extend(before.into_iter().chain(company));
            let event = self
                .event("update", (Kind::Contact, id), row.common.line, company)
                .with(changes);
            chunk.events.push(event);
            self.base.put_contact(record);
            outcome(Verdict::Updated, (Kind::Contact, id), &row.common, words)
        };
        outcome.remarks.extend(remarks);
        outcome
    }
}

/// «Фамилия Имя»
fn person_name(record: &Record) -> String {
    let name = [Field::LastName, Field::FirstName].map(|field| record.values[field as usize].as_str());
    name.join(" ").trim().to_owned()
}
