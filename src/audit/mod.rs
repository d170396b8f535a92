//! Who changed what, when, old and new: append-only, written in the change's own transaction.

mod changes;
mod events;

pub(crate) use changes::Changes;
pub(crate) use events::{Event, EventRow, erase, of_company, record, record_many};
