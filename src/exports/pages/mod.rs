//! The form of an export, and the file. The log is a page of the settings.

mod form;

use crate::policy::Action;
use crate::web::{Guard, Routes};

/// `/companies/export/`
pub(crate) fn routes() -> Routes {
    // Who may not is written down, so that the handler answers, not the door.
    let guard = Guard::Asks(Action::ExportBase);
    Routes::new()
        .get(super::paths::NEW, guard, form::show)
        .post(super::paths::NEW, guard, form::create)
}
