//! A company's card: the one page where its data, contacts, notes and history meet.

mod cells;
mod page;
#[cfg(test)]
mod tests;
mod timeline;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/companies/<uuid>/`
pub(crate) fn routes() -> Routes {
    Routes::new().get("/companies/{id}/", Guard::May(Action::ViewBase), page::show)
}
