//! A file's bytes as rows of text, whatever program wrote them.

mod encoding;
mod guess;
mod head;
mod meaning;
mod own;
mod peek;
mod records;
mod sheets;
mod table;

pub(super) use guess::Column;
pub(super) use head::{Head, View};
pub(super) use meaning::{CHOICES, Deal, Own, Target, by_code};
pub(super) use peek::Peek;
pub(super) use table::{Place, Row, Table};

/// The largest file.
pub(crate) const MOST_BYTES: usize = 128 * 1024 * 1024;
/// The largest workbook, unpacked.
pub(crate) const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// The most rows below the heading.
pub(crate) const MOST_ROWS: i32 = 100_000;
/// The most columns.
pub(crate) const MOST_COLUMNS: usize = 300;
