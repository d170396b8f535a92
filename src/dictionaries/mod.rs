//! The lists a company is described with: statuses, spheres, contract types, regions.

mod actions;
mod model;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{Named, all, ensure};
pub(crate) use model::{Dictionaries, Terms};
