//! A row of text as what it means: a company, a contact, or nothing.

mod clean;
mod company;
mod contact;
mod deal;
mod own;
mod pair;

use std::collections::HashSet;
use std::fmt::Write as _;

use chrono::{DateTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde_json::json;
use uuid::Uuid;

use super::model::{Kind, Outcome, Verdict};
use super::options::KeyBy;
use super::reading::{Head, Row, Target, View};
use crate::companies::bulk::{email_key, phone_key};
use crate::values::text::{self, fold};
use crate::values::{Email, Phone};

pub(super) use clean::{Cut, names, split_person};
pub(super) use company::{CompanyRow, RowNote};
pub(super) use contact::ContactRow;
pub(super) use deal::DealRow;
pub(super) use pair::PairRow;

/// What both kinds of rows have.
#[derive(Clone, Debug, Default)]
pub(super) struct Common {
    pub(super) line: i32,
    /// How the report names the row.
    pub(super) key: String,
    /// Key of the record in the base that the file was taken out of.
    pub(super) own_id: Option<Uuid>,
    /// The same of a contact's company.
    pub(super) own_company: Option<Uuid>,
    /// amoCRM's number of the record.
    pub(super) amo_id: Option<i64>,
    /// «Название компании», as read.
    pub(super) company: String,
    /// «Ответственный», as read.
    pub(super) responsible: String,
    pub(super) phones: Vec<RowPhone>,
    pub(super) emails: Vec<RowEmail>,
    pub(super) created_at: Option<DateTime<Utc>>,
    /// Since when nobody is to call there, when our own file says so.
    pub(super) do_not_call_at: Option<DateTime<Utc>>,
    /// It comes with a deal, which is no source about companies and people: it only fills.
    pub(super) only_fills: bool,
    /// The whole row by heading, as JSON: most rows never need it, and a tree of it would cost more than all the rest.
    pub(super) raw: String,
    /// Field and sentence.
    pub(super) remarks: Vec<(&'static str, String)>,
}

impl Common {
    /// By what phones and e-mails are compared.
    pub(super) fn channel_keys(&self) -> (Vec<String>, Vec<String>) {
        let phones = self.phones.iter().map(RowPhone::key).collect();
        let emails = self.emails.iter().map(RowEmail::key).collect();
        (phones, emails)
    }
}

impl RowPhone {
    pub(super) fn key(&self) -> String {
        phone_key(&self.phone.digits, &self.phone.extension, &self.phone.raw)
    }
}

impl RowEmail {
    pub(super) fn key(&self) -> String {
        email_key(self.email.as_str())
    }
}

/// A number and the kind that its column gives it.
#[derive(Clone, Debug)]
pub(super) struct RowPhone {
    pub(super) phone: Phone,
    pub(super) kind: &'static str,
    pub(super) comment: String,
}

/// An address and the kind that its column gives it.
#[derive(Clone, Debug)]
pub(super) struct RowEmail {
    pub(super) email: Email,
    pub(super) kind: &'static str,
    pub(super) comment: String,
}

/// What a row means.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    Company(Box<CompanyRow>),
    Contact(Box<ContactRow>),
    /// Several records in one row.
    Pair(Box<PairRow>),
    /// Already judged.
    Judged(Outcome),
}

impl Meaning {
    /// Line and key of the row.
    pub(super) fn place(&self) -> (i32, &str) {
        match self {
            Self::Company(row) => (row.common.line, &row.common.key),
            Self::Contact(row) => (row.common.line, &row.common.key),
            Self::Pair(row) => row
                .common()
                .map_or((0, ""), |common| (common.line, common.key.as_str())),
            Self::Judged(outcome) => (outcome.line, &outcome.key),
        }
    }
}

/// `name_key` of a company as its name is written down; empty without a name.
fn company_key(name: &str) -> String {
    if name.is_empty() {
        return String::new();
    }
    crate::companies::bulk::name_key(&clean::cut(name.to_owned(), LONGEST_NAME).0)
}

/// The longest name of a company.
const LONGEST_NAME: usize = 255;

/// Reads rows of one file.
pub(super) struct Reader<'a> {
    head: &'a Head,
    /// For `raw_fields`.
    names: Vec<String>,
    zone: Tz,
    now: DateTime<Utc>,
    key: KeyBy,
}

