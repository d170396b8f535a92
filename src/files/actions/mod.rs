//! What is done with files.

mod clean;
mod hold;
mod inspect;
mod read;
mod receive;
mod tie;

pub(crate) use clean::clean;
pub(crate) use hold::{Holding, held_bytes, hold_bytes, hold_until};
pub(crate) use inspect::{Inspection, inspect, look, missing};
pub(crate) use read::{of, totals};
pub(super) use read::{open, uploads};
pub(super) use receive::Receiver;
pub(crate) use receive::keep;
pub(crate) use tie::{PARTS, attach, detach, discard, dispose_at_once};
