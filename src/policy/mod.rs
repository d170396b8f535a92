//! Who may do what: one pure matrix that lists, cards, exports, API and jobs all ask.

mod actor;
mod matrix;
#[cfg(test)]
mod tests;

pub(crate) use actor::{Actor, Role};
pub(crate) use matrix::{Action, Reach, Ties, check, may, may_ever, nearest, reach, roles_that, who_may};
