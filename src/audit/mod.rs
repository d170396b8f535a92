//! Who changed what, when, old and new: append-only, written in the change's own transaction.

mod changes;
mod events;
mod labels;
mod log;

pub(crate) use changes::Changes;
pub(crate) use events::{Event, EventRow, actors, erase, last_saved, of_cards, of_object, record, record_many};
pub(crate) use labels::{entity_label, verb_label};
pub(crate) use log::{By, LogFilter, LogRow, begin_export, exported, log, log_kinds};
