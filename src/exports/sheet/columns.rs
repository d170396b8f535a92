//! The columns: the layout «contacts and companies» of amoCRM, extended by what it does not know.

use crate::exports::model::What;
use crate::values::text;

/// How Excel shows a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exports) enum Shape {
    /// So many characters wide.
    Text(u8),
    Day,
    Moment,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exports) enum Column {
    OwnId,
    OwnCompany,
    AmoId,
    Kind,
    Company,
    LegalName,
    Inn,
    Kpp,
    Ogrn,
    Region,
    Address,
    Website,
    Status,
    Spheres,
    Activity,
    Cold,
    Responsible,
    Branch,
    Head,
    HeadId,
    ContractType,
    ContractUntil,
    ContractAmount,
    DoNotCall,
    TimeZone,
    WorkingHours,
    Director,
    LastName,
    FirstName,
    Position,
    /// With the kind of `contact_phones`.
    Phone(&'static str),
    /// With the kind of `contact_emails`.
    Email(&'static str),
    Note,
    Notes,
    Created,
    Updated,
}

/// Whose column it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Companies,
    Contacts,
    Both,
}

const ALL: &[(Column, &str, Of, Shape)] = &[
    (Column::OwnId, "ID ПРОФИ", Of::Both, Shape::Text(14)),
    (Column::OwnCompany, "ID компании ПРОФИ", Of::Contacts, Shape::Text(14)),
    (Column::AmoId, "ID amoCRM", Of::Both, Shape::Text(12)),
    (Column::Kind, "Тип", Of::Both, Shape::Text(11)),
    (Column::Company, "Название компании", Of::Both, Shape::Text(40)),
    (
        Column::LegalName,
        "Юридическое название компании",
        Of::Companies,
        Shape::Text(34),
    ),
    (Column::Inn, "ИНН", Of::Companies, Shape::Text(14)),
    (Column::Kpp, "КПП", Of::Companies, Shape::Text(12)),
    (Column::Ogrn, "ОГРН", Of::Companies, Shape::Text(16)),
    (Column::LastName, "Фамилия", Of::Contacts, Shape::Text(20)),
    (Column::FirstName, "Имя", Of::Contacts, Shape::Text(24)),
    (Column::Director, "Руководитель", Of::Companies, Shape::Text(28)),
    (Column::Position, "Должность", Of::Both, Shape::Text(24)),
    (Column::Phone("work"), "Рабочий телефон", Of::Both, Shape::Text(26)),
    (
        Column::Phone("work_direct"),
        "Рабочий прямой телефон",
        Of::Contacts,
        Shape::Text(24),
    ),
    (
        Column::Phone("mobile"),
        "Мобильный телефон",
        Of::Contacts,
        Shape::Text(22),
    ),
    (Column::Phone("home"), "Домашний телефон", Of::Contacts, Shape::Text(22)),
    (Column::Phone("fax"), "Факс", Of::Contacts, Shape::Text(20)),
    (Column::Phone("other"), "Другой телефон", Of::Contacts, Shape::Text(22)),
    (Column::Email("work"), "Рабочий email", Of::Both, Shape::Text(28)),
    (Column::Email("personal"), "Личный email", Of::Contacts, Shape::Text(26)),
    (Column::Email("other"), "Другой email", Of::Contacts, Shape::Text(26)),
    (Column::Website, "Web", Of::Companies, Shape::Text(24)),
    (Column::Region, "Регион", Of::Companies, Shape::Text(24)),
    (Column::Address, "Адрес", Of::Companies, Shape::Text(44)),
    (Column::Status, "Статус", Of::Both, Shape::Text(18)),
    (Column::Spheres, "Сферы деятельности", Of::Companies, Shape::Text(30)),
    (Column::Activity, "Вид деятельности", Of::Companies, Shape::Text(30)),
    (Column::Cold, "Холодный звонок", Of::Companies, Shape::Text(10)),
    (Column::Responsible, "Ответственный", Of::Companies, Shape::Text(24)),
    (Column::Branch, "Филиал", Of::Companies, Shape::Text(18)),
    (Column::Head, "Головная организация", Of::Companies, Shape::Text(30)),
    (
        Column::HeadId,
        "ID головной организации ПРОФИ",
        Of::Companies,
        Shape::Text(14),
    ),
    (Column::ContractType, "Вид договора", Of::Companies, Shape::Text(18)),
    (Column::ContractUntil, "Договор до", Of::Companies, Shape::Day),
    (Column::ContractAmount, "Сумма договора", Of::Companies, Shape::Text(14)),
    (Column::DoNotCall, "Не звонить", Of::Both, Shape::Text(24)),
    (Column::TimeZone, "Часовой пояс", Of::Companies, Shape::Text(20)),
    (Column::WorkingHours, "Часы работы", Of::Companies, Shape::Text(18)),
    (Column::Note, "Примечание", Of::Contacts, Shape::Text(40)),
    (Column::Notes, "Заметки", Of::Companies, Shape::Text(50)),
    (Column::Created, "Дата создания", Of::Both, Shape::Moment),
    (Column::Updated, "Дата изменения", Of::Both, Shape::Moment),
];

/// The columns of one export.
#[derive(Clone, Debug)]
pub(in crate::exports) struct Layout {
    /// What they hold, in their order.
    pub(in crate::exports) columns: Vec<Column>,
    /// Their headings.
    pub(in crate::exports) headings: Vec<&'static str>,
    /// How Excel shows them.
    pub(in crate::exports) shapes: Vec<Shape>,
}

impl Layout {
    /// Those that records of these kinds fill.
    pub(in crate::exports) fn of(what: What) -> Self {
        let is_wanted = |of: Of| match of {
            Of::Companies => what.has_companies(),
            Of::Contacts => what.has_contacts(),
            Of::Both => true,
        };
        let wanted = || ALL.iter().filter(|(_, _, of, _)| is_wanted(*of));
        Self {
            columns: wanted().map(|(column, ..)| *column).collect(),
            headings: wanted().map(|(_, heading, ..)| *heading).collect(),
            shapes: wanted().map(|(.., shape)| *shape).collect(),
        }
    }

    /// The first row, as wide as the others: whose copy this is.
    pub(in crate::exports) fn watermark(&self, marks: &[String]) -> Vec<String> {
        let mut row: Vec<String> = marks.to_vec();
        row.resize(self.columns.len(), String::new());
        debug_assert!(row[0].starts_with(text::WATERMARK));
        row
    }
}
