//! Finding duplicates, and what people do about them.

mod deny;
mod pass;
mod read;

pub(crate) use deny::{allow, denials, deny};
pub(crate) use pass::{ask, find};
pub(crate) use read::{list, progress};
