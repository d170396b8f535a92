//! A row about a company.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::companies::bulk::{FIELDS, Field};
use crate::imports::model::{Kind, Outcome, Verdict};
use crate::imports::reading::{Row, Target, View};
use crate::values::text::{address_key, fold};
use crate::values::{Inn, Kpp, Ogrn, site_url};

use super::{Common, Cut, LONGEST_NAME, Meaning, Reader, clean, split_person};

/// The name of a company that the file does not name.
const NAMELESS: &str = "(без названия)";
/// The longest note.
pub(super) const LONGEST_NOTE: usize = 20_000;

/// What a row says of a company; an empty value says nothing.
#[derive(Clone, Debug)]
pub(in crate::imports) struct CompanyRow {
    pub(in crate::imports) common: Common,
    /// By [`Field`]; what the dictionaries and people decide is filled in later.
    pub(in crate::imports) values: Vec<String>,
    pub(in crate::imports) status: String,
    /// The cell, not yet cut into names.
    pub(in crate::imports) spheres: String,
    /// Empty when the file does not name the company: the nameless are never the same.
    pub(in crate::imports) name_key: String,
    pub(in crate::imports) address_key: String,
    /// Notes of a new company, the oldest first.
    pub(in crate::imports) notes: Vec<RowNote>,
    /// First and last name of its head.
    pub(in crate::imports) director: Option<(String, String)>,
    /// What only our own files say.
    pub(in crate::imports) own: OwnWords,
}

/// A note of a new company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::imports) struct RowNote {
    pub(in crate::imports) text: String,
    /// What stands before the text and may be its author's name; empty: nothing.
    pub(in crate::imports) author: String,
    /// `None`: it is written just now.
    pub(in crate::imports) created_at: Option<DateTime<Utc>>,
}

/// Names of dictionaries and companies that only our own files say.
#[derive(Clone, Debug, Default)]
pub(in crate::imports) struct OwnWords {
    pub(in crate::imports) region: String,
    pub(in crate::imports) branch: String,
    pub(in crate::imports) contract_type: String,
    pub(in crate::imports) head: String,
    /// Its key in the base that the file was taken out of.
    pub(in crate::imports) head_id: Option<Uuid>,
    /// What parts the spheres of its cell.
    pub(in crate::imports) cut: Cut,
}

impl CompanyRow {
    /// What the row says of a field.
    pub(in crate::imports) fn get(&self, field: Field) -> &str {
        &self.values[field as usize]
    }

    /// A company of which a contact's row knows the name only.
    pub(in crate::imports) fn named_by_contact(contact: &Common) -> Self {
        let mut values = vec![String::new(); FIELDS.len()];
        let (name, _) = clean::cut(contact.company.clone(), LONGEST_NAME);
        values[Field::Name as usize].clone_from(&name);
        let common = Common {
            line: contact.line,
            key: contact.key.clone(),
            own_id: contact.own_company,
            responsible: contact.responsible.clone(),
            company: contact.company.clone(),
            created_at: contact.created_at,
            raw: contact.raw.clone(),
            ..Common::default()
        };
        let name_key = crate::companies::bulk::name_key(&name);
        let empty = String::new;
        Self {
            common,
            values,
            status: empty(),
            spheres: empty(),
            name_key,
            address_key: empty(),
            notes: Vec::new(),
            director: None,
            own: OwnWords::default(),
        }
    }
}

/// Collects values, cut to what their columns hold.
pub(super) struct Values<'a> {
    values: Vec<String>,
    remarks: &'a mut Vec<(&'static str, String)>,
}

impl Values<'_> {
    pub(super) fn set(&mut self, field: Field, value: String, most: usize) {
        let (value, is_cut) = clean::cut(value, most);
        if is_cut {
            self.remark(field, format!("Длиннее {most} знаков, лишнее отброшено"));
        }
        self.values[field as usize] = value;
    }

    pub(super) fn remark(&mut self, field: Field, message: impl Into<String>) {
        self.remarks.push((FIELDS[field as usize], message.into()));
    }

    /// What is wrong with a number; whether it is written all the same is known later.
    fn warn(&mut self, field: Field, warning: Option<&'static str>, digits: &str, cell: &str) {
        if digits.is_empty() && !cell.is_empty() {
            let cell: String = cell.chars().take(100).collect();
            self.remark(field, format!("В ячейке «{cell}» нет номера, не записано"));
        } else if let Some(warning) = warning {
            self.remark(field, warning);
        }
    }

    fn is_empty(&self, field: Field) -> bool {
        self.values[field as usize].is_empty()
    }
}

