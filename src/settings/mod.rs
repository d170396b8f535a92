//! Administrators' pages: the overview, people, branches, the style guide.

mod pages;
mod paths;
#[cfg(test)]
mod tests;

pub(crate) use pages::routes;
