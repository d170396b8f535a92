//! Files that people send: kept under random keys, served as attachments, cleared away when nobody needs them.
//!
//! Each key in the store is named by a file that a note, a comment or a letter holds, or by a disposal that says when its bytes go. So a
//! process may die at any moment and nothing is lost or left over (decision 0009).

mod actions;
mod kinds;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{
    Holding, Inspection, PARTS, attach, clean, detach, discard, dispose_at_once, held_bytes, hold_bytes, hold_until,
    inspect, keep, look, missing, of, totals,
};
pub(crate) use model::{Holder, StoredFile, check_count, describe};
pub(crate) use pages::{Attachments, FORM_LIMIT, FilesField, LETTERS_LIMIT, Sent, href, routes};