impl<'a> Reader<'a> {
    /// For rows under this heading, with dates on the clock of `zone`.
    pub(super) fn new(head: &'a Head, zone: Tz, now: DateTime<Utc>) -> Self {
        Self {
            head,
            names: head.unique_names(),
            zone,
            now,
            key: KeyBy::Auto,
        }
    }

    /// The same, for an import that recognises records by this key.
    pub(super) fn by(self, key: KeyBy) -> Self {
        Self { key, ..self }
    }

    /// Of what a row speaks; `None` when it says neither.
    pub(super) fn kind(&self, row: &Row<'_>) -> Option<Kind> {
        if row.problem.is_some() {
            return None;
        }
        if self.head.is_paired() {
            let of_person = self.has_person(row).then_some(Kind::Contact);
            return if self.has_company(row) {
                Some(Kind::Company)
            } else {
                of_person
            };
        }
        let has = |target| !self.head.cell(&row.cells, target, Kind::Contact).is_empty();
        let named = [Target::FullName, Target::FirstName, Target::LastName]
            .into_iter()
            .any(has);
        let by_cells = || {
            if named { Kind::Contact } else { Kind::Company }
        };
        if !self.head.has(Target::Kind) {
            return Some(by_cells());
        }
        let typed = fold(self.head.cell(&row.cells, Target::Kind, Kind::Company));
        match typed.as_str() {
            "" if named => Some(Kind::Contact),
            "" => has(Target::CompanyName).then_some(Kind::Company),
            _ if typed.contains("компан") => Some(Kind::Company),
            _ if typed.contains("контакт") => Some(Kind::Contact),
            _ => None,
        }
    }

    /// Whether the file is an export of ours.
    pub(super) fn is_own(&self) -> bool {
        self.head.is_own()
    }

