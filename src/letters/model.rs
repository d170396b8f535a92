//! What a letter is.

use chrono::{DateTime, Utc};

use super::address::{Mailbox, joined};
use crate::audit::Changes;
use crate::error::{Error, Result};
use crate::files::{self, StoredFile};
use crate::policy::{Actor, Ties};
use crate::values::{CompanyId, ContactId, FileId, LetterId, UserId, text};

/// The longest text, in characters.
pub(super) const LONGEST_TEXT: usize = 200_000;
/// The longest subject, in characters.
pub(super) const LONGEST_SUBJECT: usize = 1000;
/// The most addresses of one header that are kept.
pub(super) const MOST_ADDRESSES: usize = 100;

/// Which way a letter went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the company to us.
    In,
    /// From us to the company.
    Out,
}

impl Direction {
    pub(super) const ALL: [Self; 2] = [Self::In, Self::Out];

    /// As stored, and as forms have it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::In => "Входящее",
            Self::Out => "Исходящее",
        }
    }

    pub(super) fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.code() == code)
    }
}

/// Where a letter came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A saved file: a document that nobody changes.
    File,
    /// Somebody's own words.
    Hand,
}

impl Source {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::File => "eml",
            Self::Hand => "hand",
        }
    }

    pub(super) fn read(code: &str) -> Self {
        if code == "eml" { Self::File } else { Self::Hand }
    }
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) direction: Direction,
    pub(super) sent_at: DateTime<Utc>,
    pub(super) from: Mailbox,
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
    pub(super) subject: String,
    pub(super) text: String,
}

/// A letter with all that a page shows of it.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) id: LetterId,
    pub(super) company: CompanyId,
    pub(super) company_name: String,
    /// Whose address took part, when there is such a contact.
    pub(super) contact: Option<(ContactId, String)>,
    /// Who put it in; `None`: nobody that is known.
    pub(super) author: Option<UserId>,
    pub(super) author_name: String,
    pub(super) source: Source,
    pub(super) content: Content,
    pub(super) is_cut: bool,
    /// Names of attachments that only the document has.
    pub(super) left_out: String,
    pub(super) is_erased: bool,
    pub(super) version: i32,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) edited_at: Option<DateTime<Utc>>,
    /// What was put to it, in order.
    pub(super) files: Vec<StoredFile>,
}

impl Letter {
    /// How the actor is tied to it: only whoever put it in owns it.
    pub(super) fn ties(&self, actor: &Actor) -> Ties {
        Ties {
            own: actor.is(self.author),
            branch: false,
        }
    }

    /// The subject, or what stands for it.
    pub(super) fn title(&self) -> String {
        title(&self.content.subject, self.is_erased)
    }

    /// The document itself, and what is attached.
    pub(super) fn parts(&self) -> (Option<&StoredFile>, &[StoredFile]) {
        match (self.source, self.files.split_first()) {
            (Source::File, Some((document, attached))) => (Some(document), attached),
            _ => (None, &self.files),
        }
    }

    /// Whether its words may be changed by whoever may: a document says what it says.
    pub(super) fn is_editable(&self) -> bool {
        self.source == Source::Hand && !self.is_erased
    }
}

/// The subject, or what stands for it.
pub(super) fn title(subject: &str, is_erased: bool) -> String {
    match (subject.is_empty(), is_erased) {
        (_, true) => "Стёртое письмо".to_owned(),
        (true, _) => "Без темы".to_owned(),
        (false, _) => subject.to_owned(),
    }
}

/// What somebody means to write down by hand.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) content: Content,
    /// Sent by the writer, and not yet put anywhere.
    pub(super) files: Vec<StoredFile>,
    /// Files of the letter that are to go.
    pub(super) removed: Vec<FileId>,
    /// The version that was edited.
    pub(super) version: i32,
}

/// What differs between two states of a letter; nothing: there was none, or there is none.
pub(super) fn changes(old: Option<(&Content, &[StoredFile])>, new: Option<(&Content, &[StoredFile])>) -> Changes {
    let (old, new) = (described(old), described(new));
    let mut changes = Changes::default();
    for ((field, old), (_, new)) in old.iter().zip(&new) {
        changes.compare(field, old, new);
    }
    changes
}

fn described(state: Option<(&Content, &[StoredFile])>) -> [(&'static str, String); 8] {
    let of = |field: fn(&Content) -> String| state.map(|(content, _)| field(content)).unwrap_or_default();
    [
        ("letter_direction", of(|content| content.direction.label().to_owned())),
        (
            "letter_sent_at",
            of(|content| content.sent_at.format("%d.%m.%Y %H:%M UTC").to_string()),
        ),
        ("letter_from", of(|content| content.from.to_string())),
        ("letter_to", of(|content| joined(&content.to))),
        ("letter_cc", of(|content| joined(&content.cc))),
        ("letter_subject", of(|content| content.subject.clone())),
        ("letter_text", of(|content| content.text.clone())),
        (
            "letter_files",
            state.map(|(_, all)| files::describe(all)).unwrap_or_default(),
        ),
    ]
}

/// Russian label of a letter's field in the history of a card.
pub(crate) fn field_label(field: &str) -> Option<&'static str> {
    Some(match field {
        "letter_direction" => "Направление",
        "letter_sent_at" => "Дата письма",
        "letter_from" => "От кого",
        "letter_to" => "Кому",
        "letter_cc" => "Копия",
        "letter_subject" => "Тема",
        "letter_text" => "Текст письма",
        "letter_files" => "Файлы",
        _ => return None,
    })
}

/// # Errors
/// [`Error::Invalid`] at `text` or `subject` for what is missing or too long.
pub(super) fn check_words(content: &Content, files: usize) -> Result<()> {
    let mut errors = crate::error::FieldErrors::default();
    let over = |length: usize, most: usize| {
        let over = i64::try_from(length - most).unwrap_or(i64::MAX);
        text::count(over, ["лишний знак", "лишних знака", "лишних знаков"])
    };
    let length = content.text.chars().count();
    if content.text.trim().is_empty() && content.subject.is_empty() && files == 0 {
        errors.add("text", "Вставьте текст письма или приложите файл.");
    } else if length > LONGEST_TEXT {
        errors.add(
            "text",
            format!("Текст длиннее 200 000 знаков: {}.", over(length, LONGEST_TEXT)),
        );
    }
    let length = content.subject.chars().count();
    if length > LONGEST_SUBJECT {
        errors.add(
            "subject",
            format!(
                "Тема длиннее {LONGEST_SUBJECT} знаков: {}.",
                over(length, LONGEST_SUBJECT)
            ),
        );
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(errors))
    }
}
