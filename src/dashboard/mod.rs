//! The start page. Until the desk has tasks to show, it is the list of companies.

use crate::companies;
use crate::policy::Action;
use crate::web::{Guard, Html, Routes, see_other};

/// `/`
pub(crate) fn routes() -> Routes {
    Routes::new().get("/", Guard::May(Action::ViewBase), show)
}

/// `GET /`
async fn show() -> Html {
    see_other(companies::paths::LIST)
}
