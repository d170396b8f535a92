//! Tasks in the calendar of a phone: a private address of each person's tasks as RFC 5545 has them (decision 0027).

mod actions;
mod ics;
mod model;
mod pages;
mod paths;
mod queries;
mod render;
#[cfg(test)]
mod tests;
mod zone;

pub(crate) use pages::routes;
