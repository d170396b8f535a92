//! Imports: bringing a base in from an amoCRM file, with a verdict on each row.
//!
//! A file walks through `reading` (bytes → rows of text), `rows` (text → meaning), `judge` (meaning → what to write,
//! the same in a dry run) and `write` (set by set, a transaction for some hundred rows). `memory` is what `undo` needs.

mod actions;
mod base;
mod deals;
mod drafts;
mod judge;
mod labels;
mod memory;
mod merge;
mod model;
mod names;
mod options;
mod own;
mod pages;
pub(crate) mod paths;
mod people;
mod queries;
mod reading;
mod report;
mod rows;
mod run;
mod shelf;
#[cfg(test)]
mod tests;
mod undo;
mod write;

pub(crate) use actions::{clean, erase, go_on, is_running, run};
pub(crate) use options::{ImportOptions, KeyBy, OnKnown};
pub(crate) use pages::routes;
pub(crate) use report::write_report;

/// Reads a file to the end, for `fuzz/`.
#[cfg(fuzzing)]
pub fn read_import(bytes: &[u8]) {
    let _ = reading::Peek::of(bytes);
    if let Ok(table) = reading::Table::open(bytes.to_vec(), None) {
        let now = chrono::DateTime::UNIX_EPOCH;
        let reader = rows::Reader::new(&table.head, chrono_tz::Tz::UTC, now);
        table.rows().for_each(|row| drop(reader.read(&row)));
    }
}
