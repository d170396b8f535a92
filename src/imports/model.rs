//! What an import is, and what it says of each row.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::options::ImportOptions;
use crate::values::{ImportId, UserId};

/// What a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// «компания»
    Company,
    /// «контакт»
    Contact,
}

impl Kind {
    /// As the report and the audit log have it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Contact => "contact",
        }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// A record was made.
    Created,
    /// A known record was changed.
    Updated,
    /// A known record has all of it already.
    Unchanged,
    /// The row says nothing that could be imported.
    Skipped,
    /// The row is wrong.
    Refused,
}

impl Verdict {
    /// All of them, in the order of a summary.
    pub(crate) const ALL: [Self; 5] = [
        Self::Created,
        Self::Updated,
        Self::Unchanged,
        Self::Skipped,
        Self::Refused,
    ];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
        }
    }

    /// The verdict with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Created => "Добавлено",
            Self::Updated => "Обновлено",
            Self::Unchanged => "Без изменений",
            Self::Skipped => "Пропущено",
            Self::Refused => "Отклонено",
        }
    }
}

/// How an import ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportSummary {
    /// Key of the import.
    pub(crate) id: ImportId,
    /// Rows below the heading.
    pub(crate) rows: i64,
    /// Rows that made a record.
    pub(crate) created: i64,
    /// Rows that changed one.
    pub(crate) updated: i64,
    /// Rows that told nothing new.
    pub(crate) unchanged: i64,
    /// Rows without anything to import.
    pub(crate) skipped: i64,
    /// Rows that are wrong.
    pub(crate) refused: i64,
}

impl ImportSummary {
    /// Nothing judged yet.
    pub(super) fn new(id: ImportId, rows: i64) -> Self {
        Self {
            id,
            rows,
            created: 0,
            updated: 0,
            unchanged: 0,
            skipped: 0,
            refused: 0,
        }
    }

    /// Rows of one verdict.
    pub(crate) fn of(&self, verdict: Verdict) -> i64 {
        match verdict {
            Verdict::Created => self.created,
            Verdict::Updated => self.updated,
            Verdict::Unchanged => self.unchanged,
            Verdict::Skipped => self.skipped,
            Verdict::Refused => self.refused,
        }
    }

    /// Rows judged so far.
    pub(crate) fn judged(&self) -> i64 {
        Verdict::ALL.into_iter().map(|verdict| self.of(verdict)).sum()
    }

    pub(super) fn add(&mut self, verdict: Verdict) {
        let counter = match verdict {
            Verdict::Created => &mut self.created,
            Verdict::Updated => &mut self.updated,
            Verdict::Unchanged => &mut self.unchanged,
            Verdict::Skipped => &mut self.skipped,
            Verdict::Refused => &mut self.refused,
        };
        *counter += 1;
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Rows are being judged.
    Running,
    /// A person let it stand still.
    Paused,
    /// A person ended it before its end.
    Stopped,
    /// All rows were judged.
    Done,
    /// It broke off before the end.
    Failed,
}

impl State {
    /// As stored.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state with this code.
    pub(super) fn from_code(code: &str) -> Self {
        match code {
            "running" => Self::Running,
            "paused" => Self::Paused,
            "stopped" => Self::Stopped,
            "done" => Self::Done,
            // The column's CHECK allows no other codes.
            _ => Self::Failed,
        }
    }
}

/// How far the undoing of an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UndoState {
    /// Nobody has asked for it.
    None,
    /// What it would do is being found out.
    Checking,
    /// That is known.
    Checked,
    /// At work.
    Running,
    /// Through.
    Done,
    /// It broke off.
    Failed,
}

impl UndoState {
    /// As stored.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state with this code.
    pub(super) fn from_code(code: &str) -> Self {
        let all = [Self::Checking, Self::Checked, Self::Running, Self::Done, Self::Failed];
        all.into_iter().find(|state| state.code() == code).unwrap_or(Self::None)
    }

    /// Whether a process is at it.
    pub(super) fn is_at_work(self) -> bool {
        matches!(self, Self::Checking | Self::Running)
    }
}

/// The undoing of an import.
#[derive(Clone, Debug)]
pub(crate) struct Undo {
    /// How far it is.
    pub(crate) state: UndoState,
    /// Until when it is possible; `None`: former values were not kept.
    pub(crate) until: Option<DateTime<Utc>>,
    /// «Имя Фамилия» of who asked for it last.
    pub(crate) by: String,
    /// When it began.
    pub(crate) began_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// Records dealt with.
    pub(crate) judged: i32,
}

