//! The database: its pool, migrations, pages and the embedded default.

mod announce;
pub(crate) mod cluster;
mod cursor;
mod migrate;
mod outward;
mod pool;
mod role;
pub(crate) mod snapshot;
pub(crate) mod submitted;
#[cfg(test)]
mod tests;

pub(crate) use announce::{EVENTS, Happened, announce};
pub(crate) use cursor::{Cursor, PAGE, Page, Place};
pub(crate) use migrate::{is_behind, is_current, known_migrations, migrate, migrate_within};
pub(crate) use outward::{Outward, is_passive, outward};
pub(crate) use pool::connect;
#[cfg(test)]
pub(crate) use pool::session;
#[cfg(test)]
pub(crate) use role::taken_by;
pub(crate) use role::{is_guarded, owner, recipe};
