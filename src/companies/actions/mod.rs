//! What people do with companies.

mod change;
mod create;
mod read;
mod removal;
mod words;

pub(super) use change::with_labels;
pub(crate) use change::{Marks, marks, transfer, update, update_status};
pub(crate) use create::{Created, create};
pub(crate) use read::{Meant, admit, count, duplicates, find, list, touch};
pub(crate) use removal::{Likeness, PARTS, attach, detach, forget_words, hold_twins, lock_alone, strong_twins};
pub(crate) use words::gather_words;
