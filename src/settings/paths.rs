//! Addresses of the settings.

use uuid::Uuid;

use crate::dictionaries::Kind;
use crate::values::{BranchId, UserId};

/// The overview.
pub(super) const OVERVIEW: &str = "/settings/";
/// All people.
pub(super) const USERS: &str = "/settings/users/";
/// The audit log.
pub(super) const ACTIVITY: &str = "/settings/activity/";
/// Who took what away.
pub(super) const EXPORTS: &str = "/settings/exports/";
/// Sign-ins, failures and locks.
pub(super) const SECURITY: &str = "/settings/security/";
/// What is locked right now.
pub(super) const LOCKS: &str = "/settings/security/locks/";
/// Roles that need a second factor.
pub(super) const FACTOR_RULES: &str = "/settings/security/second-factor/";
/// How many cards a person may open.
pub(super) const READING: &str = "/settings/security/reading/";
/// How the installation stands.
pub(super) const SYSTEM: &str = "/settings/system/";
/// What goes on in the background.
pub(super) const JOBS: &str = "/settings/jobs/";
/// All branches.
pub(super) const BRANCHES: &str = "/settings/branches/";

/// A person's form; the acts on a person lie beside it.
pub(super) fn user(id: UserId) -> String {
    format!("/settings/users/{id}/edit/")
}

/// Ends one session of a person.
pub(super) fn end_session(id: UserId, session: Uuid) -> String {
    format!("/settings/users/{id}/sessions/{session}/end/")
}

/// A branch's form.
pub(super) fn branch(id: BranchId) -> String {
    format!("/settings/branches/{id}/edit/")
}

/// All entries of a dictionary.
pub(super) fn dictionary(kind: Kind) -> String {
    format!("/settings/dictionaries/{}/", kind.code())
}

/// The row of an entry among the others.
pub(super) fn row(kind: Kind, key: &str) -> String {
    format!("{}#entry-{key}", dictionary(kind))
}

/// What is done to an entry.
pub(super) fn entry(kind: Kind, key: &str, verb: &str) -> String {
    format!("/settings/dictionaries/{}/{key}/{verb}/", kind.code())
}
