//! What the list is asked for, and what it shows.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::Cursor;
use crate::values::{BranchId, CompanyId, SphereId, StatusId, UserId};

/// A company as the list shows it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) inn: String,
    pub(crate) kpp: String,
    pub(crate) activity_kind: String,
    pub(crate) contact_name: String,
    pub(crate) is_cold: bool,
    /// Code of its type.
    pub(crate) contract_type: Option<String>,
    /// Why nobody calls them; `None`: people do.
    pub(crate) do_not_call: Option<String>,
    pub(crate) contract_until: Option<NaiveDate>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) name_key: String,
    pub(crate) status_id: Option<StatusId>,
    pub(crate) responsible_id: Option<UserId>,
    pub(crate) branch_id: Option<BranchId>,
    pub(crate) spheres: Vec<SphereId>,
}

/// The first phone and the first e-mail of a company; empty: none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channel {
    /// As it is shown.
    pub(crate) phone: String,
    /// As it is written.
    pub(crate) email: String,
}

/// Orders that have an index of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// «Обновлено»
    #[default]
    Updated,
    /// «Создано»
    Created,
    /// «Компания», without legal form and quotes
    Name,
    /// «ИНН»
    Inn,
    /// «Договор до»: only companies that have one
    Contract,
    /// «Статус», in the dictionary's order, and the newest first within each
    Status,
    /// «Ответственный», by name, and the newest first within each
    Responsible,
    /// «Филиал», by name, and the newest first within each
    Branch,
}

impl Sort {
    const ALL: [Self; 8] = [
        Self::Updated,
        Self::Created,
        Self::Name,
        Self::Inn,
        Self::Contract,
        Self::Status,
        Self::Responsible,
        Self::Branch,
    ];

    /// As addresses have it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Updated => "updated_at",
            Self::Created => "created_at",
            Self::Name => "name",
            Self::Inn => "inn",
            Self::Contract => "contract_until",
            Self::Status => "status",
            Self::Responsible => "responsible",
            Self::Branch => "branch",
        }
    }

    /// From an address; unknown ones mean the default.
    pub(crate) fn read(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|sort| sort.code() == code)
            .unwrap_or_default()
    }

    /// Newest first, but names and contracts from their beginning.
    pub(crate) fn is_descending_by_default(self) -> bool {
        matches!(self, Self::Updated | Self::Created)
    }

    /// The column it orders by; of the last three, the one whose values are walked through one by one.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Updated => "company.updated_at",
            Self::Created => "company.created_at",
            Self::Name => "company.name_key",
            Self::Inn => "company.inn",
            Self::Contract => "company.contract_until",
            Self::Status => "company.status_id",
            Self::Responsible => "company.responsible_id",
            Self::Branch => "company.branch_id",
        }
    }

    /// What is true of every row that has a place in the order.
    pub(super) fn condition(self) -> &'static str {
        match self {
            Self::Contract => "company.contract_until IS NOT NULL",
            _ => "true",
        }
    }

    /// Whether rows come in groups of one value each, see [`Order::groups`].
    pub(super) fn is_grouped(self) -> bool {
        matches!(self, Self::Status | Self::Responsible | Self::Branch)
    }
}

/// Which companies a list shows and in what order; several values of one kind mean any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The search text.
    pub(crate) q: String,
    pub(crate) statuses: Vec<StatusId>,
    pub(crate) spheres: Vec<SphereId>,
    pub(crate) responsible: Vec<UserId>,
    /// Companies without a responsible, too.
    pub(crate) no_responsible: bool,
    pub(crate) branches: Vec<BranchId>,
    /// Companies without a branch, too.
    pub(crate) no_branch: bool,
    pub(crate) contract_types: Vec<String>,
    /// Only cold, or only warm.
    pub(crate) is_cold: Option<bool>,
    /// Only those that asked not to be called, or only all others.
    pub(crate) do_not_call: Option<bool>,
    /// Only those with open tasks that were due before this moment, at which the reader's day begins.
    pub(crate) overdue_before: Option<DateTime<Utc>>,
    pub(crate) sort: Sort,
    pub(crate) is_descending: bool,
}

impl Filter {
    /// The same filter on the day that begins at this moment where the reader is.
    pub(super) fn on_day(self, begins: DateTime<Utc>) -> Self {
        Self {
            overdue_before: self.overdue_before.map(|_| begins),
            ..self
        }
    }

    /// The same companies in the order that no company is left out of.
    pub(super) fn in_no_order(self) -> Self {
        Self {
            sort: Sort::default(),
            ..self
        }
    }

    /// Whether it lets every company through that has a place in the order.
    pub(super) fn has_only_order(&self) -> bool {
        let order = Self {
            sort: self.sort,
            is_descending: self.is_descending,
            ..Self::default()
        };
        *self == order
    }
}

/// The place of a row among others of its order, see [`Listed::cursor`].
pub(super) struct GroupPlace {
    /// The group; `None`: rows without a value.
    pub(super) group: Option<i64>,
    /// Microseconds since 1970, as text.
    pub(super) updated_at: String,
}

impl GroupPlace {
    /// From a cursor's key; `None` for one of another order.
    pub(super) fn read(key: &str) -> Option<Self> {
        let (group, updated_at) = key.split_once(':')?;
        let group = match group {
            "" => None,
            id => Some(id.parse().ok()?),
        };
        Some(Self {
            group,
            updated_at: updated_at.to_owned(),
        })
    }
}

impl Listed {
    /// The place of this row in a list ordered by `sort`.
    pub(crate) fn cursor(&self, sort: Sort) -> Cursor {
        let updated_at = self.updated_at.timestamp_micros();
        let in_group = |id: Option<i64>| format!("{}:{updated_at}", id.map(|id| id.to_string()).unwrap_or_default());
        let key = match sort {
            Sort::Updated => updated_at.to_string(),
            Sort::Created => self.created_at.timestamp_micros().to_string(),
            Sort::Name => self.name_key.clone(),
            Sort::Inn => self.inn.clone(),
            Sort::Contract => self.contract_until.unwrap_or_default().to_string(),
            Sort::Status => in_group(self.status_id.map(|id| id.0)),
            Sort::Responsible => in_group(self.responsible_id.map(|id| id.0)),
            Sort::Branch => in_group(self.branch_id.map(|id| id.0)),
        };
        Cursor { key, id: self.id.0 }
    }
}
