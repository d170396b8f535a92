//! Who called how much, and what came of it: of each person, of a branch, of oneself.

mod actions;
mod chart;
mod model;
mod pages;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use pages::routes;
