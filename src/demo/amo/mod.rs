//! Files as amoCRM exports them, and as people bring them back from Excel, with everything that such files do to an
//! importer: each layout that an import knows by itself.

mod columns;
mod deals;
mod flaws;
mod layout;
mod row;
mod sink;

use std::collections::HashSet;
use std::io::{self, Write};

use chrono::{DateTime, Utc};

use crate::values::text::name_key;

use super::company::independent;
use super::model::DemoCompany;
use super::rng::Rng;

use columns::{HEADINGS, OF_COMPANIES, OF_CONTACTS};
use flaws::Flaw;
use row::{Cells, company_row, contact_row};
use sink::Sink;

pub(crate) use layout::Layout;

/// What kind of file to write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AmoOptions {
    pub(crate) layout: Layout,
    /// Rows below the heading, exact copies among them.
    pub(crate) rows: u64,
    pub(crate) seed: u64,
    /// Put in rows that an importer has to refuse, to mend or to skip.
    pub(crate) dirty: bool,
}

/// What the file holds. A broken row has one flaw only and counts among the companies as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AmoSummary {
    pub(crate) rows: u64,
    /// Company rows, without exact copies.
    pub(crate) companies: u64,
    /// Contact rows.
    pub(crate) contacts: u64,
    /// Rows of deals.
    pub(crate) deals: u64,
    /// Contacts that name no company.
    pub(crate) lone_contacts: u64,
    /// Contacts that stand before their company.
    pub(crate) early_contacts: u64,
    /// Companies with «да» under «Холодный звонок».
    pub(crate) cold_calls: u64,
    /// Rows with `&quot;` or `&amp;` in the name.
    pub(crate) with_entities: u64,
    /// Phone cells that begin with an apostrophe.
    pub(crate) apostrophe_phones: u64,
    /// Phone cells with several numbers.
    pub(crate) several_phones: u64,
    /// Notes of more than one line.
    pub(crate) multiline_notes: u64,
    /// Rows without `ID`.
    pub(crate) missing_ids: u64,
    /// Rows with an e-mail that is none.
    pub(crate) broken_emails: u64,
    /// Companies whose ИНН has lost its leading zero; right again with it.
    pub(crate) short_inns: u64,
    /// Companies whose name is longer than 255 characters.
    pub(crate) long_names: u64,
    /// Rows equal to the one before them, `ID` and all.
    pub(crate) copies: u64,
}

/// A moment of the day that stands in the name of the file; 13:00 for the account.
const EXPORTED_AT: DateTime<Utc> =
    DateTime::from_timestamp(1_765_440_000, 0).expect("11 December 2025 is within the range of dates");

/// Writes the file; of companies and contacts together about three to two.
pub(crate) fn write(out: &mut impl Write, options: AmoOptions) -> io::Result<AmoSummary> {
    write_as(out, options, options.layout)
}

/// Writes the values of one layout in the form of another: as CSV, when that is [`Layout::ContactsAndCompanies`].
pub(crate) fn write_as(out: &mut impl Write, options: AmoOptions, form: Layout) -> io::Result<AmoSummary> {
    let mut file = Export {
        out: Sink::new(out, form),
        options,
        summary: AmoSummary::default(),
        names: HashSet::new(),
    };
    let headings: Vec<&str> = match options.layout {
        Layout::Companies => OF_COMPANIES.iter().map(|column| HEADINGS[*column]).collect(),
        Layout::Contacts => OF_CONTACTS.iter().map(|column| HEADINGS[*column]).collect(),
        Layout::Leads2022 | Layout::Xlsx2025 | Layout::Template => deals::headings(options.layout).to_vec(),
        _ => HEADINGS.to_vec(),
    };
    file.out.write(&headings)?;
    let mut group = 0;
    while file.left() > 0 {
        file.write_group(group)?;
        group += 1;
    }
    file.out.finish()?;
    Ok(file.summary)
}

