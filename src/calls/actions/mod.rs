//! What is done with calls.

mod ask;
mod cold;
mod keep;
mod outcome;
mod pull;
mod queue;
mod read;
mod report;
mod settings;
mod wake;

pub(super) use ask::{ask, cancel, put_away};
pub(super) use cold::{mark as mark_cold, mark_contact as mark_contact_cold, markable_of};
pub(crate) use keep::{clean, erase, tick};
pub(super) use outcome::{Said, say};
pub(super) use pull::{Pulled, Wait, acknowledge, open, pull};
pub(super) use queue::{LOOKED_AT, Next, SKIPPED, next};
pub(crate) use read::people_of_cards;
pub(super) use read::{find, now, of_cards};
pub(super) use report::report;
pub(super) use settings::{set, settings};
pub(crate) use wake::wake_phones;

use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::UserId;

/// Whose phone it is about: the actor's own.
fn own(actor: &Actor) -> Result<UserId> {
    let ties = Ties {
        own: true,
        branch: false,
    };
    check(actor, Action::UsePhone, ties)?;
    actor.user.ok_or(Error::NotFound)
}