impl Reader<'_> {
    pub(super) fn company(&self, row: &Row<'_>, view: View) -> Meaning {
        let kind = Kind::Company;
        let mut common = self.common(row, view);
        let mut remarks = std::mem::take(&mut common.remarks);
        let mut values = Values {
            values: vec![String::new(); FIELDS.len()],
            remarks: &mut remarks,
        };
        let is_named = !common.company.is_empty();
        let name = if is_named { &common.company } else { NAMELESS };
        values.set(Field::Name, name.to_owned(), LONGEST_NAME);
        self.read_numbers(row, &mut values);
        let parts = self.read_texts(row, view, &mut values);
        let own = self.own_words(row, &mut values);
        common.do_not_call_at = self.do_not_call(row, kind).1;
        if !is_named && values.is_empty(Field::Inn) && common.amo_id.is_none() && common.own_id.is_none() {
            let message = "Нет ни названия, ни ИНН, ни номера: компанию не узнать";
            let outcome = Outcome::without_record(row.line, Verdict::Refused, &common.key, message);
            return Meaning::Judged(outcome);
        }
        let values = values.values;
        if common.key.is_empty() {
            let inn = &values[Field::Inn as usize];
            common
                .key
                .clone_from(if inn.is_empty() { &common.company } else { inn });
        }
        common.remarks = remarks;
        let director = self.line_of(row, Target::Director, kind);
        Meaning::Company(Box::new(CompanyRow {
            name_key: super::company_key(&common.company),
            address_key: address_key(&values[Field::Address as usize]),
            values,
            status: self.line_of(row, Target::Status, kind),
            spheres: self.line_of(row, Target::Spheres, kind),
            notes: self.notes_of(&parts),
            // In a file of ours the head stands among the people, too, if it is a contact at all.
            director: (!director.is_empty() && !self.head.is_own()).then(|| split_person(&director)),
            own,
            common,
        }))
    }

    /// Reads what is kept as written; answers the parts of the note.
    fn read_texts(&self, row: &Row<'_>, view: View, values: &mut Values<'_>) -> Vec<String> {
        let kind = Kind::Company;
        values.set(Field::LegalName, self.line_of(row, Target::LegalName, kind), 255);
        values.set(Field::Address, self.address(row), 500);
        let site = self.line_of(row, Target::Website, kind);
        if !site.is_empty() && site_url(&site).is_none() {
            values.remark(Field::Website, "Не похоже на адрес сайта, записываем как есть");
        }
        values.set(Field::Website, site, 255);
        values.set(Field::ContactName, self.line_of(row, Target::Director, kind), 255);
        let position = self.head.seen(&row.cells, Target::Position, view).next();
        let position = position.map_or_else(String::new, |(_, cell)| self.one_line(cell));
        values.set(Field::ContactPosition, position, 255);
        if is_yes(self.head.cell(&row.cells, Target::Cold, kind)) {
            values.set(Field::LeadState, "cold".to_owned(), 16);
        }
        let mut parts = self.notes(row, kind);
        let activity = self.line_of(row, Target::Activity, kind);
        if activity.chars().count() > 255 {
            parts.push(format!("Вид деятельности: {activity}"));
        }
        values.set(Field::ActivityKind, activity, 255);
        parts
    }

    fn read_numbers(&self, row: &Row<'_>, values: &mut Values<'_>) {
        let kind = Kind::Company;
        let mut inn = self.line_of(row, Target::Inn, kind);
        let mut kpp = self.line_of(row, Target::Kpp, kind);
        // «ИНН/КПП» in one cell.
        if kpp.is_empty()
            && let Some((left, right)) = inn.split_once('/')
        {
            (inn, kpp) = (left.trim().to_owned(), right.trim().to_owned());
        }
        match clean::number(&inn) {
            Ok(cell) => {
                let read = Inn::read(cell);
                let padded = read.padded().filter(|_| !self.head.is_own());
                if padded.is_some() {
                    values.remark(Field::Inn, "Вернули нуль, потерянный в начале ИНН");
                }
                let inn = padded.unwrap_or(read);
                values.warn(Field::Inn, inn.warning(), &inn.digits, cell);
                values.set(Field::Inn, inn.digits, 20);
            }
            Err(message) => values.remark(Field::Inn, message),
        }
        match clean::number(&kpp) {
            Ok(cell) => {
                let kpp = Kpp::read(cell);
                values.warn(Field::Kpp, kpp.warning(), &kpp.digits, cell);
                values.set(Field::Kpp, kpp.digits, 20);
            }
            Err(message) => values.remark(Field::Kpp, message),
        }
        let cell = self.line_of(row, Target::Ogrn, kind);
        let ogrn = Ogrn::read(&cell);
        values.warn(Field::Ogrn, ogrn.warning(), &ogrn.digits, &cell);
        values.set(Field::Ogrn, ogrn.digits, 20);
    }

    /// The notes of a new company: one, but our own files hold them all, word for word.
    fn notes_of(&self, parts: &[String]) -> Vec<RowNote> {
        if self.head.is_own() {
            return parts.iter().flat_map(|cell| self.own_notes(cell)).collect();
        }
        let text = note(parts);
        let one = (!text.is_empty()).then(|| RowNote {
            text,
            ..RowNote::default()
        });
        one.into_iter().collect()
    }

    /// The address after its region, unless that is in it.
    fn address(&self, row: &Row<'_>) -> String {
        let address = self.line_of(row, Target::Address, Kind::Company);
        let region = self.line_of(row, Target::Region, Kind::Company);
        if self.head.is_own() || region.is_empty() || fold(&address).contains(&fold(&region)) {
            address
        } else if address.is_empty() {
            region
        } else {
            format!("{region}, {address}")
        }
    }
}

fn is_yes(cell: &str) -> bool {
    ["да", "yes", "true", "1", "y", "истина"].contains(&fold(cell).as_str())
}

fn note(parts: &[String]) -> String {
    if parts.is_empty() {
        return String::new();
    }
    clean::cut(format!("Импорт из amoCRM\n\n{}", parts.join("\n\n")), LONGEST_NOTE).0
}