struct Export<W: Write> {
    out: Sink<W>,
    options: AmoOptions,
    summary: AmoSummary,
    /// Keys of the names so far: contacts name their company, so no two may be called alike.
    names: HashSet<String>,
}

impl<W: Write> Export<W> {
    fn left(&self) -> u64 {
        self.options.rows - self.summary.rows
    }

    /// A company with its contacts, one of which may stand before it.
    fn write_group(&mut self, group: u64) -> io::Result<()> {
        let rng = &mut Rng::new(self.options.seed ^ 0xA0, group);
        let mut company = independent(self.options.seed, group, EXPORTED_AT);
        if !self.names.insert(name_key(&company.name)) {
            company.name = format!("{} (№ {group})", company.name);
            self.names.insert(name_key(&company.name));
        }
        let flaw = if self.options.dirty {
            Flaw::of_group(group)
        } else {
            None
        };
        let wanted = if flaw.is_some() {
            0
        } else {
            rng.weighted(&[55, 28, 12, 5])
        };
        let wanted = if self.options.layout == Layout::Contacts {
            wanted.max(1)
        } else {
            wanted
        };
        let room = usize::try_from(self.left().saturating_sub(1)).unwrap_or(usize::MAX);
        let room = if self.options.layout == Layout::Contacts {
            room.max(1)
        } else {
            room
        };
        company.contacts.truncate(wanted.min(room));
        if self.options.layout.has_deals() {
            return self.write_deals(rng, group, &company);
        }
        let name = row::export_name(rng, &company.name);
        let mut people: Vec<Cells> = Vec::new();
        for (place, contact) in (0..).zip(&company.contacts) {
            let employer = if rng.percent(3) { "" } else { &name };
            let id = 80_000_000 + group * 10 + place;
            people.push(contact_row(rng, (id, employer), contact, &company));
        }
        let mut cells = company_row(rng, (30_000_000 + group, &name), &company);
        if let Some(flaw) = flaw {
            flaw.spoil(rng, &mut cells, &mut self.summary);
        }
        let is_early = rng.percent(25) && people.first().is_some_and(|first| !first.is_lone());
        if is_early {
            self.summary.early_contacts += 1;
            self.write(&people.remove(0))?;
        }
        self.write(&cells)?;
        if flaw == Some(Flaw::Copy) && self.left() > 0 {
            self.summary.copies += 1;
            self.write_cells(&cells)?;
        }
        people.iter().try_for_each(|person| self.write(person))
    }

    fn write(&mut self, cells: &Cells) -> io::Result<()> {
        let is_company = cells.get("Тип") == "компания";
        let is_wanted = match self.options.layout {
            Layout::Companies => is_company,
            Layout::Contacts => !is_company,
            _ => true,
        };
        if !is_wanted || self.left() == 0 {
            return Ok(());
        }
        cells.count(&mut self.summary);
        self.write_cells(cells)
    }

    fn write_cells(&mut self, cells: &Cells) -> io::Result<()> {
        self.summary.rows += 1;
        let all = cells.in_order(self.options.layout == Layout::Contacts2022);
        let columns = match self.options.layout {
            Layout::Companies => OF_COMPANIES,
            Layout::Contacts => OF_CONTACTS,
            _ => return self.out.write(&all),
        };
        let some: Vec<&str> = columns.iter().map(|column| all[*column]).collect();
        self.out.write(&some)
    }

    /// The deals of a company: each a row with the company and one of its people.
    fn write_deals(&mut self, rng: &mut Rng, group: u64, company: &DemoCompany) -> io::Result<()> {
        let count = u64::try_from(rng.weighted(&[60, 30, 10])).unwrap_or(0) + 1;
        for place in 0..count.min(self.left()) {
            let cells = deals::row(rng, self.options.layout, (group, place), company);
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            self.summary.rows += 1;
            self.summary.deals += 1;
            self.summary.companies += u64::from(place == 0);
            self.out.write(&cells)?;
        }
        Ok(())
    }
}
