//! A file as a heading and rows.

use std::borrow::Cow;

use super::encoding::{self, Encoding};
use super::head::Head;
use super::meaning::Target;
use super::own;
use super::records::{Record, line_at, record_at};
use super::sheets;
use super::{MOST_BYTES, MOST_COLUMNS, MOST_ROWS};
use crate::imports::options::Mapping;
use crate::values::time::parse_date;

/// What may part cells, the likeliest first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// How many records tell how a file is made.
const SAMPLE: usize = 100;

pub(super) const TOO_LARGE: &str = "Файл больше 128 МБ. Разделите выгрузку на части.";
const TOO_LONG: &str = "В файле больше 100 000 строк. Разделите выгрузку на части.";
const TOO_WIDE: &str = "В файле больше 300 столбцов. Уберите из выгрузки лишние поля.";
const EMPTY: &str = "Файл пуст: в нём нет даже заголовка.";
const UNKNOWN: &str = "В файле нет ни одного знакомого заголовка. Загрузите его на странице импорта и укажите там, что \
                       в каких столбцах.";
const NAMELESS: &str = "В файле нет столбца с названием компании или именем контакта, загружать нечего.";
const UNCHOSEN: &str = "Укажите столбец с названием компании, её ИНН или именем контакта: без них загружать нечего.";

/// A file that can be read row by row.
#[derive(Debug)]
pub(in crate::imports) struct Table {
    bytes: Vec<u8>,
    encoding: Encoding,
    delimiter: u8,
    /// What the columns mean.
    pub(in crate::imports) head: Head,
    body: usize,
    /// Rows below the heading.
    pub(in crate::imports) rows: i32,
}

/// One row below the heading.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::imports) struct Row<'a> {
    /// Number of the record in the file, the heading being 1.
    pub(in crate::imports) line: i32,
    /// As many as there are headings, unless there is a problem.
    pub(in crate::imports) cells: Vec<Cow<'a, str>>,
    /// Why the row cannot be read.
    pub(in crate::imports) problem: Option<String>,
}

impl Table {
    /// Reads the heading and counts the rows. `mapping`: what its columns mean, when somebody has said it.
    ///
    /// # Errors
    /// A Russian sentence for whoever chose the file.
    pub(in crate::imports) fn open(bytes: Vec<u8>, mapping: Option<&Mapping>) -> Result<Self, &'static str> {
        let mut table = Self::look(bytes)?;
        if let Some(mapping) = mapping {
            table.head = table.head.mapped(mapping);
            if !table.head.has_names() && !table.head.has(Target::Inn) {
                return Err(UNCHOSEN);
            }
            return Ok(table);
        }
        if table.head.known() == 0 {
            return Err(UNKNOWN);
        }
        if !table.head.has_names() {
            return Err(NAMELESS);
        }
        Ok(table)
    }

    /// The same for a file of which nobody knows yet what it holds.
    ///
    /// # Errors
    /// A Russian sentence when it is no table, or one that is too large.
    pub(in crate::imports) fn look(bytes: Vec<u8>) -> Result<Self, &'static str> {
        if bytes.len() > MOST_BYTES {
            return Err(TOO_LARGE);
        }
        let bytes = sheets::unfold(bytes)?;
        let (encoding, bytes) = encoding::detect(bytes);
        let mut table = Self::sniff(bytes, encoding).ok_or(EMPTY)?;
        if table.head.width() > MOST_COLUMNS {
            return Err(TOO_WIDE);
        }
        table.mend_head();
        table.rows = table.count()?;
        Ok(table)
    }

    /// The rows from the beginning.
    pub(in crate::imports) fn rows(&self) -> Rows<'_> {
        Rows {
            table: self,
            at: self.body,
            line: 1,
        }
    }

    /// The row at a place that [`Rows::place`] has named.
    pub(in crate::imports) fn row(&self, place: Place) -> Option<Row<'_>> {
        let Place { at, line } = place;
        Rows { table: self, at, line }.next()
    }

    /// Finds the delimiter by which most headings are known and most records are as wide as the heading.
    fn sniff(bytes: Vec<u8>, encoding: Encoding) -> Option<Self> {
        let (start, named) = named_delimiter(&bytes);
        let candidates = DELIMITERS
            .into_iter()
            .filter(|delimiter| named.is_none_or(|named| named == *delimiter));
        let score = |delimiter: u8| {
            let start = own::after_watermark(&bytes, start, delimiter);
            let Record { cells, next, .. } = record_at(&bytes, start, delimiter)?;
            let cells: Vec<Cow<'_, str>> = cells.into_iter().map(|cell| text(encoding, cell)).collect();
            let mut at = next;
            let mut fitting = 0;
            for _ in 0..SAMPLE {
                let Some(record) = record_at(&bytes, at, delimiter) else {
                    break;
                };
                fitting += usize::from(record.cells.len() == cells.len());
                at = record.next;
            }
            let head = Head::read(&cells);
            Some(((head.known(), head.width() > 1, fitting), at, head))
        };
        // Of equals the likeliest delimiter wins, which `max_by_key` would give to the last.
        let (delimiter, head) = candidates
            .rev()
            .filter_map(|delimiter| score(delimiter).map(|(score, _, head)| (score, delimiter, head)))
            .max_by_key(|(score, ..)| *score)
            .map(|(_, delimiter, head)| (delimiter, head))?;
        let start = own::after_watermark(&bytes, start, delimiter);
        let body = record_at(&bytes, start, delimiter)?.next;
        Some(Self {
            bytes,
            encoding,
            delimiter,
            head,
            body,
            rows: 0,
        })
    }

    /// Files of 2022 name three columns in another order than that of their values.
    fn mend_head(&mut self) {
        let Some(deals) = self.head.deals() else { return };
        let filled: Vec<String> = self
            .rows()
            .take(SAMPLE)
            .filter(|row| row.problem.is_none())
            .map(|mut row| row.cells.swap_remove(deals).into_owned())
            .filter(|cell| !cell.is_empty())
            .collect();
        let dates = filled.iter().filter(|cell| is_date(cell)).count();
        if dates * 2 > filled.len() {
            self.head.rotate_deals(deals);
        }
    }

    fn count(&self) -> Result<i32, &'static str> {
        let mut rows = self.rows();
        let mut count = 0;
        while rows.next_record().is_some() {
            count += 1;
            if count > MOST_ROWS {
                return Err(TOO_LONG);
            }
        }
        Ok(count)
    }
}

