//! The database: its pool, migrations, pages and the embedded default.

pub(crate) mod cluster;
mod cursor;
mod migrate;
mod pool;
pub(crate) mod submitted;

pub(crate) use cursor::{Cursor, PAGE, Page, Place};
pub(crate) use migrate::{is_current, migrate};
pub(crate) use pool::{Database, connect};
