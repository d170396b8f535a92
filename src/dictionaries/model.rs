//! What the dictionaries hold.

use crate::values::{SphereId, StatusId};

/// «Статус»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// Key.
    pub(crate) id: StatusId,
    /// Name.
    pub(crate) name: String,
    /// Tone of the badge.
    pub(crate) tone: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
}

/// «Сфера»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sphere {
    /// Key.
    pub(crate) id: SphereId,
    /// Name.
    pub(crate) name: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
}

/// «Вид договора»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContractType {
    /// Key.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
}

/// All of them, in the order people see.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionaries {
    /// «Статусы»
    pub(crate) statuses: Vec<Status>,
    /// «Сферы»
    pub(crate) spheres: Vec<Sphere>,
    /// «Виды договора»
    pub(crate) contract_types: Vec<ContractType>,
}
