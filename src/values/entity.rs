//! The two kinds of cards that can be deleted and made one.

/// Of what kind a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entity {
    /// A company.
    Company,
    /// A person, at a company or not.
    Contact,
}

impl Entity {
    /// As the database has it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Contact => "contact",
        }
    }

    /// From the database.
    pub(crate) fn read(code: &str) -> Self {
        if code == "contact" {
            Self::Contact
        } else {
            Self::Company
        }
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Company => "Компания",
            Self::Contact => "Контакт",
        }
    }

    /// Its table.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Company => "companies",
            Self::Contact => "contacts",
        }
    }
}