/// One run, as pages show it.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    /// Counts so far.
    pub(crate) summary: ImportSummary,
    /// Name of the file.
    pub(crate) file_name: String,
    /// Whether nothing was written.
    pub(crate) is_dry_run: bool,
    /// How far it is.
    pub(crate) state: State,
    /// Why it broke off; empty when it did not.
    pub(crate) failure: String,
    /// `pause`, `stop`: asked for and not heeded yet.
    pub(crate) wish: String,
    /// «Имя Фамилия»; empty: from a shell.
    pub(crate) started_by: String,
    /// When it began.
    pub(crate) started_at: DateTime<Utc>,
    /// When it ended.
    pub(crate) finished_at: Option<DateTime<Utc>>,
    /// Until when its file is kept; `None`: it is gone.
    pub(crate) file_until: Option<DateTime<Utc>>,
    /// The check that it was started from.
    pub(crate) preview: Option<ImportId>,
    /// The run that was started from it.
    pub(crate) run: Option<ImportId>,
    /// Rows that came out otherwise than the check said.
    pub(crate) differing: Option<i32>,
    /// Its undoing.
    pub(crate) undo: Undo,
}

/// Where the file of an import lies, and until when.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptFile {
    pub(super) key: String,
    pub(super) until: Option<DateTime<Utc>>,
}

/// An import to enter.
#[derive(Debug)]
pub(super) struct NewImport<'a> {
    pub(super) id: ImportId,
    pub(super) started_by: Option<UserId>,
    pub(super) started_at: DateTime<Utc>,
    pub(super) options: &'a ImportOptions,
    pub(super) rows: i32,
    pub(super) sha256: &'a str,
    pub(super) file: &'a KeptFile,
    pub(super) preview: Option<ImportId>,
}

/// One line of the report: the verdict on a row, or a word about one of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportLine {
    /// Place in the report.
    pub(crate) ordinal: i32,
    /// Number of the row in the file.
    pub(crate) line: i32,
    /// What became of the row.
    pub(crate) verdict: Verdict,
    /// `company`, `contact` or empty.
    pub(crate) entity: String,
    /// The record, when there is one.
    pub(crate) entity_id: Option<Uuid>,
    /// How the file names the record: its `ID`, else its ИНН or name.
    pub(crate) key: String,
    /// Of which field the message speaks; empty: of the whole row.
    pub(crate) field: String,
    /// For people.
    pub(crate) message: String,
    /// What the field said before.
    pub(crate) old: String,
    /// What it says now.
    pub(crate) new: String,
}

/// What was decided about one row.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) line: i32,
    pub(super) verdict: Verdict,
    pub(super) entity: &'static str,
    pub(super) entity_id: Option<Uuid>,
    pub(super) key: String,
    pub(super) message: String,
    /// Field and sentence.
    pub(super) remarks: Vec<(&'static str, String)>,
    /// Other records of the same row.
    pub(super) parts: Vec<Part>,
}

/// Another record that a row has led to: named in the report, so that its erasing finds the line.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) entity: &'static str,
    pub(super) entity_id: Uuid,
    pub(super) message: String,
}

/// So many lines of the report may one row take, beside the fields that it changed.
const LINES_PER_ROW: i32 = 64;
/// Places in the report that one row has: half of them for remarks, half for changed fields.
pub(super) const ORDINALS_PER_ROW: i32 = 2 * LINES_PER_ROW;

impl Outcome {
    /// The verdict on a row that leads to no record.
    pub(super) fn without_record(line: i32, verdict: Verdict, key: &str, message: impl Into<String>) -> Self {
        Self {
            line,
            verdict,
            entity: "",
            entity_id: None,
            key: key.to_owned(),
            message: message.into(),
            remarks: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// As lines of the report: the row's own, then one for each remark.
    pub(super) fn lines(&self) -> impl Iterator<Item = ReportLine> {
        let whole = (self.entity, self.entity_id);
        let own = std::iter::once((whole, "", self.message.as_str()));
        let parts = self
            .parts
            .iter()
            .map(|part| ((part.entity, Some(part.entity_id)), "", part.message.as_str()));
        let remarks = self
            .remarks
            .iter()
            .map(move |(field, message)| (whole, *field, message.as_str()));
        (0..LINES_PER_ROW)
            .zip(own.chain(parts).chain(remarks))
            .map(|(place, ((entity, entity_id), field, message))| ReportLine {
                ordinal: self.line * ORDINALS_PER_ROW + place,
                line: self.line,
                verdict: self.verdict,
                entity: entity.to_owned(),
                entity_id,
                key: self.key.clone(),
                field: field.to_owned(),
                message: message.to_owned(),
                old: String::new(),
                new: String::new(),
            })
    }
}
