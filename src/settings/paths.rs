//! Addresses of the settings.

use crate::values::{BranchId, UserId};

/// The overview.
pub(super) const OVERVIEW: &str = "/settings/";
/// All people.
pub(super) const USERS: &str = "/settings/users/";
/// The audit log.
pub(super) const ACTIVITY: &str = "/settings/activity/";
/// All branches.
pub(super) const BRANCHES: &str = "/settings/branches/";

/// A person's form; the acts on a person lie beside it.
pub(super) fn user(id: UserId) -> String {
    format!("/settings/users/{id}/edit/")
}

/// A branch's form.
pub(super) fn branch(id: BranchId) -> String {
    format!("/settings/branches/{id}/edit/")
}
