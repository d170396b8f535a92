//! The installation itself: copies of it, bringing one back, and whether this is a passive copy.

mod archive;
mod copies;
mod dump;
mod queries;
mod restore;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use copies::{Kind, Made, Wanted, folder, make, may_dispose, prune, upgrade, verify};
pub(crate) use restore::{check_finished, restore};
pub(crate) use state::{is_passive, make_working};
