//! Who acts.

use crate::values::{BranchId, UserId};

/// What a person is in the company. `System` is the program itself: jobs and commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// «Менеджер»
    Manager,
    /// «Руководитель отдела продаж»
    SalesHead,
    /// «Директор филиала»
    BranchDirector,
    /// «Управляющий»
    GroupManager,
    /// «Администратор»
    Admin,
    /// Jobs and commands; never a person.
    System,
}

impl Role {
    /// The roles a person can have, least rights first.
    pub(crate) const PEOPLE: [Self; 5] = [
        Self::Manager,
        Self::SalesHead,
        Self::BranchDirector,
        Self::GroupManager,
        Self::Admin,
    ];

    /// As stored in `users.role`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::SalesHead => "sales_head",
            Self::BranchDirector => "branch_director",
            Self::GroupManager => "group_manager",
            Self::Admin => "admin",
            Self::System => "system",
        }
    }

    /// The role with this code, among those a person can have.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::PEOPLE.into_iter().find(|role| role.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Manager => "Менеджер",
            Self::SalesHead => "Руководитель отдела продаж",
            Self::BranchDirector => "Директор филиала",
            Self::GroupManager => "Управляющий",
            Self::Admin => "Администратор",
            Self::System => "Система",
        }
    }
}

/// The one who acts, with all that rights depend on. Only extractors and commands make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    /// `None`: the system.
    pub(crate) user: Option<UserId>,
    /// What the actor is.
    pub(crate) role: Role,
    /// The actor's branch.
    pub(crate) branch: Option<BranchId>,
}

impl Actor {
    /// The program itself.
    pub(crate) fn system() -> Self {
        Self {
            user: None,
            role: Role::System,
            branch: None,
        }
    }

    /// Whether the actor is this person.
    pub(crate) fn is(&self, user: Option<UserId>) -> bool {
        self.user.is_some() && self.user == user
    }

    /// Whether the actor belongs to this branch.
    pub(crate) fn is_of(&self, branch: Option<BranchId>) -> bool {
        self.branch.is_some() && self.branch == branch
    }
}
