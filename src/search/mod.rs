//! Global search: companies, people and notes by one text, each with the reason why it was found.

mod actions;
mod explain;
mod marks;
mod model;
mod pages;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use pages::routes;
