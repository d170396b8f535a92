//! The desk: what today asks for, and what will come.

mod page;
#[cfg(test)]
mod tests;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/`
pub(crate) fn routes() -> Routes {
    Routes::new().get("/", Guard::May(Action::ViewBase), page::show)
}
