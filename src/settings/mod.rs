//! Administrators' pages: the overview, people, branches, the style guide.

mod background;
mod merging;
mod pages;
mod paths;
#[cfg(test)]
mod tests;

pub(crate) use merging::finish_merges;
pub(crate) use pages::routes;
