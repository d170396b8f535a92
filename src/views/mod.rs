//! How a person sees the list of companies: columns and rows of a page.

mod actions;
mod model;
mod pages;
mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::settings;
pub(crate) use model::{Column, PAGE_SIZES};
pub(crate) use pages::routes;
pub(crate) use paths::columns as columns_path;
