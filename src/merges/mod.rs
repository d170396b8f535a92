//! What is remembered of merges: which card stands for one that is gone, and what parting them again needs.
//!
//! The merging itself is done by `duplicates`; rooms below it ask here where a card has gone (decision 0023).

mod actions;
mod model;
mod queries;

pub(crate) use actions::{aliases, clean, end, erase, find, heir, heirs, lineage, of_record, remember, take};
pub(crate) use model::{KEPT, Kept, Merge, NewMerge};
