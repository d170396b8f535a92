//! What a note is: a text somebody wrote about a company.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::Cursor;
use crate::error::{Error, Result};
use crate::files::StoredFile;
use crate::policy::{Actor, Ties};
use crate::values::{CompanyId, FileId, NoteId, UserId, text};

/// The longest text, in characters.
const LONGEST: usize = 20_000;

/// A note with all that a card shows of it.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// Key.
    pub(crate) id: NoteId,
    /// On whose card it stands.
    pub(crate) company: CompanyId,
    /// Who wrote it; `None`: an import.
    pub(crate) author: Option<UserId>,
    /// «Имя Фамилия»; empty: an import.
    pub(crate) author_name: String,
    /// What was written.
    pub(crate) text: String,
    /// Whether it stands on top of the card.
    pub(crate) is_pinned: bool,
    /// Grows with each change of the text.
    pub(crate) version: i32,
    /// When it was written.
    pub(crate) created_at: DateTime<Utc>,
    /// When its text last changed.
    pub(crate) edited_at: Option<DateTime<Utc>>,
    /// What was put to it, in order.
    pub(crate) files: Vec<StoredFile>,
}

/// A note that was pinned until its company became part of another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unpinned {
    pub(crate) id: i64,
    pub(crate) pinned_at: DateTime<Utc>,
    pub(crate) pinned_by: Option<i64>,
}

/// Which notes a program asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Those of this company.
    pub(crate) company: Option<CompanyId>,
    /// A `tsquery` of words.
    pub(crate) words: Option<String>,
    /// The oldest first.
    pub(crate) is_rising: bool,
}

/// What somebody means to write.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// As typed.
    pub(crate) text: String,
    /// Sent by the writer, and not yet put to a note.
    pub(crate) files: Vec<StoredFile>,
    /// Files of the note that are to go.
    pub(crate) removed: Vec<FileId>,
    /// The version that was edited.
    pub(crate) version: i32,
    /// The key of a new note's form.
    pub(crate) form_key: Option<Uuid>,
}

impl Note {
    /// How the actor is tied to this note: only its author owns it.
    pub(crate) fn ties(&self, actor: &Actor) -> Ties {
        Ties {
            own: actor.is(self.author),
            branch: false,
        }
    }

    /// Its place among others by time.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            key: self.created_at.timestamp_micros().to_string(),
            id: Uuid::from_u128(u128::from(self.id.0.unsigned_abs())),
        }
    }

    /// The beginning of its text, or what it holds instead.
    pub(crate) fn title(&self) -> String {
        match self.files.first() {
            Some(file) if self.text.is_empty() => text::excerpt(&file.name, 80),
            _ => text::excerpt(&self.text, 80),
        }
    }
}

/// The text that is meant; a note of files may do without.
///
/// # Errors
/// [`Error::Invalid`] at `text`.
pub(crate) fn parse_text(typed: &str, files: usize) -> Result<String> {
    let text = text::lines(typed);
    if text.trim().is_empty() && files > 0 {
        return Ok(String::new());
    }
    if text.trim().is_empty() {
        return Err(Error::field("text", "Напишите текст заметки или приложите файл."));
    }
    let length = text.chars().count();
    if length > LONGEST {
        let over = i64::try_from(length - LONGEST).unwrap_or(i64::MAX);
        let over = text::count(over, ["лишний знак", "лишних знака", "лишних знаков"]);
        return Err(Error::field("text", format!("Заметка длиннее 20 000 знаков: {over}.")));
    }
    Ok(text)
}

/// Russian label of a note's field in the history of a card.
pub(crate) fn field_label(field: &str) -> Option<&'static str> {
    match field {
        "note_text" => Some("Текст заметки"),
        "note_files" => Some("Файлы"),
        _ => None,
    }
}
