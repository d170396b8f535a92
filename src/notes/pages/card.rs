//! Notes on a company's card: the form and the items of the timeline.

use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::files::{Attachments, FilesField};
use crate::notes::model::Note;
use crate::notes::{actions, paths};
use crate::policy::{Action, Actor, Ties, may};
use crate::values::{CompanyId, NoteId, UserId, text, time};
use crate::web::assets::{self, Assets};
use crate::web::{Viewer, form_key};

/// The form on top of a card's timeline.
#[derive(Template)]
#[template(path = "notes/_add.html")]
pub(crate) struct AddForm {
    csrf: String,
    action: String,
    form_key: String,
    draft: String,
    files: FilesField,
}

impl askama::filters::HtmlSafe for AddForm {}

/// The form of a new note.
pub(crate) fn add_form(viewer: &Viewer, company: CompanyId) -> AddForm {
    AddForm {
        csrf: viewer.csrf.clone(),
        action: paths::add(company),
        form_key: form_key(),
        draft: format!("note:{company}"),
        files: FilesField::new(&[], ""),
    }
}

/// A note in a card's timeline, with the buttons that its reader may press.
#[derive(Template)]
#[template(path = "notes/_item.html")]
pub(crate) struct NoteItem {
    assets: &'static Assets,
    csrf: String,
    id: NoteId,
    created_at: DateTime<Utc>,
    author: String,
    initials: String,
    time: String,
    exact_time: String,
    edited: Option<String>,
    text: String,
    files: Attachments,
    is_pinned: bool,
    edit: Option<String>,
    delete: Option<String>,
    pin: Option<String>,
}

impl askama::filters::HtmlSafe for NoteItem {}

impl NoteItem {
    /// The place of this note in the timeline; [`of_company`] goes on from it.
    pub(crate) fn place(&self) -> (DateTime<Utc>, NoteId) {
        (self.created_at, self.id)
    }
}

/// Who reads a card, when, and how they are tied to its company.
pub(crate) struct Reader<'a> {
    /// Who reads.
    pub(crate) viewer: &'a Viewer,
    /// Now.
    pub(crate) now: DateTime<Utc>,
    /// Whose card it is.
    pub(crate) company: CompanyId,
    /// Ties to the company: they decide who may pin.
    pub(crate) ties: Ties,
}

impl Reader<'_> {
    fn item(&self, actor: &Actor, note: Note) -> NoteItem {
        let own = note.ties(actor);
        let zone = self.viewer.zone;
        let allowed = |action, ties, path: fn(CompanyId, NoteId) -> String| {
            may(actor, action, ties).then(|| path(note.company, note.id))
        };
        let author = if note.author_name.is_empty() {
            "Импорт".to_owned()
        } else {
            note.author_name
        };
        NoteItem {
            assets: assets::urls(),
            csrf: self.viewer.csrf.clone(),
            id: note.id,
            created_at: note.created_at,
            initials: text::initials(&author),
            author,
            time: time::relative(note.created_at, self.now, zone),
            exact_time: time::date_time(note.created_at, zone),
            edited: note.edited_at.map(|at| time::relative(at, self.now, zone)),
            text: note.text,
            files: Attachments::new(&note.files),
            is_pinned: note.is_pinned,
            edit: allowed(Action::EditNote, own, paths::edit),
            delete: allowed(Action::DeleteNote, own, paths::delete),
            pin: allowed(Action::PinNote, self.ties, paths::pin),
        }
    }
}

/// The pinned note for the top of a card.
pub(crate) async fn pinned(conn: &mut PgConnection, reader: &Reader<'_>) -> Result<Option<NoteItem>> {
    let actor = reader.viewer.actor()?;
    let note = actions::pinned(conn, &actor, reader.company).await?;
    Ok(note.map(|note| reader.item(&actor, note)))
}

/// The newest notes but for the pinned one, or all that one person wrote; `before`: those older than this
/// [`NoteItem::place`].
pub(crate) async fn of_company(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    by: Option<UserId>,
    before: Option<(DateTime<Utc>, NoteId)>,
    limit: i64,
) -> Result<Vec<NoteItem>> {
    let actor = reader.viewer.actor()?;
    let notes = actions::of_company(conn, (&actor, reader.company), by, before, limit).await?;
    Ok(notes.into_iter().map(|note| reader.item(&actor, note)).collect())
}
