//! Which files there are.

/// How a file is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Contacts and companies as of 2025: UTF-8 without a mark, commas, LF, quotes only where they are needed.
    ContactsAndCompanies,
    /// The same of 2022: edit date, editor, deals under «Сделки, Дата редактирования, Кем редактирован».
    Contacts2022,
    /// Companies alone, without «Тип».
    Companies,
    /// People alone, without «Тип».
    Contacts,
    /// Deals of 2022, each with a person and a company.
    Leads2022,
    /// Deals of 2025 as a workbook: «… (контакт)», «… (компания)», real dates and numbers.
    Xlsx2025,
    /// The headings of amoCRM's import template.
    Template,
    /// Contacts and companies saved again by Excel: `;`, cp1251, CRLF.
    Excel,
    /// Contacts and companies in which quotes inside quotes are not doubled, and some are never closed.
    BrokenQuotes,
}

impl Layout {
    /// All of them.
    pub(crate) const ALL: [Self; 9] = [
        Self::ContactsAndCompanies,
        Self::Contacts2022,
        Self::Companies,
        Self::Contacts,
        Self::Leads2022,
        Self::Xlsx2025,
        Self::Template,
        Self::Excel,
        Self::BrokenQuotes,
    ];

    /// As the command line has it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::ContactsAndCompanies => "contacts-and-companies",
            Self::Contacts2022 => "contacts-2022",
            Self::Companies => "companies",
            Self::Contacts => "contacts",
            Self::Leads2022 => "leads-2022",
            Self::Xlsx2025 => "xlsx-2025",
            Self::Template => "template",
            Self::Excel => "excel",
            Self::BrokenQuotes => "broken-quotes",
        }
    }

    /// The layout with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.code() == code)
    }

    /// Whether its rows are deals.
    pub(super) fn has_deals(self) -> bool {
        matches!(self, Self::Leads2022 | Self::Xlsx2025 | Self::Template)
    }
}
