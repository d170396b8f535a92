//! What whoever starts an import chooses.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The choices. They are stored with the import, so that a preview, a run and its continuation use the same ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportOptions {
    /// Name of the file, for the list of imports.
    pub(crate) file_name: String,
    /// Only find out what would be done.
    pub(crate) is_dry_run: bool,
    /// In which the file's dates are meant: it does not tell.
    #[serde(with = "zone")]
    pub(crate) time_zone: Tz,
    /// What the columns mean; `None`: what their headings say.
    #[serde(default)]
    pub(crate) mapping: Option<Mapping>,
    /// By what records are recognised.
    #[serde(default)]
    pub(crate) key: KeyBy,
    /// What happens to those that are there already.
    #[serde(default)]
    pub(crate) on_known: OnKnown,
}

/// Codes of meanings by the place of the column, see `reading::Meant`; an empty one is not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mapping {
    /// As many as the file has columns; missing ones are empty.
    pub(crate) columns: Vec<String>,
}

/// By what a company of the file is recognised among those that are here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyBy {
    /// amoCRM's number, then ИНН, then name and address (decision 0005).
    #[default]
    Auto,
    /// amoCRM's number alone.
    AmoId,
    /// ИНН, and name with address where there is none. Numbers of the file are nobody's.
    Inn,
    /// Name and address alone. Numbers of the file are nobody's.
    NameAddress,
}

impl KeyBy {
    /// All of them, as a form offers them.
    pub(crate) const ALL: [Self; 4] = [Self::Auto, Self::Inn, Self::AmoId, Self::NameAddress];

    /// As forms send it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::AmoId => "amo_id",
            Self::Inn => "inn",
            Self::NameAddress => "name_address",
        }
    }

    /// The key with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Auto => "ID amoCRM, затем ИНН, затем название и адрес",
            Self::AmoId => "Только ID amoCRM",
            Self::Inn => "ИНН, а без него название и адрес",
            Self::NameAddress => "Название и адрес",
        }
    }

    /// Whether the file's numbers are those of amoCRM.
    pub(crate) fn has_numbers(self) -> bool {
        matches!(self, Self::Auto | Self::AmoId)
    }
}

/// What an import may do with a record that is here already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnKnown {
    /// Fill what is empty and renew what an import wrote; what a person wrote stays (decision 0005).
    #[default]
    Follow,
    /// Fill what is empty, nothing else.
    Fill,
    /// Write the file's values over everything, the edits of people too.
    Overwrite,
    /// Leave it alone.
    Skip,
}

impl OnKnown {
    /// All of them, as a form offers them.
    pub(crate) const ALL: [Self; 4] = [Self::Follow, Self::Fill, Self::Overwrite, Self::Skip];

    /// As forms send it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Follow => "follow",
            Self::Fill => "fill",
            Self::Overwrite => "overwrite",
            Self::Skip => "skip",
        }
    }

    /// The choice with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Follow => "Заполнить пустое и обновить записанное прошлым импортом",
            Self::Fill => "Только заполнить пустое",
            Self::Overwrite => "Заменить значениями из файла, правки людей тоже",
            Self::Skip => "Не трогать",
        }
    }
}

mod zone {
    use chrono_tz::Tz;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(zone: &Tz, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(zone.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Tz, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
