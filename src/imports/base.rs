//! The records that the rows of one chunk may speak of, in memory: those that are there, and those that it makes.

use std::collections::HashMap;

use uuid::Uuid;

use super::options::KeyBy;
use super::rows::{CompanyRow, ContactRow};
use crate::companies::bulk::{Field, Record};
use crate::contacts::bulk::Field as ContactField;
use crate::values::Inn;
use crate::values::text::fold;

/// A company with the keys that it is found by.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) record: Record,
    pub(super) name_key: String,
    pub(super) address_key: String,
}

/// By what a row's record was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    OwnId,
    AmoId,
    Inn,
    Name,
    NameAndAddress,
    NameAndChannel,
}

impl By {
    /// For the report.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::OwnId | Self::AmoId => "по ID",
            Self::Inn => "по ИНН",
            Self::Name => "по названию",
            Self::NameAndAddress => "по названию и адресу",
            Self::NameAndChannel => "по имени, телефону и почте",
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Base {
    companies: HashMap<Uuid, Known>,
    by_amo_id: HashMap<i64, Uuid>,
    by_inn: HashMap<String, Vec<Uuid>>,
    by_name: HashMap<String, Vec<Uuid>>,
    contacts: HashMap<Uuid, Record>,
    contact_by_amo_id: HashMap<i64, Uuid>,
    by_company: HashMap<String, Vec<Uuid>>,
    /// Keys of another base that mean records here.
    own: HashMap<Uuid, Uuid>,
}

fn enter<K: std::hash::Hash + Eq>(index: &mut HashMap<K, Vec<Uuid>>, key: K, id: Uuid) {
    let ids = index.entry(key).or_default();
    if !ids.contains(&id) {
        ids.push(id);
    }
}

impl Base {
    pub(super) fn company(&self, id: Uuid) -> Option<&Known> {
        self.companies.get(&id)
    }

    pub(super) fn contact(&self, id: Uuid) -> Option<&Record> {
        self.contacts.get(&id)
    }

    /// Adds a company, or enters it under keys that it has got. Old keys stay: whoever finds by them compares again.
    pub(super) fn put_company(&mut self, known: Known) {
        let id = known.record.id;
        if let Some(amo_id) = known.record.amo_id {
            self.by_amo_id.entry(amo_id).or_insert(id);
        }
        let inn = &known.record.values[Field::Inn as usize];
        if !inn.is_empty() {
            enter(&mut self.by_inn, inn.clone(), id);
        }
        enter(&mut self.by_name, known.name_key.clone(), id);
        self.companies.insert(id, known);
    }

    /// A key of the file that means this record, because that one was merged or has another key here.
    pub(super) fn mean(&mut self, own_id: Uuid, id: Uuid) {
        self.own.insert(own_id, id);
    }

    /// The record that a key of the file means, whatever it is.
    fn meant(&self, own_id: Option<Uuid>) -> Option<Uuid> {
        own_id.map(|own_id| self.own.get(&own_id).copied().unwrap_or(own_id))
    }

    /// The company that a key of the file means, when it is here.
    pub(super) fn own_company(&self, own_id: Option<Uuid>) -> Option<Uuid> {
        self.meant(own_id).filter(|id| self.companies.contains_key(id))
    }

    /// A number of amoCRM that means a company because its own card has become part of that one.
    pub(super) fn alias_company(&mut self, amo_id: i64, id: Uuid) {
        self.by_amo_id.entry(amo_id).or_insert(id);
    }

    /// As [`Self::alias_company`].
    pub(super) fn alias_contact(&mut self, amo_id: i64, id: Uuid) {
        self.contact_by_amo_id.entry(amo_id).or_insert(id);
    }

    /// Adds a contact, or enters it under keys that it has got.
    pub(super) fn put_contact(&mut self, record: Record) {
        if let Some(amo_id) = record.amo_id {
            self.contact_by_amo_id.entry(amo_id).or_insert(record.id);
        }
        enter(
            &mut self.by_company,
            record.values[ContactField::Company as usize].clone(),
            record.id,
        );
        self.contacts.insert(record.id, record);
    }

    /// The company that a row speaks of: amoCRM's number, then ИНН with КПП, then name with address.
    /// A key that was chosen is the only one.
    pub(super) fn find_company(&self, row: &CompanyRow, key: KeyBy) -> Option<(Uuid, By)> {
        if let Some(id) = self.own_company(row.common.own_id) {
            return Some((id, By::OwnId));
        }
        if let Some(id) = row.common.amo_id.and_then(|amo_id| self.by_amo_id.get(&amo_id)) {
            return Some((*id, By::AmoId));
        }
        match key {
            KeyBy::AmoId if row.common.amo_id.is_some() => None,
            KeyBy::NameAddress => self.by_name_and_address(row),
            KeyBy::Auto | KeyBy::Inn | KeyBy::AmoId => self.by_inn(row).or_else(|| self.by_name_and_address(row)),
        }
    }

