//! Finding duplicates, and what people do about them.

mod deny;
mod merge;
mod pass;
mod payload;
mod people;
mod read;
mod split;

pub(crate) use deny::{allow, denials, deny};
pub(crate) use merge::{Candidates, MOST, Merged, Wish, cards, found, merge};
pub(crate) use pass::{ask, find};
pub(crate) use people::{PeopleWish, candidates, merge_people, people};
pub(crate) use read::{list, open_merges, progress};
pub(crate) use split::{parted, rehearse, split};
