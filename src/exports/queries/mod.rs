//! SQL of exports.

mod log;
mod records;
mod selection;

pub(crate) use log::LogFilter;
pub(super) use log::{begin, bury, finish, hold, log, refuse, take_slot};
pub(super) use records::{Channel, CompanyRecord, ContactRecord, NoteRecord, companies, contacts, spheres};
pub(super) use selection::{Selection, close, count, drop_snapshot, fetch, open, prepare, take_snapshot};

/// What a query answers with.
type Sql<T> = Result<T, sqlx::Error>;
