//! Addresses of tasks.

use crate::values::{CommentId, CompanyId, TaskActId, TaskId};

/// The list.
pub(crate) const LIST: &str = "/tasks/";
/// A new one.
pub(crate) const NEW: &str = "/tasks/new/";
/// The days of a week.
pub(crate) const WEEK: &str = "/tasks/week/";

/// Acts on many.
pub(crate) const MANY: &str = "/tasks/many/";

/// An act on many.
pub(crate) fn many(id: TaskActId) -> String {
    format!("{MANY}{id}/")
}

/// One task.
pub(crate) fn show(id: TaskId) -> String {
    format!("/tasks/{id}/")
}

/// Its form.
pub(crate) fn edit(id: TaskId) -> String {
    format!("/tasks/{id}/edit/")
}

/// Where a comment is taken back.
pub(crate) fn uncomment(id: TaskId, comment: CommentId) -> String {
    format!("/tasks/{id}/comments/{comment}/delete/")
}

/// A new one at a company.
pub(crate) fn new_at(company: CompanyId) -> String {
    format!("{NEW}?company={company}")
}

/// All tasks of a company.
pub(crate) fn of_company(company: CompanyId) -> String {
    format!("{LIST}?scope=all&status=all&company={company}")
}
