//! Letters: correspondence with companies, one row each, whoever brings them in (decision 0033).

mod actions;
mod address;
mod eml;
mod forms;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{
    Moved, PARTS, Passed, authors, count_with_person, erase, move_all, move_back, pass_back, pass_on,
};
pub(crate) use model::field_label;
pub(crate) use pages::{Composer, LetterItem, composer, of_company, routes};
