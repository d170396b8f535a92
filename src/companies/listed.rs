//! What the list is asked for, and what it shows.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::Cursor;
use crate::values::{BranchId, CompanyId, RegionId, SphereId, StatusId, UserId};

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
    pub(crate) region_id: Option<RegionId>,
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
    /// «Договор до»; companies without one come last, whatever the direction
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

    /// Whether rows come in groups of one value each, see [`Order::groups`].
    pub(super) fn is_grouped(self) -> bool {
        matches!(self, Self::Status | Self::Responsible | Self::Branch)
    }
}

/// What is asked about the open tasks of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tasks {
    /// There are none.
    Without,
    /// Some are of a day that is over.
    Overdue,
    /// Some are of today.
    Today,
    /// Some are of the seven days that begin today.
    Week,
}

impl Tasks {
    /// All of them, in the order in which they are offered, each as people read it.
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Without, "без задач"),
        (Self::Overdue, "есть просроченные"),
        (Self::Today, "на сегодня"),
        (Self::Week, "на неделю"),
    ];

    /// As addresses have it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Without => "none",
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Week => "week",
        }
    }

    /// From an address; `None`: it asks nothing.
    pub(crate) fn read(code: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(tasks, _)| tasks.code() == code).map(|(tasks, _)| tasks)
    }
}

/// When the reader's day begins and ends, and the week that begins with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) today: DateTime<Utc>,
    pub(crate) tomorrow: DateTime<Utc>,
    pub(crate) in_a_week: DateTime<Utc>,
}

/// Between which moments an open task is due: from the first, when there is one, to before the second.
pub(super) type Due = (Option<DateTime<Utc>>, DateTime<Utc>);

/// Which companies a list shows and in what order; several values of one kind mean any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says by itself that what is missing is wanted"
)]
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
    pub(crate) regions: Vec<RegionId>,
    /// Companies without a region, too.
    pub(crate) no_region: bool,
    /// Only those with such open tasks, or with none.
    pub(crate) tasks: Option<Tasks>,
    /// What today is. Whoever asks the base says it.
    pub(crate) days: Days,
    pub(crate) sort: Sort,
    pub(crate) is_descending: bool,
}

impl Filter {
    /// The same filter on this day.
    pub(super) fn on_day(self, days: Days) -> Self {
        Self { days, ..self }
    }

    /// The same companies in the usual order.
    pub(super) fn in_usual_order(self) -> Self {
        let sort = Sort::default();
        Self {
            sort,
            is_descending: sort.is_descending_by_default(),
            ..self
        }
    }

    /// The same filter whatever tasks a company has.
    pub(super) fn whatever_tasks(self) -> Self {
        Self { tasks: None, ..self }
    }

    /// Whether it lets every company through.
    pub(super) fn has_only_order(&self) -> bool {
        self.q.is_empty() && self.has_only_words()
    }

    /// Whether it lets every company through that has the words of the search.
    pub(super) fn has_only_words(&self) -> bool {
        let words = Self {
            q: self.q.clone(),
            sort: self.sort,
            is_descending: self.is_descending,
            days: self.days,
            ..Self::default()
        };
        *self == words
    }

    /// When open tasks must be due that let a company through; `None`: no such task is asked for.
    pub(super) fn due(&self) -> Option<Due> {
        let Days {
            today,
            tomorrow,
            in_a_week,
        } = self.days;
        match self.tasks? {
            Tasks::Without => None,
            Tasks::Overdue => Some((None, today)),
            Tasks::Today => Some((Some(today), tomorrow)),
            Tasks::Week => Some((Some(today), in_a_week)),
        }
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
            Sort::Contract => self.contract_until.map(|day| day.to_string()).unwrap_or_default(),
            Sort::Status => in_group(self.status_id.map(|id| id.0)),
            Sort::Responsible => in_group(self.responsible_id.map(|id| id.0)),
            Sort::Branch => in_group(self.branch_id.map(|id| id.0)),
        };
        Cursor { key, id: self.id.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn words_alone_are_told_from_words_beside_other_conditions() {
        let words = Filter {
            q: "детский сад".to_owned(),
            ..Filter::default()
        };
        assert!(words.has_only_words() && !words.has_only_order());
        let cold = Filter {
            is_cold: Some(true),
            ..words
        };
        assert!(!cold.has_only_words());
        assert!(Filter::default().has_only_order());
    }
}
