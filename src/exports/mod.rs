//! Exports: a part of the base as a file, for administrators only, with a reason, and never without a trace.
//!
//! An export reads one snapshot chunk by chunk, writes each chunk into its file and gives it away before it reads the
//! next one, so that its memory does not grow with the base. Its row in `exports` and its audit event are committed
//! before the first byte leaves.

mod actions;
mod model;
mod pages;
mod paths;
mod queries;
mod sheet;
#[cfg(test)]
mod tests;

pub(crate) use actions::{bury_dead, log, write_file};
pub(crate) use model::{Format, List as ExportList, Logged, State as ExportState, What, Wish};
pub(crate) use pages::routes;
pub(crate) use queries::LogFilter as ExportLogFilter;
