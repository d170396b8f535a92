//! What is known of a person and of a branch.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::policy::Role;
use crate::values::{BranchId, UserId};

/// A person as lists and selects show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// Key.
    pub(crate) id: UserId,
    /// «Имя Фамилия», or the login when both are empty.
    pub(crate) name: String,
    /// What the person is.
    pub(crate) role: Role,
    /// Where the person works.
    pub(crate) branch: Option<BranchId>,
    /// Whether the person may sign in.
    pub(crate) is_active: bool,
}

impl Person {
    /// Whether the person can be responsible for a company: active managers and heads (the older CRM's §2.2).
    pub(super) fn is_owner(&self) -> bool {
        self.is_active && matches!(self.role, Role::Manager | Role::SalesHead | Role::BranchDirector)
    }
}

/// Everybody and all branches, for selects and names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    /// Active people first, by name.
    pub(crate) people: Vec<Person>,
    /// By name.
    pub(crate) branches: Vec<Branch>,
}

impl Directory {
    /// Those who can be responsible for a company.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.is_owner())
    }

    /// How a person is called; empty for nobody.
    pub(crate) fn person(&self, id: Option<UserId>) -> &str {
        let found = self.people.iter().find(|person| Some(person.id) == id);
        found.map_or("", |person| &person.name)
    }

    /// How a branch is called; empty for none.
    pub(crate) fn branch(&self, id: Option<BranchId>) -> &str {
        let found = self.branches.iter().find(|branch| Some(branch.id) == id);
        found.map_or("", |branch| &branch.name)
    }
}

/// A person as the settings show one.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// Key.
    pub(crate) id: UserId,
    /// Only signs in.
    pub(crate) username: String,
    /// «Имя»
    pub(crate) first_name: String,
    /// «Фамилия»
    pub(crate) last_name: String,
    /// Shown everywhere.
    pub(crate) name: String,
    /// Own mail address; empty: none.
    pub(crate) email: String,
    /// What the person is.
    pub(crate) role: Role,
    /// Where the person works.
    pub(crate) branch: Option<BranchId>,
    /// The branch's name; empty: none.
    pub(crate) branch_name: String,
    /// IANA name; empty: the server's.
    pub(crate) time_zone: String,
    /// Whether the person may sign in.
    pub(crate) is_active: bool,
    /// When the person last signed in.
    pub(crate) last_sign_in_at: Option<DateTime<Utc>>,
    /// How many sessions are open.
    pub(crate) sessions: i64,
    /// Whether signing in asks for a code too.
    pub(crate) has_second_factor: bool,
    /// Whether the role needs it.
    pub(crate) needs_second_factor: bool,
    /// Grows with each change.
    pub(crate) version: i32,
}

/// What an administrator typed about a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserForm {
    /// Only signs in; may be changed later.
    pub(crate) username: String,
    /// «Имя»
    pub(crate) first_name: String,
    /// «Фамилия»
    pub(crate) last_name: String,
    /// Own mail address.
    pub(crate) email: String,
    /// A role's code.
    pub(crate) role: String,
    /// A branch's id, or empty.
    pub(crate) branch: String,
    /// IANA name, or empty.
    pub(crate) time_zone: String,
    /// The version that was edited.
    pub(crate) version: i32,
    /// Makes one person however often the same form arrives.
    pub(crate) key: Option<Uuid>,
}

/// «Филиал»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// Key.
    pub(crate) id: BranchId,
    /// Short code: Latin letters, digits, `-`, `_`.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
    /// How many active people work there.
    pub(crate) people: i64,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
    /// Grows with each change.
    pub(crate) version: i32,
}

/// What an administrator typed about a branch.
#[derive(Clone, Debug, Default)]
pub(crate) struct BranchForm {
    /// Short code.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
    /// Whether it may be chosen anew; a new one always may.
    pub(crate) is_active: bool,
    /// The version that was edited.
    pub(crate) version: i32,
    /// Makes one branch however often the same form arrives.
    pub(crate) key: Option<Uuid>,
}

/// A session that still lets in.
#[derive(Clone, Debug)]
pub(crate) struct OpenSession {
    /// Key; no secret.
    pub(crate) id: Uuid,
    /// `browser`, `api` or `phone`.
    pub(crate) kind: String,
    /// From where it was opened.
    pub(crate) ip: String,
    /// The browser's name for itself.
    pub(crate) user_agent: String,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
    /// The last request, to within minutes.
    pub(crate) last_seen_at: DateTime<Utc>,
}

/// What a person sees of the own account.
#[derive(Clone, Debug)]
pub(crate) struct OwnAccount {
    /// Only signs in.
    pub(crate) username: String,
    /// «Имя Фамилия»
    pub(crate) name: String,
    /// Own mail address; empty: none.
    pub(crate) email: String,
    /// What the person is.
    pub(crate) role: Role,
    /// The branch's name; empty: none.
    pub(crate) branch: String,
    /// When the person last signed in.
    pub(crate) last_sign_in_at: Option<DateTime<Utc>>,
    /// Whether signing in asks for a code too.
    pub(crate) has_second_factor: bool,
}
