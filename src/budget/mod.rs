//! The budget of reading: how many different cards a person may open in an hour and on a day.
//!
//! Lists and search do not count; a card does, whatever shows it or a part of it, once an hour however often it is opened.
//! People are part of their company's card.
//! What a process has counted in this hour it remembers, so that most cards cost nothing and the others one statement
//! (decision 0024). Whoever may export the base is not counted.

mod actions;
mod model;
mod queries;
#[cfg(test)]
mod tests;
mod watch;

pub(crate) use actions::{clean, has_alarms, limits, overview, set_limits};
pub(crate) use model::{Limits, Reader};
pub(crate) use watch::{read, watch, watch_calls};
