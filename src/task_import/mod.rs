//! Tasks out of a calendar file of amoCRM (`.ics`): checked first, then brought in, each once.

mod actions;
mod judge;
mod model;
mod pages;
mod paths;
mod queries;
mod reading;
#[cfg(test)]
mod tests;

pub(crate) use pages::routes;
