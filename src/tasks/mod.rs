//! Tasks: what is to be done, by whom and until when.

mod actions;
mod api;
pub(crate) mod bulk;
pub(crate) mod due;
mod forms;
mod many;
mod model;
mod pages;
pub(crate) mod paths;
mod queries;
mod series;
#[cfg(test)]
mod tests;

pub(crate) use actions::{
    Calendar, Moved, PARTS, Reader, blocks, bring_forth, count_of_type, erase, field_label, forget, move_all,
    move_back, remind, replace_type, set_in,
};
pub(crate) use model::{Fields, Filter, Scope, When};
pub(crate) use pages::{TaskRow, TasksFragment, address, fragment, nearest_scope, rows};

/// `/tasks/…`, `/api/tasks/…`.
pub(crate) fn routes() -> crate::web::Routes {
    pages::routes().merge(api::routes())
}
