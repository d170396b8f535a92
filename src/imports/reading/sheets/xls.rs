//! XLS of Excel 97 and later (BIFF8), record by record: its strings are held once, whatever refers to them.

use std::io::{Cursor, Read as _};

use super::grid::Grid;
use super::strings::{Strings, text_at};
use super::{BARE, DAMAGED, LOCKED, OLD, moment, number, yes_or_no};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;

/// One record: its kind and its bytes.
type Record<'a> = (u16, &'a [u8]);

/// The first filled sheet as CSV.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    if !file.exists("/Workbook") {
        return Err(if file.exists("/Book") { OLD } else { LOCKED });
    }
    let mut stream = Vec::new();
    let mut workbook = file.open_stream("/Workbook").map_err(|_| DAMAGED)?;
    workbook.read_to_end(&mut stream).map_err(|_| DAMAGED)?;
    drop(workbook);
    let book = Book::read(&stream)?;
    for start in &book.sheets {
        let mut grid = Grid::new();
        book.sheet(&mut grid, stream.get(*start..).ok_or(DAMAGED)?)?;
        if !grid.is_bare() {
            return grid.finish();
        }
    }
    Err(BARE)
}

/// Walks the records; a damaged one ends the walk.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let kind = u16_at(self.0, 0)?;
        let length = usize::from(u16_at(self.0, 2)?);
        let body = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, body))
    }
}

/// What all sheets share.
struct Book {
    sheets: Vec<usize>,
    strings: Strings,
    /// By the place of a cell's format: whether it shows a date.
    dates: Vec<bool>,
    is_1904: bool,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Self, &'static str> {
        let mut book = Self {
            sheets: Vec::new(),
            strings: Strings::default(),
            dates: Vec::new(),
            is_1904: false,
        };
        let mut formats: Vec<(u16, bool)> = Vec::new();
        let mut cell_formats: Vec<u16> = Vec::new();
        let mut records = Records(stream).peekable();
        while let Some((kind, body)) = records.next() {
            match kind {
                BOF if u16_at(body, 0) != Some(0x0600) => return Err(OLD),
                0x002F => return Err(LOCKED),
                0x0022 => book.is_1904 = u16_at(body, 0) == Some(1),
                0x0085 => book.sheets.push(u32_at(body, 0).ok_or(DAMAGED)? as usize),
                0x041E => {
                    let code = body.get(2..).and_then(|rest| text_at(rest, 2)).unwrap_or_default();
                    formats.push((u16_at(body, 0).ok_or(DAMAGED)?, shows_date(&code)));
                }
                0x00E0 => cell_formats.push(u16_at(body, 2).ok_or(DAMAGED)?),
                0x00FC => {
                    let mut parts = vec![body];
                    while let Some((_, body)) = records.next_if(|(kind, _)| *kind == CONTINUE) {
                        parts.push(body);
                    }
                    book.strings = Strings::read(&parts).ok_or(DAMAGED)?;
                }
                EOF => break,
                _ => (),
            }
        }
        let is_date = |format: &u16| {
            let own = formats.iter().find(|(known, _)| known == format);
            own.map_or(matches!(format, 14..=22 | 27..=36 | 45..=47 | 50..=58), |(_, is)| *is)
        };
        book.dates = cell_formats.iter().map(is_date).collect();
        Ok(book)
    }

    /// Writes the cells of the sheet that begins here.
    fn sheet(&self, grid: &mut Grid, stream: &[u8]) -> Result<(), &'static str> {
        let mut depth = 0;
        // Where the text of a formula goes: it comes in a record of its own.
        let mut awaited = None;
        for (kind, body) in Records(stream) {
            match kind {
                BOF => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                _ if depth > 1 => (),
                0x0207 => {
                    if let (Some((row, column)), Some(text)) = (awaited.take(), text_at(body, 2)) {
                        grid.put(row, column, &text)?;
                    }
                }
                0x00BD => self.row_of_numbers(grid, body)?,
                0x00FD | 0x0203 | 0x0204 | 0x0205 | 0x027E | 0x0006 => {
                    awaited = self.cell(grid, kind, body)?;
                }
                _ => (),
            }
        }
        Ok(())
    }

    /// Writes a cell; answers its place when its text is still to come.
    fn cell(&self, grid: &mut Grid, kind: u16, body: &[u8]) -> Result<Option<(u32, usize)>, &'static str> {
        let (Some(row), Some(column), Some(format)) = (u16_at(body, 0), u16_at(body, 2), u16_at(body, 4)) else {
            return Err(DAMAGED);
        };
        let (row, column, body) = (u32::from(row), usize::from(column), &body[6..]);
        let text = match kind {
            0x00FD => {
                let place = u32_at(body, 0).ok_or(DAMAGED)? as usize;
                grid.put(row, column, self.strings.get(place).unwrap_or_default())?;
                return Ok(None);
            }
            0x0204 => text_at(body, 2).unwrap_or_default(),
            0x0205 => match body {
                [value, 0, ..] => yes_or_no(*value != 0).to_owned(),
                _ => String::new(),
            },
            0x027E => self.show(rk(u32_at(body, 0).ok_or(DAMAGED)?), format),
            0x0006 if body.get(6..8) == Some(&[0xFF, 0xFF]) => match body[0] {
                0 => return Ok(Some((row, column))),
                1 => yes_or_no(body[2] != 0).to_owned(),
                _ => String::new(),
            },
            _ => {
                let bytes = body.get(..8).and_then(|bytes| bytes.try_into().ok()).ok_or(DAMAGED)?;
                self.show(f64::from_le_bytes(bytes), format)
            }
        };
        grid.put(row, column, &text)?;
        Ok(None)
    }

    fn row_of_numbers(&self, grid: &mut Grid, body: &[u8]) -> Result<(), &'static str> {
        let (Some(row), Some(first)) = (u16_at(body, 0), u16_at(body, 2)) else {
            return Err(DAMAGED);
        };
        let cells = body[4..].chunks_exact(6);
        for (column, cell) in (usize::from(first)..).zip(cells) {
            let (Some(format), Some(value)) = (u16_at(cell, 0), u32_at(cell, 2)) else {
                return Err(DAMAGED);
            };
            grid.put(u32::from(row), column, &self.show(rk(value), format))?;
        }
        Ok(())
    }

    fn show(&self, value: f64, format: u16) -> String {
        let is_date = self.dates.get(usize::from(format)).copied().unwrap_or_default();
        if is_date && value >= 1.0 {
            moment(value, self.is_1904)
        } else {
            number(value)
        }
    }
}

/// A number in thirty bits, whole or as the upper half of a double, perhaps in hundredths.
fn rk(bits: u32) -> f64 {
    let value = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

/// Whether a format such as «dd.mm.yyyy» shows a date; text in quotes and colours in brackets do not count.
fn shows_date(code: &str) -> bool {
    let mut is_quoted = false;
    let mut is_bracketed = false;
    code.chars().any(|c| {
        match c {
            '"' => is_quoted = !is_quoted,
            '[' => is_bracketed = true,
            ']' => is_bracketed = false,
            _ => (),
        }
        !is_quoted && !is_bracketed && matches!(c.to_ascii_lowercase(), 'd' | 'y' | 'h' | 'д' | 'г' | 'ч')
    })
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
