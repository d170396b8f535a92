//! The lists a company is described with: statuses, spheres, contract types.

mod actions;
mod queries;

pub(crate) use actions::{Dictionaries, Named, all, ensure};
