//! The beginning of a file: whether its columns are known, and what else they may mean.

use sha2::{Digest as _, Sha256};

use super::MOST_BYTES;
use super::guess::{Column, columns};
use super::table::{TOO_LARGE, Table};
use crate::values::text::fold;

/// So much of a text is enough; a workbook is read whole.
const BEGINNING: usize = 1024 * 1024;
/// So many rows are looked at.
const ROWS: usize = 1_000;

const NO_TABLE: &str = "Это не похоже на таблицу. Нужен файл CSV, XLSX, XLS или ODS.";

/// See the module.
#[derive(Debug)]
pub(in crate::imports) struct Peek {
    pub(in crate::imports) columns: Vec<Column>,
    /// Of the heading: files with the same one are made alike.
    pub(in crate::imports) fingerprint: String,
    /// amoCRM's own file, which needs no explanation.
    pub(in crate::imports) is_known: bool,
}

impl Peek {
    /// Looks at a file without taking it.
    ///
    /// # Errors
    /// A Russian sentence when it is no table.
    pub(in crate::imports) fn of(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() > MOST_BYTES {
            return Err(TOO_LARGE);
        }
        let is_book = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]);
        let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
        let beginning = if is_book { bytes } else { beginning(bytes, is_utf16) };
        if !is_book && !is_utf16 && beginning.contains(&0) {
            return Err(NO_TABLE);
        }
        let table = Table::look(beginning.to_vec())?;
        let rows = table.rows().take(ROWS).filter(|row| row.problem.is_none());
        let head = &table.head;
        let folded: Vec<String> = head.names().iter().map(|name| fold(name)).collect();
        Ok(Self {
            columns: columns(head, rows.map(|row| row.cells)),
            fingerprint: hex::encode(Sha256::digest(folded.join("\n").as_bytes())),
            is_known: head.is_of_amo() && head.has_names(),
        })
    }
}

/// Up to the last whole line.
fn beginning(bytes: &[u8], is_utf16: bool) -> &[u8] {
    if bytes.len() <= BEGINNING {
        return bytes;
    }
    let cut = &bytes[..BEGINNING];
    let end = if is_utf16 {
        None
    } else {
        cut.iter().rposition(|byte| *byte == b'\n')
    };
    &cut[..end.map_or(BEGINNING, |end| end + 1)]
}
