//! A row that speaks of a company, of a person in it, of a deal of both.

use super::company::CompanyRow;
use super::contact::ContactRow;
use super::deal::DealRow;
use super::{Common, Meaning, Reader, View};
use crate::imports::model::{Kind, Outcome, Verdict};
use crate::imports::reading::{Row, Target};

/// What the row says of each; at least one of the first two.
#[derive(Clone, Debug)]
pub(in crate::imports) struct PairRow {
    pub(in crate::imports) company: Option<CompanyRow>,
    pub(in crate::imports) contact: Option<ContactRow>,
    pub(in crate::imports) deal: Option<DealRow>,
}

impl PairRow {
    /// What leads the row: its company, else its person.
    pub(in crate::imports) fn common(&self) -> Option<&Common> {
        let company = self.company.as_ref().map(|row| &row.common);
        company.or_else(|| self.contact.as_ref().map(|row| &row.common))
    }
}

/// What names a person.
const PERSON: [Target; 3] = [Target::FullName, Target::FirstName, Target::LastName];

impl Reader<'_> {
    /// Whether the row names a person, or has phones or e-mails of one.
    pub(super) fn has_person(&self, row: &Row<'_>) -> bool {
        let has = |target| !self.head.cell(&row.cells, target, Kind::Contact).is_empty();
        PERSON.into_iter().any(has) || self.head.has_own(&row.cells, Kind::Contact)
    }

    /// Whether the row names a company, or has a number by which one is known.
    pub(super) fn has_company(&self, row: &Row<'_>) -> bool {
        let has = |target| !self.head.cell(&row.cells, target, Kind::Company).is_empty();
        has(Target::CompanyName) || has(Target::Inn)
    }

    /// Reads a row of a file whose rows hold several records.
    pub(super) fn pair(&self, row: &Row<'_>) -> Meaning {
        let (has_company, has_person) = (self.has_company(row), self.has_person(row));
        let mut company = if has_company {
            match self.company(row, View::company_beside(has_person)) {
                Meaning::Company(company) => Some(*company),
                judged => return judged,
            }
        } else {
            None
        };
        let mut contact = None;
        if has_person {
            match self.contact(row, View::of(Kind::Contact)) {
                Meaning::Contact(read) => contact = Some(*read),
                judged if company.is_none() => return judged,
                _ => (),
            }
        }
        if let (Some(company), Some(contact)) = (&company, &mut contact) {
            contact.common.company.clone_from(&company.common.company);
            contact.company_key.clone_from(&company.name_key);
        }
        let owner = [
            company.as_ref().map_or("", |row| row.name_key.as_str()),
            contact.as_ref().map_or("", |row| row.common.key.as_str()),
        ];
        let deal = self.deal(row, &owner.join("\n"));
        if deal.is_some() {
            let parts = [
                company.as_mut().map(|row| &mut row.common),
                contact.as_mut().map(|row| &mut row.common),
            ];
            parts.into_iter().flatten().for_each(|common| common.only_fills = true);
        }
        match (company, contact, deal) {
            (None, None, deal) => {
                let message = if deal.is_some() {
                    "Сделка без компании и контакта: её не к чему отнести"
                } else {
                    "Нет ни компании, ни контакта"
                };
                let key = self.key(row);
                Meaning::Judged(Outcome::without_record(row.line, Verdict::Skipped, &key, message))
            }
            (Some(company), None, None) => Meaning::Company(Box::new(company)),
            (None, Some(contact), None) => Meaning::Contact(Box::new(contact)),
            (company, contact, deal) => Meaning::Pair(Box::new(PairRow { company, contact, deal })),
        }
    }
}
