//! Rows of text as the bytes of a file.

use std::io::{self, Write};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use encoding_rs::WINDOWS_1251;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::layout::Layout;

/// Every so many rows a quote stays open.
const OPEN_QUOTE: u64 = 50;

/// Columns of which a workbook holds numbers.
const NUMBERS: [&str; 3] = ["ID", "Бюджет ₽", "ИНН (компания)"];

/// See the module.
pub(super) struct Sink<W: Write> {
    out: W,
    layout: Layout,
    rows: u64,
    book: Option<Book>,
}

struct Book {
    workbook: Workbook,
    sheet: Worksheet,
    headings: Vec<String>,
    date: Format,
}

impl<W: Write> Sink<W> {
    pub(super) fn new(out: W, layout: Layout) -> Self {
        let book = (layout == Layout::Xlsx2025).then(|| Book {
            workbook: Workbook::new(),
            sheet: Worksheet::new(),
            headings: Vec::new(),
            date: Format::new().set_num_format("dd.mm.yyyy hh:mm:ss"),
        });
        Self {
            out,
            layout,
            rows: 0,
            book,
        }
    }

    /// Writes a row; the first is the heading.
    pub(super) fn write(&mut self, cells: &[&str]) -> io::Result<()> {
        self.rows += 1;
        if let Some(book) = &mut self.book {
            return book.write(u32::try_from(self.rows - 1).unwrap_or(u32::MAX), cells);
        }
        let (delimiter, end) = match self.layout {
            Layout::Excel => (";", "\r\n"),
            _ => (",", "\n"),
        };
        let mut line = String::new();
        let is_one_line = !cells.iter().any(|cell| cell.contains('\n'));
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                line.push_str(delimiter);
            }
            if self.layout == Layout::BrokenQuotes && is_one_line {
                self.spoil(&mut line, cell, place);
            } else {
                quote(&mut line, cell, delimiter);
            }
        }
        line.push_str(end);
        if self.layout == Layout::Excel {
            // What the code page lacks Excel writes as a question mark.
            let known = |c: char| !WINDOWS_1251.encode(c.encode_utf8(&mut [0; 4])).2;
            let line: String = line.chars().map(|c| if known(c) { c } else { '?' }).collect();
            return self.out.write_all(&WINDOWS_1251.encode(&line).0);
        }
        self.out.write_all(line.as_bytes())
    }

    /// Quotes a cell as hand-made files do.
    fn spoil(&self, line: &mut String, cell: &str, place: usize) {
        let stays_open = self.rows > 1 && self.rows.is_multiple_of(OPEN_QUOTE) && place == 1;
        if cell.contains("\",") {
            // Nobody could tell where it ends.
            quote(line, cell, ",");
        } else if stays_open {
            line.push('"');
            line.push_str(cell);
        } else if cell.contains([',', '"']) {
            line.push('"');
            line.push_str(cell);
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if let Some(Book {
            mut workbook, sheet, ..
        }) = self.book.take()
        {
            workbook.push_worksheet(sheet);
            let bytes = workbook.save_to_buffer().map_err(io::Error::other)?;
            self.out.write_all(&bytes)?;
        }
        self.out.flush()
    }
}

impl Book {
    fn write(&mut self, row: u32, cells: &[&str]) -> io::Result<()> {
        if row == 0 {
            self.headings = cells.iter().map(|cell| (*cell).to_owned()).collect();
        }
        for (column, cell) in (0_u16..).zip(cells) {
            if cell.is_empty() {
                continue;
            }
            let heading = self.headings[usize::from(column)].as_str();
            let moment = NaiveDateTime::parse_from_str(cell, "%d.%m.%Y %H:%M:%S").ok();
            let number: Option<f64> = cell.parse().ok().filter(|_| NUMBERS.contains(&heading));
            let written = match (moment, number) {
                _ if row == 0 => self.sheet.write_string(row, column, *cell),
                (Some(moment), _) => self
                    .sheet
                    .write_number_with_format(row, column, days(moment), &self.date),
                (None, Some(number)) => self.sheet.write_number(row, column, number),
                (None, None) => self.sheet.write_string(row, column, *cell),
            };
            written.map_err(io::Error::other)?;
        }
        Ok(())
    }
}

/// A moment as a workbook keeps it.
fn days(moment: NaiveDateTime) -> f64 {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)
        .unwrap_or_default()
        .and_time(NaiveTime::MIN);
    let seconds = i32::try_from((moment - epoch).num_seconds() % 86_400).unwrap_or_default();
    let days = i32::try_from((moment - epoch).num_days()).unwrap_or_default();
    f64::from(days) + f64::from(seconds) / 86_400.0
}

/// RFC 4180: quotes only where they are needed.
fn quote(line: &mut String, cell: &str, delimiter: &str) {
    if cell.contains(['"', '\n', '\r']) || cell.contains(delimiter) {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(cell);
    }
}
