//! A file as amoCRM exports contacts and companies, with everything that such files do to an importer.
//!
//! Layout of 2025: the fixed columns in the order of the heading. Files of 2022 carry the same heading while three
//! columns stand in another order. UTF-8 without a mark, commas, LF, quotes only where they are needed.

mod columns;
mod flaws;
mod row;

use std::collections::HashSet;
use std::io::{self, Write};

use chrono::{DateTime, Utc};

use crate::values::text::name_key;

use super::company::independent;
use super::rng::Rng;

use columns::HEADINGS;
use flaws::Flaw;
use row::{Cells, company_row, contact_row};

/// What kind of file to write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AmoOptions {
    /// Rows below the heading, exact copies among them.
    pub(crate) rows: u64,
    pub(crate) seed: u64,
    /// Values of 2022: edit date, editor, deals under «Сделки, Дата редактирования, Кем редактирован».
    pub(crate) shifted_head: bool,
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

/// Writes the file: about three companies to two contacts.
pub(crate) fn write_contacts_and_companies(out: &mut impl Write, options: AmoOptions) -> io::Result<AmoSummary> {
    let mut file = Export {
        csv: csv::WriterBuilder::new().from_writer(out),
        options,
        summary: AmoSummary::default(),
        names: HashSet::new(),
    };
    file.csv.write_record(HEADINGS)?;
    let mut group = 0;
    while file.left() > 0 {
        file.write_group(group)?;
        group += 1;
    }
    file.csv.flush()?;
    Ok(file.summary)
}

struct Export<W: Write> {
    csv: csv::Writer<W>,
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
        let room = usize::try_from(self.left() - 1).unwrap_or(usize::MAX);
        company.contacts.truncate(wanted.min(room));
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
        cells.count(&mut self.summary);
        self.write_cells(cells)
    }

    fn write_cells(&mut self, cells: &Cells) -> io::Result<()> {
        self.summary.rows += 1;
        self.csv.write_record(cells.in_order(self.options.shifted_head))?;
        Ok(())
    }
}
