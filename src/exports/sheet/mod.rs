//! Records as rows of a table: headings that our import recognises, and cells.

mod cells;
mod columns;
mod csv;
mod xlsx;

pub(super) use cells::{Words, company_row, contact_row};
pub(super) use columns::{Layout, Shape};
pub(super) use csv::CsvSheet;
pub(super) use xlsx::write as write_xlsx;

use chrono::{NaiveDate, NaiveDateTime};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A text, a phone or a number that must stay as it is.
    Text(String),
    /// A day.
    Day(NaiveDate),
    /// A moment on the reader's clock.
    Moment(NaiveDateTime),
}

impl Cell {
    /// Nothing.
    pub(super) fn empty() -> Self {
        Self::Text(String::new())
    }

    /// As it stands in a text file.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Day(day) => day.format("%d.%m.%Y").to_string(),
            Self::Moment(moment) => moment.format("%d.%m.%Y %H:%M:%S").to_string(),
        }
    }
}

/// A row, as many cells as the layout has columns.
pub(super) type Row = Vec<Cell>;
