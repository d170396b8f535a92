//! Cuts bytes into records and cells: RFC 4180, forgiving where real files need it.

use std::borrow::Cow;

/// A quoted cell longer than this was never closed.
const LONGEST_CELL: usize = 256 * 1024;

/// Cells of one record that are kept: a file of nothing but delimiters would take dozens of times its size.
const MOST_CELLS: usize = 2 * super::MOST_COLUMNS;

/// One record: its cells, and where the next one begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// Borrowed unless quotes had to be taken out: a file has millions of cells.
    pub(super) cells: Vec<Cow<'a, [u8]>>,
    pub(super) next: usize,
    /// Where the second line of the file that this record covers begins, when it covers several.
    pub(super) second_line: Option<usize>,
    /// A quoted cell holds a quote that nobody has doubled: where it ends is a guess.
    pub(super) is_loose: bool,
    /// A quote was opened and never closed; the record is its first line only.
    pub(super) is_broken: bool,
}

impl Record<'_> {
    /// Whether nothing is written in any cell.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim_ascii().is_empty())
    }
}

/// Where the next line with something in it begins; `None` at the end.
fn next_line(bytes: &[u8], start: usize) -> Option<usize> {
    let left = bytes.get(start..)?.iter();
    let skipped = left.take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    Some(start + skipped).filter(|start| *start < bytes.len())
}

/// The line that begins at `start` as a record by itself, whose inner quotes nobody has doubled: «"ООО "Ромашка""».
pub(super) fn line_at(bytes: &[u8], start: usize, delimiter: u8) -> Option<Record<'_>> {
    next_line(bytes, start).map(|start| first_line(bytes, start, delimiter))
}

/// The record that begins at `start`, empty lines passed over; `None` at the end.
pub(super) fn record_at(bytes: &[u8], start: usize, delimiter: u8) -> Option<Record<'_>> {
    let start = next_line(bytes, start)?;
    let mut cutter = Cutter {
        bytes,
        at: start,
        delimiter,
        second_line: None,
        is_loose: false,
    };
    let mut cells = Vec::new();
    loop {
        let Some(cell) = cutter.cell() else {
            return Some(first_line(bytes, start, delimiter));
        };
        keep(&mut cells, cell);
        if !cutter.passed_delimiter() {
            break;
        }
    }
    let next = cutter.after_line_end();
    Some(Record {
        cells,
        next,
        second_line: cutter.second_line,
        is_loose: cutter.is_loose,
        is_broken: false,
    })
}

/// What stands before the next line end. A quote is closed by the next one before a delimiter, as in «"ООО "Ромашка"",»;
/// when there is none, the record is broken.
fn first_line(bytes: &[u8], start: usize, delimiter: u8) -> Record<'_> {
    let rest = &bytes[start..];
    let length = rest
        .iter()
        .position(|byte| matches!(byte, b'\r' | b'\n'))
        .unwrap_or(rest.len());
    let mut line = Some(&rest[..length]);
    let mut cells = Vec::new();
    let mut is_broken = false;
    while let Some(left) = line {
        // Where no quote closes from here on, none does further to the right: looking again and again would take hours.
        let inner = left.strip_prefix(b"\"").filter(|_| !is_broken);
        let closed = inner.and_then(|inner| closing_quote(inner, delimiter).map(|end| (inner, end)));
        is_broken |= closed.is_none() && left.first() == Some(&b'"');
        let (cell, after) = if let Some((inner, end)) = closed {
            (unquoted(&inner[..end]), &inner[end + 1..])
        } else {
            let end = left.iter().position(|byte| *byte == delimiter).unwrap_or(left.len());
            (Cow::Borrowed(&left[..end]), &left[end..])
        };
        keep(&mut cells, cell);
        line = after.strip_prefix(&[delimiter]);
    }
    Record {
        cells,
        next: start + length,
        second_line: None,
        is_loose: false,
        is_broken,
    }
}

/// Beyond the cap only the last cell with something in it counts: it tells that the record is too wide.
fn keep<'a>(cells: &mut Vec<Cow<'a, [u8]>>, cell: Cow<'a, [u8]>) {
    if cells.len() < MOST_CELLS {
        cells.push(cell);
    } else if !cell.is_empty()
        && let Some(last) = cells.last_mut()
    {
        *last = cell;
    }
}

fn closing_quote(inner: &[u8], delimiter: u8) -> Option<usize> {
    let ends = |place: usize| inner.get(place + 1).is_none_or(|byte| *byte == delimiter);
    (0..inner.len()).find(|place| inner[*place] == b'"' && ends(*place))
}

/// «""» is one quote, unless some stand alone: then nobody has doubled any.
fn unquoted(cell: &[u8]) -> Cow<'_, [u8]> {
    if !cell.contains(&b'"') || has_lone_quote(cell) {
        return Cow::Borrowed(cell);
    }
    let mut out = Vec::with_capacity(cell.len());
    let mut bytes = cell.iter().peekable();
    while let Some(byte) = bytes.next() {
        out.push(*byte);
        if *byte == b'"' && bytes.peek() == Some(&&b'"') {
            bytes.next();
        }
    }
    Cow::Owned(out)
}

fn has_lone_quote(cell: &[u8]) -> bool {
    let mut runs = cell.chunk_by(|left, right| left == right);
    runs.any(|run| run[0] == b'"' && run.len() % 2 == 1)
}

struct Cutter<'a> {
    bytes: &'a [u8],
    at: usize,
    delimiter: u8,
    second_line: Option<usize>,
    is_loose: bool,
}

impl<'a> Cutter<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn ends_cell(&self, byte: Option<u8>) -> bool {
        byte.is_none_or(|byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'))
    }

    /// One cell; `None` when its quote is never closed.
    fn cell(&mut self) -> Option<Cow<'a, [u8]>> {
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|byte| self.ends_cell(Some(*byte)))
            .unwrap_or(rest.len());
        self.at += length;
        Some(Cow::Borrowed(&rest[..length]))
    }

    fn quoted(&mut self) -> Option<Cow<'a, [u8]>> {
        self.at += 1;
        let start = self.at;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            if byte == b'"' {
                if self.peek() == Some(b'"') {
                    self.at += 1;
                } else if self.ends_cell(self.peek()) {
                    return Some(unquoted(&self.bytes[start..self.at - 1]));
                } else {
                    // Any other quote inside is a quote: «"ООО "Ромашка"»,» of hand-made files.
                    self.is_loose = true;
                }
            } else if byte == b'\n' && self.second_line.is_none() {
                self.second_line = Some(self.at);
            }
            if self.at - start > LONGEST_CELL {
                return None;
            }
        }
    }

    fn passed_delimiter(&mut self) -> bool {
        let passed = self.peek() == Some(self.delimiter);
        self.at += usize::from(passed);
        passed
    }

    fn after_line_end(&mut self) -> usize {
        if self.peek() == Some(b'\r') {
            self.at += 1;
        }
        if self.peek() == Some(b'\n') {
            self.at += 1;
        }
        self.at
    }
}