    fn by_inn(&self, row: &CompanyRow) -> Option<(Uuid, By)> {
        let inn = row.get(Field::Inn);
        let by_inn = self.candidates(&self.by_inn, inn).filter(|known| {
            let is_proof = Inn::read(inn).is_valid() || known.name_key == row.name_key;
            known.record.values[Field::Inn as usize] == inn && is_proof && !differs(known, row, Field::Kpp)
        });
        let kpp = row.get(Field::Kpp);
        let nearest = by_inn.min_by_key(|known| {
            (
                known.record.values[Field::Kpp as usize] != kpp,
                known.name_key != row.name_key,
                known.record.id,
            )
        });
        nearest.map(|known| (known.record.id, By::Inn))
    }

    fn by_name_and_address(&self, row: &CompanyRow) -> Option<(Uuid, By)> {
        let by_name = self.candidates(&self.by_name, &row.name_key).filter(|known| {
            known.name_key == row.name_key
                && known.address_key == row.address_key
                && !differs(known, row, Field::Inn)
                && !differs(known, row, Field::Kpp)
        });
        by_name
            .map(|known| known.record.id)
            .min()
            .map(|id| (id, By::NameAndAddress))
    }

    /// Companies of that name, those called so letter for letter when there are any.
    pub(super) fn named(&self, name_key: &str, name: &str) -> Vec<Uuid> {
        let same: Vec<&Known> = self
            .candidates(&self.by_name, name_key)
            .filter(|known| known.name_key == name_key)
            .collect();
        let exact: Vec<Uuid> = same
            .iter()
            .filter(|known| known.record.values[Field::Name as usize] == name)
            .map(|known| known.record.id)
            .collect();
        if exact.is_empty() {
            same.iter().map(|known| known.record.id).collect()
        } else {
            exact
        }
    }

    /// The contact that a row speaks of: amoCRM's number, then company and name with a phone or e-mail.
    pub(super) fn find_contact(&self, row: &ContactRow, company: Option<Uuid>, key: KeyBy) -> Option<(Uuid, By)> {
        let own = self
            .meant(row.common.own_id)
            .filter(|id| self.contacts.contains_key(id));
        if let Some(id) = own {
            return Some((id, By::OwnId));
        }
        if let Some(id) = row.common.amo_id.and_then(|amo_id| self.contact_by_amo_id.get(&amo_id)) {
            return Some((*id, By::AmoId));
        }
        if key == KeyBy::AmoId && row.common.amo_id.is_some() {
            return None;
        }
        let company = company.map(|id| id.to_string()).unwrap_or_default();
        let name = |values: &[String]| {
            (
                fold(&values[ContactField::LastName as usize]),
                fold(&values[ContactField::FirstName as usize]),
            )
        };
        let wanted = name(&row.values);
        let contacts = self
            .by_company
            .get(&company)
            .into_iter()
            .flatten()
            .filter_map(|id| self.contacts.get(id));
        contacts
            .filter(|record| record.values[ContactField::Company as usize] == company && name(&record.values) == wanted)
            .filter(|record| shares_channel(record, row) || (!company.is_empty() && is_bare(record, row)))
            .map(|record| record.id)
            .min()
            .map(|id| (id, By::NameAndChannel))
    }

    fn candidates<'a>(&'a self, index: &'a HashMap<String, Vec<Uuid>>, key: &str) -> impl Iterator<Item = &'a Known> {
        let ids = if key.is_empty() { None } else { index.get(key) };
        ids.into_iter().flatten().filter_map(|id| self.companies.get(id))
    }
}

/// Both say something, and not the same.
fn differs(known: &Known, row: &CompanyRow, field: Field) -> bool {
    let (old, new) = (&known.record.values[field as usize], row.get(field));
    !old.is_empty() && !new.is_empty() && old != new
}

fn shares_channel(record: &Record, row: &ContactRow) -> bool {
    let (phones, emails) = row.common.channel_keys();
    phones.iter().any(|key| record.phones.keys.contains(key))
        || emails.iter().any(|key| record.emails.keys.contains(key))
}

/// One of the two cannot be reached at all, so that only the name can tell.
fn is_bare(record: &Record, row: &ContactRow) -> bool {
    (record.phones.keys.is_empty() && record.emails.keys.is_empty())
        || (row.common.phones.is_empty() && row.common.emails.is_empty())
}
