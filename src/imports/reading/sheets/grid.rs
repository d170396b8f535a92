//! Cells of a sheet, written out as CSV in the order in which they come.

use super::BARE;
use crate::imports::reading::{MOST_BYTES, MOST_COLUMNS, MOST_ROWS};

const TOO_LONG: &str = "В книге больше 100 000 строк. Разделите её на части.";
const TOO_WIDE: &str = "В книге больше 300 столбцов. Уберите лишние.";
const TOO_LARGE: &str = "Текст книги больше 128 МБ. Разделите её на части.";
const DISORDERED: &str = "Ячейки книги стоят не по порядку. Сохраните её заново в Excel или LibreOffice.";

/// Names the delimiter, so that nothing is left to guess.
const MARK: &[u8] = b"sep=,\n";

/// See the module.
pub(super) struct Grid {
    out: Vec<u8>,
    /// Row of the sheet that is being written, and how many of its cells are.
    row: u32,
    filled: usize,
    /// Cells of the widest row so far.
    width: usize,
    /// The first row with something in it; a sheet may begin with empty ones.
    first: Option<u32>,
}

impl Grid {
    pub(super) fn new() -> Self {
        Self {
            out: MARK.to_vec(),
            row: 0,
            filled: 0,
            width: 0,
            first: None,
        }
    }

    /// Writes a cell. Rows come in their order, cells in theirs; empty ones may be left out.
    pub(super) fn put(&mut self, row: u32, column: usize, text: &str) -> Result<(), &'static str> {
        if text.is_empty() {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            return Err(TOO_WIDE);
        }
        let first = *self.first.get_or_insert(row);
        if row.saturating_sub(first) > MOST_ROWS.unsigned_abs() {
            return Err(TOO_LONG);
        }
        if self.out.len() == MARK.len() {
            self.row = row;
        }
        if row < self.row || (row == self.row && column < self.filled) {
            return Err(DISORDERED);
        }
        while self.row < row {
            self.end_row();
        }
        while self.filled < column {
            self.gap();
            self.filled += 1;
        }
        self.gap();
        self.filled += 1;
        self.out.push(b'"');
        for piece in text.split_inclusive('"') {
            self.out.extend_from_slice(piece.as_bytes());
            if piece.ends_with('"') {
                self.out.push(b'"');
            }
        }
        self.out.push(b'"');
        if self.out.len() > MOST_BYTES {
            return Err(TOO_LARGE);
        }
        Ok(())
    }

    fn gap(&mut self) {
        if self.filled > 0 {
            self.out.push(b',');
        }
    }

    /// Fills a row up to the width of those above; an empty one keeps its number by a pair of quotes.
    fn end_row(&mut self) {
        // A line above the heading may be narrower than it.
        self.width = self.width.max(self.filled);
        if self.filled == 0 {
            self.out.extend_from_slice(b"\"\"");
            self.filled = 1;
        }
        while self.filled < self.width {
            self.gap();
            self.filled += 1;
        }
        self.out.push(b'\n');
        self.row += 1;
        self.filled = 0;
    }

    /// Whether nothing was written.
    pub(super) fn is_bare(&self) -> bool {
        self.first.is_none()
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, &'static str> {
        if self.is_bare() {
            return Err(BARE);
        }
        self.end_row();
        Ok(self.out)
    }
}
