//! The trash: what people delete, on whose word, how it comes back and how it goes for good.
//!
//! A deleted record is moved here whole (decision 0010), so that nothing else of the program has to know of it.

mod actions;
mod api;
mod model;
mod pages;
mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{close_merged, has, purge, reopen};
pub(crate) use model::losses;
pub(crate) use pages::{CardNotice, card_notice, place_of};

/// Everything of the trash, and deleting by programs.
pub(crate) fn routes() -> crate::web::Routes {
    pages::routes().merge(api::routes())
}
