//! Many companies at once, as an import or an act on a whole list writes them. The only other writer of this room's tables.

mod back;
mod details;
mod folding;
mod marks;
mod words;
mod write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::values::{Phone, text};

pub(crate) use back::{Settled, remove, remove_channels, settle};
pub(crate) use details::lock_heads;
pub(crate) use folding::{Channel, Retold, cut_words, folded};
pub(crate) use marks::{Marked, Marks, lock_marks, write_marks};
pub(crate) use words::Words;
pub(crate) use write::{add_channels, comment, insert, lock, lock_rows, refresh, renew_words, update};

/// Names of the fields that an import writes, as `imported_fields` and the audit log have them.
pub(crate) const FIELDS: [&str; 23] = [
    "name",
    "legal_name",
    "inn",
    "kpp",
    "ogrn",
    "address",
    "website",
    "activity_kind",
    "contact_name",
    "contact_position",
    "lead_state",
    "status",
    "responsible",
    "branch",
    "spheres",
    "region",
    "head",
    "contract_type",
    "contract_until",
    "contract_amount",
    "do_not_call",
    "time_zone",
    "working_hours",
];

/// Places in [`FIELDS`]. Keys of other tables are kept as their digits; `Spheres` as sorted keys parted by commas; days
/// and sums as Postgres writes them; `DoNotCall` as [`do_not_call`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    LegalName,
    Inn,
    Kpp,
    Ogrn,
    Address,
    Website,
    ActivityKind,
    ContactName,
    ContactPosition,
    LeadState,
    Status,
    Responsible,
    Branch,
    Spheres,
    Region,
    Head,
    ContractType,
    ContractUntil,
    ContractAmount,
    DoNotCall,
    TimeZone,
    WorkingHours,
}

/// A company or a contact as an import compares and writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Key of the row.
    pub(crate) id: Uuid,
    /// amoCRM's number.
    pub(crate) amo_id: Option<i64>,
    /// By the room's `Field`.
    pub(crate) values: Vec<String>,
    /// Phones it has.
    pub(crate) phones: Channels,
    /// E-mails it has.
    pub(crate) emails: Channels,
    /// What the last import wrote.
    pub(crate) imported: Imported,
    /// Since when nobody is to call there, when that is so.
    pub(crate) do_not_call_at: Option<DateTime<Utc>>,
}

impl Record {
    /// Nothing yet.
    pub(crate) fn new(id: Uuid, fields: usize) -> Self {
        Self {
            id,
            amo_id: None,
            values: vec![String::new(); fields],
            phones: Channels::default(),
            emails: Channels::default(),
            imported: Imported::empty(fields),
            do_not_call_at: None,
        }
    }
}

/// The mark «Не звонить» as a value; empty: there is none.
pub(crate) fn do_not_call(is_marked: bool, reason: &str) -> String {
    match (is_marked, reason) {
        (false, _) => String::new(),
        (true, "") => NO_CALL.to_owned(),
        (true, reason) => format!("{NO_CALL}: {reason}"),
    }
}

/// The reason that [`do_not_call`] was given.
pub(crate) fn do_not_call_reason(value: &str) -> &str {
    let rest = value.strip_prefix(NO_CALL).unwrap_or_default();
    rest.strip_prefix(": ").unwrap_or(rest)
}

const NO_CALL: &str = "не звонить";

/// Phones or e-mails of a record by the keys that they are compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Channels {
    /// See [`phone_key`] and [`email_key`].
    pub(crate) keys: Vec<String>,
    /// Position of the next one.
    pub(crate) next: i32,
}

/// What imports wrote into a record. A value that differs now was edited by a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Imported {
    /// By the room's `Field`; `None`: never written by an import.
    pub(crate) values: Vec<Option<String>>,
    /// Keys of all phones ever written, removed ones too.
    pub(crate) phones: Vec<String>,
    /// Keys of all e-mails ever written, removed ones too.
    pub(crate) emails: Vec<String>,
}

impl Imported {
    fn empty(fields: usize) -> Self {
        Self {
            values: vec![None; fields],
            ..Self::default()
        }
    }

    /// From the `imported_fields` column.
    pub(crate) fn read(json: Option<&Value>, fields: &[&str]) -> Self {
        let Some(json) = json else {
            return Self::empty(fields.len());
        };
        let text = |field: &&str| json.get(*field).and_then(Value::as_str).map(str::to_owned);
        let list = |field: &str| {
            let list = json.get(field).and_then(Value::as_array);
            list.into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        Self {
            values: fields.iter().map(text).collect(),
            phones: list("phones"),
            emails: list("emails"),
        }
    }

    /// For the `imported_fields` column.
    pub(crate) fn to_json(&self, fields: &[&str]) -> Value {
        let written = fields.iter().zip(&self.values);
        let mut map: Map<String, Value> = written
            .filter_map(|(field, value)| Some(((*field).to_owned(), json!(value.as_ref()?))))
            .collect();
        for (name, keys) in [("phones", &self.phones), ("emails", &self.emails)] {
            if !keys.is_empty() {
                map.insert(name.to_owned(), json!(keys));
            }
        }
        Value::Object(map)
    }
}

/// By what two phones of one record are the same.
pub(crate) fn phone_key(digits: &str, extension: &str, raw: &str) -> String {
    match (digits, extension) {
        ("", _) => raw.to_lowercase(),
        (_, "") => digits.to_owned(),
        _ => format!("{digits}#{extension}"),
    }
}

/// By what two e-mails of one record are the same.
pub(crate) fn email_key(value: &str) -> String {
    value.to_lowercase()
}

/// The compared form of a name, never empty for a name that is not.
pub(crate) fn name_key(name: &str) -> String {
    let key = text::name_key(name);
    if key.is_empty() { text::fold(name) } else { key }
}

/// A company to insert.
#[derive(Debug)]
pub(crate) struct NewRecord<'a> {
    /// What to write.
    pub(crate) record: &'a Record,
    /// The row that it comes from, as JSON.
    pub(crate) raw: &'a str,
    /// When the source made it.
    pub(crate) created_at: DateTime<Utc>,
    /// Search words of its card; a contact has none of its own.
    pub(crate) words: Words,
}

/// A phone to insert.
#[derive(Debug)]
pub(crate) struct NewPhone {
    /// Company or contact.
    pub(crate) owner: Uuid,
    /// Its place.
    pub(crate) position: i32,
    /// Of `contact_phones`.
    pub(crate) kind: &'static str,
    /// The number.
    pub(crate) phone: Phone,
    /// What the source says of it.
    pub(crate) comment: String,
}

/// An e-mail to insert.
#[derive(Debug)]
pub(crate) struct NewEmail {
    /// Company or contact.
    pub(crate) owner: Uuid,
    /// Its place.
    pub(crate) position: i32,
    /// Of `contact_emails`.
    pub(crate) kind: &'static str,
    /// The address.
    pub(crate) value: String,
    /// What the source says of it.
    pub(crate) comment: String,
}
