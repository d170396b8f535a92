//! The installation itself: copies of it, bringing one back, and whether this is a passive copy.

mod archive;
mod automatic;
mod copies;
mod dump;
mod journal;
mod overview;
mod queries;
mod restore;
mod standing;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use automatic::{begin_copy, nightly};
pub(crate) use copies::{Kind, Made, Wanted, folder, make, may_dispose, prune, upgrade, verify};
pub(crate) use journal::{Copy, State};
pub(crate) use overview::{CopyHealth, Listed, Overview, TableFacts, copies, copy_health, disk, overview};
pub(crate) use restore::{check_finished, restore};
pub(crate) use standing::{OLD, days_or_hours, refresh};
pub(crate) use state::{is_passive, make_working};

/// Takes the turn to make copies, as another process would.
#[cfg(test)]
async fn copies_turn(conn: &mut sqlx::PgConnection) -> bool {
    copies::take_turn(conn).await.expect("an answer")
}
