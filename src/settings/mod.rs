//! Administrators' pages: the overview, people, branches, the style guide.

mod api;
mod background;
mod merging;
mod pages;
mod paths;
#[cfg(test)]
mod tests;

pub(crate) use merging::finish_merges;

/// `/settings/…`, and deleting a type of tasks by programs.
pub(crate) fn routes() -> crate::web::Routes {
    pages::routes().merge(api::routes())
}