/// Where a row begins.
#[derive(Clone, Copy, Debug)]
pub(in crate::imports) struct Place {
    at: usize,
    /// Number of the row before it.
    line: i32,
}

/// Walks the rows of a [`Table`].
pub(in crate::imports) struct Rows<'a> {
    table: &'a Table,
    at: usize,
    line: i32,
}

impl<'a> Rows<'a> {
    /// Where the next row begins.
    pub(in crate::imports) fn place(&self) -> Place {
        Place {
            at: self.at,
            line: self.line,
        }
    }

    /// The next record, and whether it has another number of cells than the heading.
    fn next_record(&mut self) -> Option<(Record<'a>, bool)> {
        let Table {
            bytes, delimiter, head, ..
        } = self.table;
        let width = head.width();
        let mut record = record_at(bytes, self.at, *delimiter)?;
        // A quote that was closed by two of its own runs on to the same column of a later row, and fits by chance.
        let is_doubtful = !fits(&mut record, width) || (record.is_loose && record.second_line.is_some());
        if is_doubtful
            && let Some(mut line) = line_at(bytes, self.at, *delimiter)
            && !line.is_broken
            && fits(&mut line, width)
        {
            record = line;
        }
        self.line += 1;
        self.at = record.next;
        let is_ragged = record.cells.len() != width;
        if is_ragged && let Some(second) = record.second_line {
            // A quote that was never closed ran on to a quote of a later row. That row is saved.
            let later = record_at(bytes, second, *delimiter);
            if later.is_some_and(|later| !later.is_broken && later.cells.len() == width) {
                record.is_broken = true;
                self.at = second;
            }
        }
        Some((record, is_ragged))
    }
}

/// Whether a record is as wide as the heading, empty cells at its end aside.
fn fits(record: &mut Record<'_>, width: usize) -> bool {
    let has_more = record.cells.len() > width && record.cells[width..].iter().all(|cell| cell.is_empty());
    if has_more {
        record.cells.truncate(width);
    }
    record.cells.len() == width
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let (record, is_ragged) = self.next_record()?;
        let Table { encoding, head, .. } = self.table;
        let problem = if record.is_broken {
            Some("Кавычка открыта, но не закрыта".to_owned())
        } else if record.is_blank() {
            Some(String::new())
        } else if is_ragged {
            Some(format!(
                "Ячеек в строке {}, а в заголовке {}",
                record.cells.len(),
                head.width()
            ))
        } else if record.cells.iter().any(|cell| encoding.decode(cell).is_none()) {
            Some("Строка повреждена: часть её знаков не читается".to_owned())
        } else {
            None
        };
        let is_own = head.is_own();
        let cells = record.cells.into_iter().map(|cell| {
            if is_own {
                Cow::Owned(own::unguarded(&decoded(*encoding, cell)))
            } else {
                text(*encoding, cell)
            }
        });
        let cells = cells.collect();
        Some(Row {
            line: self.line,
            cells,
            problem,
        })
    }
}

/// The delimiter that a first line `sep=;` names, and where the heading begins.
fn named_delimiter(bytes: &[u8]) -> (usize, Option<u8>) {
    match bytes {
        [b's', b'e', b'p', b'=', delimiter, ..] if DELIMITERS.contains(delimiter) => (5, Some(*delimiter)),
        _ => (0, None),
    }
}

/// A cell as text: trimmed, without characters that a database does not keep, `nan` and `none` being empty.
fn text(encoding: Encoding, cell: Cow<'_, [u8]>) -> Cow<'_, str> {
    let decoded = decoded(encoding, cell);
    let unwanted = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let decoded = if decoded.contains(unwanted) {
        Cow::Owned(decoded.replace("\r\n", "\n").replace('\r', "\n").replace(unwanted, ""))
    } else {
        decoded
    };
    let trimmed = trim(&decoded);
    let is_empty = ["nan", "none", "null"]
        .iter()
        .any(|word| trimmed.eq_ignore_ascii_case(word));
    match decoded {
        _ if is_empty => Cow::Borrowed(""),
        Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
        Cow::Owned(ref text) => Cow::Owned(trim(text).to_owned()),
    }
}

/// A cell as text, damaged bytes marked.
fn decoded(encoding: Encoding, cell: Cow<'_, [u8]>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(bytes) => encoding
            .decode(bytes)
            .unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned().into()),
        Cow::Owned(bytes) => match encoding.decode(&bytes) {
            Some(text) => Cow::Owned(text.into_owned()),
            None => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        },
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

fn is_date(cell: &str) -> bool {
    cell.split_whitespace()
        .next()
        .is_some_and(|word| parse_date(word).is_some())
}
