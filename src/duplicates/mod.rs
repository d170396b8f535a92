//! Duplicates in the base: cards that look like one company, said to be different ones, or made one.
//!
//! Pairs are found by a pass in the background (decision 0023); pages read what it found.

mod actions;
mod model;
mod pages;
mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::find;
pub(crate) use pages::{MergeNotice, merge_notice, routes, to_heir};
