//! What the dictionaries hold.

use super::heirs::Heirs;
use crate::values::{Money, RegionId, SphereId, StatusId, TaskTypeId};

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
    /// Tone of the badge.
    pub(crate) tone: String,
    /// «Важная»
    pub(crate) is_important: bool,
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
    /// Tone of the badge.
    pub(crate) tone: String,
    /// When its end comes near.
    pub(crate) terms: Terms,
}

/// When the end of a contract comes near:by days, and of a yearly one by its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// A yearly one: it ends with its money, too.
    pub(crate) is_annual: bool,
    /// Orange so many days before the end and later.
    pub(crate) warning_days: i32,
    /// Red when fewer days are left.
    pub(crate) danger_days: i32,
    /// Orange when so much money is left, or less.
    pub(crate) warning_amount: Money,
    /// Red when less money is left.
    pub(crate) danger_amount: Money,
}

/// Of a contract without a type; the same as a new type has.
impl Default for Terms {
    fn default() -> Self {
        Self {
            is_annual: false,
            warning_days: 30,
            danger_days: 14,
            warning_amount: Money(7_000_000),
            danger_amount: Money(2_500_000),
        }
    }
}

/// «Регион»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// Key.
    pub(crate) id: RegionId,
    /// Name.
    pub(crate) name: String,
    /// Tone of the badge.
    pub(crate) tone: String,
    /// IANA name of its zone.
    pub(crate) time_zone: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
}

/// «Тип задачи»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskType {
    /// Key.
    pub(crate) id: TaskTypeId,
    /// Name.
    pub(crate) name: String,
    /// Tone of the badge.
    pub(crate) tone: String,
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
    /// «Регионы»
    pub(crate) regions: Vec<Region>,
    /// «Типы задач»
    pub(crate) task_types: Vec<TaskType>,
    /// What is meant by entries that became one with others.
    pub(crate) heirs: Heirs,
}
