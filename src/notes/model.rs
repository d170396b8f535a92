//! What a note is: a text somebody wrote about a company.

use chrono::{DateTime, Utc};

use crate::error::{Error, Result};
use crate::policy::{Actor, Ties};
use crate::values::{CompanyId, NoteId, UserId, text};

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
}

impl Note {
    /// How the actor is tied to this note: only its author owns it.
    pub(crate) fn ties(&self, actor: &Actor) -> Ties {
        Ties {
            own: actor.is(self.author),
            branch: false,
        }
    }
}

/// The text that is meant.
///
/// # Errors
/// [`Error::Invalid`] at `text`.
pub(crate) fn parse_text(typed: &str) -> Result<String> {
    let text = text::lines(typed);
    if text.trim().is_empty() {
        return Err(Error::field("text", "Напишите текст заметки."));
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
        _ => None,
    }
}
