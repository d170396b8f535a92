//! Phones: which ones belong to whom, how they are connected, seen and cut off. What they are asked to call is the business
//! of `calls`. And the app that they run, by version.

mod actions;
mod api;
mod manifest;
mod model;
mod pages;
mod paths;
mod queries;
#[cfg(test)]
mod tests;

pub(crate) use actions::{clean, forget_push, note_push, seen, sleepers};
pub(crate) use model::{ONLINE, Sleeper};

use crate::web::Routes;

/// `/mobile-app/`, `/settings/phones/`, `/api/phone/…` but for calls.
pub(crate) fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
