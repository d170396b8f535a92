//! How a person sees the list of companies: columns, rows of a page, filters with a name and what the list opens with.

mod actions;
mod model;
mod pages;
mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{saved, settings};
pub(crate) use model::{Column, PAGE_SIZES, Saved};
pub(crate) use pages::routes;
pub(crate) use paths::{ALL as ALL_PATH, columns as columns_path, save as save_path};
