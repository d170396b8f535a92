//! What people do with companies.

mod change;
mod create;
mod read;
mod words;

pub(super) use change::with_labels;
pub(crate) use change::{Marks, marks, transfer, update, update_status};
pub(crate) use create::{Created, create};
pub(crate) use read::{Meant, admit, count, duplicates, find, list, touch};
pub(crate) use words::gather_words;
