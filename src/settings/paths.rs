//! Addresses of the settings.

use crate::dictionaries::Kind;
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

/// All entries of a dictionary.
pub(super) fn dictionary(kind: Kind) -> String {
    format!("/settings/dictionaries/{}/", kind.code())
}

/// What is done to an entry.
pub(super) fn entry(kind: Kind, key: &str, verb: &str) -> String {
    format!("/settings/dictionaries/{}/{key}/{verb}/", kind.code())
}
