//! Acts on many companies at once: looked at before they are done, told row by row, taken back within an hour.

mod actions;
mod model;
mod pages;
mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{PARTS, clean};
pub(crate) use pages::routes;
pub(crate) use paths::show as path;