    /// A filled cell of a row about a person.
    pub(super) fn cell<'r>(&'r self, row: &'r Row<'_>, target: Target) -> Option<&'r str> {
        Some(self.head.cell(&row.cells, target, Kind::Contact)).filter(|cell| !cell.is_empty())
    }

    /// By what rows know the company that a row names; empty when it names none.
    pub(super) fn company_key(&self, row: &Row<'_>, kind: Kind) -> String {
        company_key(&self.line_of(row, Target::CompanyName, kind))
    }

    /// Reads a row.
    pub(super) fn read(&self, row: &Row<'_>) -> Meaning {
        let judged = |verdict, message: &str| {
            Meaning::Judged(Outcome::without_record(row.line, verdict, &self.key(row), message))
        };
        match &row.problem {
            Some(problem) if problem.is_empty() => return judged(Verdict::Skipped, "Пустая строка"),
            Some(problem) => return judged(Verdict::Refused, problem),
            None => (),
        }
        if self.head.is_paired() {
            return self.pair(row);
        }
        let Some(kind) = self.kind(row) else {
            return judged(Verdict::Skipped, "Не компания и не контакт: проверьте столбец «Тип»");
        };
        if !self.head.is_own()
            && self.key.has_numbers()
            && self.head.has(Target::Id)
            && self.head.cell(&row.cells, Target::Id, kind).is_empty()
        {
            return judged(Verdict::Skipped, "Нет номера в столбце «ID»");
        }
        match kind {
            Kind::Company => self.company(row, View::of(kind)),
            Kind::Contact => self.contact(row, View::of(kind)),
        }
    }

    /// By what a row that leads to no record can be found in the file.
    fn key(&self, row: &Row<'_>) -> String {
        let names = [
            Target::Id,
            Target::CompanyName,
            Target::FullName,
            Target::LastName,
            Target::FirstName,
        ];
        let name = match row.problem {
            None => names
                .into_iter()
                .map(|name| self.line_of(row, name, Kind::Contact))
                .find(|key| !key.is_empty()),
            Some(_) => row
                .cells
                .iter()
                .find(|cell| !cell.is_empty())
                .map(|cell| clean::line(cell)),
        };
        name.unwrap_or_default().chars().take(100).collect()
    }

    /// The first filled cell of that meaning on one line, HTML undone.
    fn line_of(&self, row: &Row<'_>, target: Target, kind: Kind) -> String {
        self.one_line(self.head.cell(&row.cells, target, kind))
    }

    /// A cell on one line; our own files mean what they say.
    fn one_line(&self, cell: &str) -> String {
        if self.head.is_own() {
            return text::line(cell);
        }
        clean::line(cell)
    }

    fn common(&self, row: &Row<'_>, view: View) -> Common {
        let kind = view.kind;
        let id = self.head.cell(&row.cells, Target::Id, kind);
        let is_number = self.key.has_numbers() && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        let mut common = Common {
            line: row.line,
            key: id.to_owned(),
            own_id: self.own_key(row, Target::OwnId),
            own_company: self.own_key(row, Target::OwnCompany),
            amo_id: if is_number { id.parse().ok() } else { None },
            company: self.line_of(row, Target::CompanyName, kind),
            responsible: self.line_of(row, Target::Responsible, kind),
            created_at: self.moment(self.head.cell(&row.cells, Target::CreatedAt, kind)),
            raw: self.raw(row),
            ..Common::default()
        };
        self.read_phones(row, view, &mut common);
        self.read_emails(row, view, &mut common);
        common
    }

    fn read_phones(&self, row: &Row<'_>, view: View, common: &mut Common) {
        let mut seen = HashSet::new();
        for phone_kind in ["work", "work_direct", "mobile", "home", "fax", "other"] {
            for (_, cell) in self.head.seen(&row.cells, Target::Phone(phone_kind), view) {
                let cell = match clean::number(cell) {
                    Ok(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => number,
                    Ok(_) => cell,
                    Err(message) => {
                        common.remarks.push(("phones", message.to_owned()));
                        continue;
                    }
                };
                for (phone, comment) in self.phones_of(cell) {
                    if !seen.insert(phone_key(&phone.digits, &phone.extension, &phone.raw)) {
                        continue;
                    }
                    if phone.e164.is_empty() {
                        let message = format!("Телефон «{}» не распознан, записан как есть", phone.raw);
                        common.remarks.push(("phones", message));
                    }
                    common.phones.push(RowPhone {
                        phone,
                        kind: phone_kind,
                        comment,
                    });
                }
            }
        }
    }

    fn read_emails(&self, row: &Row<'_>, view: View, common: &mut Common) {
        let mut seen = HashSet::new();
        for email_kind in ["work", "personal", "other"] {
            for (_, cell) in self.head.seen(&row.cells, Target::Email(email_kind), view) {
                let (emails, unreadable) = self.emails_of(cell);
                for text in unreadable {
                    let text: String = text.chars().take(100).collect();
                    common
                        .remarks
                        .push(("emails", format!("«{text}» не похоже на адрес почты, не записано")));
                }
                let fresh = emails
                    .into_iter()
                    .filter(|(email, _)| seen.insert(email.as_str().to_lowercase()));
                common.emails.extend(fresh.map(|(email, comment)| RowEmail {
                    email,
                    kind: email_kind,
                    comment,
                }));
            }
        }
    }

    /// All filled notes as «heading: text».
    fn notes(&self, row: &Row<'_>, kind: Kind) -> Vec<String> {
        let notes = self.head.cells(&row.cells, Target::Note, kind);
        if self.head.is_own() {
            return notes.map(|(_, cell)| text::lines(cell)).collect();
        }
        notes
            .map(|(heading, cell)| format!("{heading}: {}", clean::text(cell)))
            .collect()
    }

    /// The filled cells by heading.
    fn raw(&self, row: &Row<'_>) -> String {
        let filled = self.names.iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty());
        let mut raw = String::from("{");
        for (place, (name, cell)) in filled.enumerate() {
            let comma = if place == 0 { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = write!(raw, "{comma}{}:{}", json!(name), json!(cell));
        }
        raw.push('}');
        raw
    }

    /// A moment on the account's clock; the future is not believed.
    fn moment(&self, cell: &str) -> Option<DateTime<Utc>> {
        let moment = self
            .zone
            .from_local_datetime(&clean::moment(cell)?)
            .earliest()?
            .with_timezone(&Utc);
        (moment <= self.now).then_some(moment)
    }
}
