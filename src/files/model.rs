//! What a file is: a name that a person gave it, and bytes under a key.

use crate::error::{Error, Result};
use crate::values::{CommentId, FileId, LetterId, NoteId, text};

/// The largest file, in bytes.
pub(crate) const MOST_BYTES: usize = 20 * 1024 * 1024;
/// The largest saved letter: mail servers take no larger ones, and what is in it is written out a third longer.
pub(crate) const MOST_LETTER_BYTES: usize = 25 * 1024 * 1024;
/// The most files of one note or comment, and the most letters of one form.
pub(crate) const MOST: usize = 10;
/// The most files that one person has sent and not yet put anywhere.
pub(super) const MOST_LONE: i64 = 200;
/// The longest name, in characters.
const LONGEST_NAME: usize = 255;

/// Keys of a note, a comment and a letter.
pub(super) type Columns = (Option<i64>, Option<uuid::Uuid>, Option<uuid::Uuid>);

/// What a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holder {
    /// A note of a company.
    Note(NoteId),
    /// A comment of a task.
    Comment(CommentId),
    /// A letter.
    Letter(LetterId),
}

impl Holder {
    /// As three columns, of which one is filled.
    pub(super) fn columns(self) -> Columns {
        match self {
            Self::Note(note) => (Some(note.0), None, None),
            Self::Comment(comment) => (None, Some(comment.0), None),
            Self::Letter(letter) => (None, None, Some(letter.0)),
        }
    }

    /// From them.
    pub(super) fn of((note, comment, letter): Columns) -> Option<Self> {
        let note = note.map(|note| Self::Note(NoteId(note)));
        let comment = comment.map(|comment| Self::Comment(CommentId(comment)));
        note.or(comment)
            .or_else(|| letter.map(|letter| Self::Letter(LetterId(letter))))
    }
}

/// A file that lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredFile {
    /// Key of the row.
    pub(crate) id: FileId,
    /// What it belongs to; `None`: sent, and not yet put anywhere.
    pub(crate) holder: Option<Holder>,
    /// Key in the store.
    pub(crate) key: String,
    /// As its sender called it, cleaned.
    pub(crate) name: String,
    /// In bytes.
    pub(crate) size: i64,
    /// By its first bytes.
    pub(crate) content_type: String,
    /// Of its bytes, in hex.
    pub(crate) sha256: String,
}

/// The most bytes of a file, which may be a saved letter.
pub(super) fn most_bytes(is_letter: bool) -> usize {
    if is_letter { MOST_LETTER_BYTES } else { MOST_BYTES }
}

/// A name without a path, without what a shell or a file system would trip over, and without marks that turn the
/// direction of reading («exe.pdf»).
pub(super) fn clean_name(typed: &str) -> String {
    // Some browsers send the whole path.
    let last = typed.rsplit(['/', '\\']).next().unwrap_or(typed);
    let kept = last.chars().filter(|c| c.is_whitespace() || !is_hidden(*c));
    let plain: String = kept
        .map(|c| {
            if "<>:\"|?*".contains(c) || c.is_whitespace() {
                ' '
            } else {
                c
            }
        })
        .collect();
    let line = plain
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let line = line.trim_matches(['.', ' ']);
    if line.chars().count() <= LONGEST_NAME {
        return if line.is_empty() {
            "файл".to_owned()
        } else {
            line.to_owned()
        };
    }
    let (stem, extension) = line.rsplit_once('.').unwrap_or((line, ""));
    let ending: String = extension.chars().take(16).collect();
    let stem: String = stem.chars().take(LONGEST_NAME - ending.chars().count() - 1).collect();
    format!("{stem}.{ending}")
}

fn is_hidden(c: char) -> bool {
    let turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || turns || c == '\u{61c}'
}

/// «КП.pdf (412 КБ), фото.jpg (1,4 МБ)», for the journal.
pub(crate) fn describe<'a>(files: impl IntoIterator<Item = &'a StoredFile>) -> String {
    let names = files
        .into_iter()
        .map(|file| format!("{} ({})", file.name, text::size(file.size)));
    names.collect::<Vec<_>>().join(", ")
}

/// # Errors
/// [`Error::Invalid`] at `file` when a note or comment would hold more files than it may.
pub(crate) fn check_count(count: usize) -> Result<()> {
    if count <= MOST {
        return Ok(());
    }
    let over = i64::try_from(count - MOST).unwrap_or(i64::MAX);
    let over = text::count(over, ["лишний файл", "лишних файла", "лишних файлов"]);
    Err(Error::field(
        "file",
        format!("Можно приложить не больше {MOST} файлов: {over}."),
    ))
}
