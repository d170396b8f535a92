//! What a person chooses about the list of companies.

#![warn(clippy::missing_docs_in_private_items)]

use crate::values::FilterId;

/// A column of the list. The company's name always comes first and is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// «ИНН»
    Inn,
    /// «КПП»
    Kpp,
    /// «Статус»
    Status,
    /// «Сферы»
    Spheres,
    /// «Ответственный»
    Responsible,
    /// «Филиал»
    Branch,
    /// «Регион»
    Region,
    /// «Просрочки»: how many tasks are of days that are over
    Overdue,
    /// «Состояние»: warm or cold
    State,
    /// «Вид договора»
    Contract,
    /// «Договор до»
    ContractUntil,
    /// «Телефон»: the first one
    Phone,
    /// «E-mail»: the first one
    Email,
    /// «Контакт»: whom to ask for
    Contact,
    /// «Вид деятельности»
    Activity,
    /// «Создано»
    Created,
    /// «Обновлено»
    Updated,
}

impl Column {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 17] = [
        Self::Inn,
        Self::Status,
        Self::Spheres,
        Self::Responsible,
        Self::Branch,
        Self::Region,
        Self::Overdue,
        Self::Updated,
        Self::Created,
        Self::Phone,
        Self::Email,
        Self::Contact,
        Self::State,
        Self::Contract,
        Self::ContractUntil,
        Self::Activity,
        Self::Kpp,
    ];

    /// Those of a person who has chosen none.
    pub(crate) const STANDARD: [Self; 6] = [
        Self::Inn,
        Self::Status,
        Self::Spheres,
        Self::Responsible,
        Self::Branch,
        Self::Updated,
    ];

    /// As stored and as forms send it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Inn => "inn",
            Self::Kpp => "kpp",
            Self::Status => "status",
            Self::Spheres => "spheres",
            Self::Responsible => "responsible",
            Self::Branch => "branch",
            Self::Region => "region",
            Self::Overdue => "overdue",
            Self::State => "state",
            Self::Contract => "contract",
            Self::ContractUntil => "contract_until",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Contact => "contact",
            Self::Activity => "activity",
            Self::Created => "created",
            Self::Updated => "updated",
        }
    }

    /// The heading.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Inn => "ИНН",
            Self::Kpp => "КПП",
            Self::Status => "Статус",
            Self::Spheres => "Сферы",
            Self::Responsible => "Ответственный",
            Self::Branch => "Филиал",
            Self::Region => "Регион",
            Self::Overdue => "Просрочки",
            Self::State => "Состояние",
            Self::Contract => "Вид договора",
            Self::ContractUntil => "Договор до",
            Self::Phone => "Телефон",
            Self::Email => "E-mail",
            Self::Contact => "Контакт",
            Self::Activity => "Вид деятельности",
            Self::Created => "Создано",
            Self::Updated => "Обновлено",
        }
    }

    /// The column of this code.
    pub(crate) fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.code() == code)
    }
}

/// So many rows a page may have.
pub(crate) const PAGE_SIZES: [i64; 4] = [25, 50, 100, 200];

/// So many filters a person may name.
pub(crate) const MOST_SAVED: i64 = 30;
/// The longest name of a filter, in characters.
pub(super) const LONGEST_NAME: usize = 60;
/// The longest query of a filter, in characters.
pub(super) const LONGEST_QUERY: usize = 4_000;

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    /// Key.
    pub(crate) id: FilterId,
    /// What its author called it.
    pub(crate) name: String,
    /// Of the list's address, as it was saved.
    pub(crate) query: String,
    /// Whether the reader made it.
    pub(crate) is_own: bool,
    /// Whether others see it.
    pub(crate) is_shared: bool,
    /// Who made it, «Имя Фамилия».
    pub(crate) author: String,
    /// Whether the reader's list opens with it.
    pub(crate) opens: bool,
}

/// How a person sees the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListSettings {
    /// Columns after the name, each once.
    pub(crate) columns: Vec<Column>,
    /// One of [`PAGE_SIZES`].
    pub(crate) page_size: i64,
}

impl Default for ListSettings {
    fn default() -> Self {
        Self {
            columns: Column::STANDARD.to_vec(),
            page_size: crate::db::PAGE,
        }
    }
}

/// The columns of these codes, each once; what is no column is left out.
pub(super) fn columns<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<Column> {
    let mut columns = Vec::new();
    for column in codes.filter_map(Column::read) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_offered_and_read_back_by_its_code() {
        for column in Column::ALL {
            assert_eq!(Column::read(column.code()), Some(column));
        }
        assert_eq!(Column::read("name"), None, "the name is always there");
    }

    #[test]
    fn a_column_is_shown_once_and_an_unknown_one_never() {
        let codes = ["inn", "no such", "status", "inn"];
        assert_eq!(columns(codes.into_iter()), [Column::Inn, Column::Status]);
    }
}
