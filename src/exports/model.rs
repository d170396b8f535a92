//! What is taken away, in which form, and how it ended.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::db::Cursor;
use crate::error::FieldErrors;

/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 300;
/// Rows of a sheet of Excel, the watermark and the heading among them.
pub(crate) const MOST_EXCEL_ROWS: i64 = 1_048_576;
/// Rows of a sheet before the first record.
pub(crate) const HEAD_ROWS: i64 = 2;
/// The longest cell: Excel takes 32,767 characters.
pub(crate) const LONGEST_CELL: usize = 32_000;
/// Exports at one time, in all processes.
pub(crate) const MOST_AT_ONCE: i32 = 2;

/// Records of which kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Companies only.
    Companies,
    /// People only.
    Contacts,
    /// Companies, then people.
    Both,
}

impl What {
    /// In the order of the form.
    pub(crate) const ALL: [Self; 3] = [Self::Both, Self::Companies, Self::Contacts];

    /// As stored and sent.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Contacts => "contacts",
            Self::Both => "both",
        }
    }

    /// From a form or a command.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Companies => "Компании",
            Self::Contacts => "Контакты",
            Self::Both => "Компании и контакты",
        }
    }

    /// Whether companies are among them.
    pub(crate) fn has_companies(self) -> bool {
        self != Self::Contacts
    }

    /// Whether people are among them.
    pub(crate) fn has_contacts(self) -> bool {
        self != Self::Companies
    }
}

/// The kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// With semicolons and a mark of the encoding, as the Russian Excel wants it.
    Csv,
    /// With commas and without the mark, as programs want it.
    CsvComma,
    /// A workbook of Excel.
    Xlsx,
}

impl Format {
    /// In the order of the form.
    pub(crate) const ALL: [Self; 3] = [Self::Xlsx, Self::Csv, Self::CsvComma];

    /// As stored and sent.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::CsvComma => "csv_comma",
            Self::Xlsx => "xlsx",
        }
    }

    /// From a form or a command.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV для Excel",
            Self::CsvComma => "CSV для программ",
            Self::Xlsx => "Excel (XLSX)",
        }
    }

    /// What is to be known before choosing it.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Csv => "Точка с запятой, UTF-8 с меткой BOM. Строк может быть сколько угодно.",
            Self::CsvComma => "Запятая, UTF-8 без метки. Для загрузки в другие системы.",
            Self::Xlsx => {
                "Телефоны и ИНН текстом, даты настоящие, шапка закреплена. Не больше 1 048 574 записей: \
                           столько помещается на лист."
            }
        }
    }

    /// How the name of the file ends.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvComma => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// For browsers.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvComma => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The list whose filter an export takes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum List {
    /// «Компании»
    #[default]
    Companies,
    /// «Контакты»
    People,
}

impl List {
    /// As stored and sent.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::People => "people",
        }
    }

    /// From a form.
    pub(crate) fn read(code: &str) -> Self {
        if code == "people" {
            Self::People
        } else {
            Self::Companies
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// Records of which kinds.
    pub(crate) what: What,
    /// In which file.
    pub(crate) format: Format,
    /// From which list.
    pub(crate) list: List,
    /// The list's query.
    pub(crate) query: String,
    /// What for.
    pub(crate) reason: String,
    /// Dates are shown on this clock.
    pub(crate) zone: Tz,
}

impl Wish {
    /// The same with the reason on one line.
    ///
    /// # Errors
    /// [`crate::error::Error::Invalid`] at `reason`.
    pub(super) fn checked(mut self) -> crate::error::Result<Self> {
        self.reason = crate::values::text::line(&self.reason);
        let mut errors = FieldErrors::default();
        if self.reason.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
            errors.add("reason", "Напишите, зачем нужна выгрузка: это останется в журнале.");
        } else if self.reason.chars().count() > LONGEST_REASON {
            errors.add("reason", "Причина длиннее 300 знаков, сократите её.");
        }
        errors.or(self)
    }
}

/// How many records an export would have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Companies.
    pub(crate) companies: i64,
    /// People.
    pub(crate) contacts: i64,
}

impl Counts {
    /// Of the kinds that are wanted.
    pub(crate) fn of(self, what: What) -> i64 {
        match what {
            What::Companies => self.companies,
            What::Contacts => self.contacts,
            What::Both => self.companies + self.contacts,
        }
    }
}

/// How an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Bytes are leaving.
    Running,
    /// All of it has left.
    Done,
    /// It ended in its middle.
    Broken,
    /// Whoever asked may not.
    Refused,
}

impl State {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Done, Self::Running, Self::Broken, Self::Refused];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Broken => "broken",
            Self::Refused => "refused",
        }
    }

    /// From the database or an address.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Running => "Идёт",
            Self::Done => "Выгружено",
            Self::Broken => "Прервана",
            Self::Refused => "Отказано",
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    /// The number of the export.
    pub(crate) id: i64,
    /// Who; empty: from a shell.
    pub(crate) person: String,
    /// What.
    pub(crate) what: What,
    /// In which file.
    pub(crate) format: Format,
    /// In words.
    pub(crate) filter: String,
    /// What for.
    pub(crate) reason: String,
    /// How it stands.
    pub(crate) state: State,
    /// Why it was broken off.
    pub(crate) failure: String,
    /// Rows it was to have.
    pub(crate) expected: i64,
    /// Rows that left.
    pub(crate) rows: i64,
    /// Bytes that left.
    pub(crate) bytes: i64,
    /// From where.
    pub(crate) ip: String,
    /// By which browser.
    pub(crate) user_agent: String,
    /// When.
    pub(crate) started_at: DateTime<Utc>,
    /// How long it took; `None`: it is at work.
    pub(crate) took: Option<TimeDelta>,
}

impl Logged {
    /// Its place in the log: numbers only grow.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            key: self.id.to_string(),
            id: Uuid::nil(),
        }
    }
}
