//! Where a dry run puts what it would have written: later rows must meet the same records as in the real run, yet an
//! idle check may neither lock rows nor fill the database with what is thrown away.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::base::Known;
use super::rows::{CompanyRow, ContactRow};
use crate::companies::bulk::{Channels, Field, Imported, Record};
use crate::contacts::bulk::Field as ContactField;

/// By what records are looked up, as in the queries of the real run.
#[derive(Hash)]
enum Key<'a> {
    Company(i64),
    Inn(&'a str),
    Name(&'a str),
    Contact(i64),
    /// A contact by its company.
    Employer(Uuid),
    /// A contact without a company by a phone or an e-mail.
    Channel(&'a str),
}

impl Key<'_> {
    /// Two keys of one hash only mean a record too many, which is compared anyway.
    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        Hash::hash(self, &mut hasher);
        hasher.finish()
    }
}

/// A record in few bytes: there may be a hundred thousand.
#[derive(Serialize, Deserialize)]
struct Packed {
    amo_id: Option<i64>,
    values: Vec<String>,
    phones: Channels,
    emails: Channels,
    /// `None`: the very same as the values and channels, as it is for every new record.
    imported: Option<Imported>,
    name_key: String,
    address_key: String,
    do_not_call_at: Option<DateTime<Utc>>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    companies: HashMap<Uuid, Box<[u8]>>,
    contacts: HashMap<Uuid, Box<[u8]>>,
    index: HashMap<u64, Vec<Uuid>>,
}

impl Shelf {
    pub(super) fn put_company(&mut self, known: &Known) {
        let record = &known.record;
        let inn = record.values[Field::Inn as usize].as_str();
        let keys = [
            record.amo_id.map(Key::Company),
            (!inn.is_empty()).then_some(Key::Inn(inn)),
            Some(Key::Name(&known.name_key)),
        ];
        self.enter(record.id, keys.into_iter().flatten());
        let packed = pack(record, &known.name_key, &known.address_key);
        self.companies.insert(record.id, packed);
    }

    pub(super) fn put_contact(&mut self, record: &Record) {
        let company = Uuid::try_parse(&record.values[ContactField::Company as usize]).ok();
        let channels = record.phones.keys.iter().chain(&record.emails.keys);
        let lone = channels.filter(|_| company.is_none()).map(|key| Key::Channel(key));
        let keys = [record.amo_id.map(Key::Contact), company.map(Key::Employer)];
        self.enter(record.id, keys.into_iter().flatten().chain(lone));
        self.contacts.insert(record.id, pack(record, "", ""));
    }

    fn enter<'a>(&mut self, id: Uuid, keys: impl Iterator<Item = Key<'a>>) {
        for key in keys {
            let ids = self.index.entry(key.hash()).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }

    fn ids<'a>(&'a self, keys: impl Iterator<Item = Key<'a>> + 'a) -> impl Iterator<Item = Uuid> + 'a {
        keys.filter_map(|key| self.index.get(&key.hash())).flatten().copied()
    }

    /// Companies that the row may speak of.
    pub(super) fn companies_for(&self, row: &CompanyRow) -> Vec<Uuid> {
        let keys = [
            row.common.amo_id.map(Key::Company),
            Some(Key::Inn(row.get(Field::Inn))),
            Some(Key::Name(&row.name_key)),
        ];
        self.ids(keys.into_iter().flatten()).collect()
    }

    /// Companies of that name.
    pub(super) fn companies_named(&self, name_key: &str) -> Vec<Uuid> {
        self.ids(std::iter::once(Key::Name(name_key))).collect()
    }

    /// Contacts that the row may speak of, when its company may be one of these.
    pub(super) fn contacts_for(&self, row: &ContactRow, companies: &[Uuid]) -> Vec<Uuid> {
        let (phones, emails) = row.common.channel_keys();
        let own = self.ids(row.common.amo_id.map(Key::Contact).into_iter());
        let colleagues = self.ids(companies.iter().map(|id| Key::Employer(*id)));
        let mut ids: Vec<Uuid> = own.chain(colleagues).collect();
        ids.extend(
            phones
                .iter()
                .chain(&emails)
                .flat_map(|key| self.ids(std::iter::once(Key::Channel(key)))),
        );
        ids
    }

    pub(super) fn company(&self, id: Uuid) -> Option<Known> {
        let packed = unpack(self.companies.get(&id)?)?;
        let (name_key, address_key) = (packed.name_key.clone(), packed.address_key.clone());
        Some(Known {
            record: packed.into_record(id),
            name_key,
            address_key,
        })
    }

    pub(super) fn contact(&self, id: Uuid) -> Option<Record> {
        Some(unpack(self.contacts.get(&id)?)?.into_record(id))
    }
}

fn pack(record: &Record, name_key: &str, address_key: &str) -> Box<[u8]> {
    let Record {
        values,
        phones,
        emails,
        imported,
        ..
    } = record;
    let is_same = imported.phones == phones.keys
        && imported.emails == emails.keys
        && values
            .iter()
            .zip(&imported.values)
            .all(|(value, imported)| match imported {
                None => value.is_empty(),
                Some(imported) => imported == value && !value.is_empty(),
            });
    let packed = Packed {
        amo_id: record.amo_id,
        values: values.clone(),
        phones: phones.clone(),
        emails: emails.clone(),
        imported: (!is_same).then(|| imported.clone()),
        name_key: name_key.to_owned(),
        address_key: address_key.to_owned(),
        do_not_call_at: record.do_not_call_at,
    };
    // Strings and numbers always have a JSON form.
    serde_json::to_vec(&packed).unwrap_or_default().into_boxed_slice()
}

fn unpack(bytes: &[u8]) -> Option<Packed> {
    serde_json::from_slice(bytes).ok()
}

impl Packed {
    fn into_record(self, id: Uuid) -> Record {
        let same = || Imported {
            values: self
                .values
                .iter()
                .map(|value| (!value.is_empty()).then(|| value.clone()))
                .collect(),
            phones: self.phones.keys.clone(),
            emails: self.emails.keys.clone(),
        };
        let imported = self.imported.clone().unwrap_or_else(same);
        Record {
            id,
            amo_id: self.amo_id,
            values: self.values,
            phones: self.phones,
            emails: self.emails,
            imported,
            do_not_call_at: self.do_not_call_at,
        }
    }
}
