//! Files that our own export wrote: a row of watermark above the heading, and cells guarded against spreadsheets.

use super::records::record_at;
use crate::values::text;

/// Where the heading begins: below the watermark, if the file has one.
pub(super) fn after_watermark(bytes: &[u8], start: usize, delimiter: u8) -> usize {
    let marked = record_at(bytes, start, delimiter).filter(|record| {
        let first = record.cells.first();
        first.is_some_and(|cell| cell.starts_with(text::WATERMARK.as_bytes()))
    });
    marked.map_or(start, |record| record.next)
}

/// A cell as it was before the export: nothing trimmed, no word taken for emptiness.
pub(super) fn unguarded(cell: &str) -> String {
    let line_ends = cell.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = line_ends
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect();
    text::unguarded_cell(&kept).to_owned()
}
