//! A file's bytes as rows of text, whatever program wrote them.

mod encoding;
mod head;
mod own;
mod records;
mod table;

pub(super) use head::{Head, Target};
pub(super) use table::{Row, Table};

/// The largest file.
pub(crate) const MOST_BYTES: usize = 128 * 1024 * 1024;
/// The most rows below the heading.
pub(crate) const MOST_ROWS: i32 = 100_000;
/// The most columns.
pub(crate) const MOST_COLUMNS: usize = 300;
