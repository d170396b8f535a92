//! What people do with companies.

mod change;
mod create;
mod read;

pub(super) use change::with_labels;
pub(crate) use change::{Marks, marks, transfer, update, update_status};
pub(crate) use create::{Created, create};
pub(crate) use read::{admit, count, duplicates, find, list, touch};
