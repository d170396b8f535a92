//! What people do with records that go, come back, or go for good.

mod erase;
mod read;
mod remove;
mod requests;
mod restore;

pub(crate) use erase::{erase, purge};
pub(crate) use read::{candidate, find, is_trashed, letters_with, list};
pub(crate) use remove::{Gone, delete_company, delete_contact};
pub(crate) use requests::{
    approve, ask, close_merged, has, pending_of, refusal, refuse, reopen, request, waiting, withdraw,
};
pub(crate) use restore::restore;
