//! The lists a company is described with: statuses, spheres, contract types.

mod actions;
mod model;
mod queries;

pub(crate) use actions::{Named, all, ensure};
pub(crate) use model::Dictionaries;
