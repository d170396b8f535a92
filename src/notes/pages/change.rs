//! Writing, changing, removing and pinning a note.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::companies;
use crate::error::{Error, FieldErrors, Result};
use crate::files::{FilesField, Sent, StoredFile};
use crate::notes::model::{Draft, Note};
use crate::notes::{actions, paths};
use crate::policy::{Action, check};
use crate::values::{CompanyId, FileId, NoteId, time};
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, page, page_with, see_other, see_other_with};

/// What was typed and sent.
#[derive(Default)]
struct NoteForm {
    draft: Draft,
    /// What was wrong with the files.
    complaint: Option<Error>,
}

impl NoteForm {
    fn of(sent: Sent) -> Self {
        let complaint = sent.complaint();
        let draft = Draft {
            text: sent.get("text").to_owned(),
            removed: sent.all("remove").filter_map(|id| id.parse().ok()).collect(),
            version: sent.get("version").parse().unwrap_or_default(),
            form_key: sent.get("form_key").parse().ok(),
            files: sent.files,
        };
        Self { draft, complaint }
    }

    /// What is meant, unless a file was not taken: then nothing is written, and the form comes back with the rest.
    fn meant(&mut self) -> Result<&Draft> {
        match self.complaint.take() {
            Some(error) => Err(error),
            None => Ok(&self.draft),
        }
    }
}

#[derive(Template)]
#[template(path = "notes/edit.html")]
struct EditPage {
    layout: Layout,
    title: &'static str,
    action: String,
    /// The card.
    back: String,
    company: String,
    text: String,
    version: i32,
    form_key: String,
    errors: FieldErrors,
    conflict: Option<Stored>,
    files: FilesField,
    /// Those that the note holds, each to be kept or to go.
    stored: Vec<StoredItem>,
}

/// A file of the note.
struct StoredItem {
    id: String,
    name: String,
    is_removed: bool,
}

/// What became of the text that was edited.
enum Stored {
    /// Somebody wrote another.
    Changed {
        /// «сегодня 12:30»
        at: String,
        /// The text that is stored.
        text: String,
    },
    /// The note is gone; sending the form writes a new one.
    Gone,
}

impl EditPage {
    async fn new(app: &App, viewer: &Viewer, company: CompanyId, draft: &Draft, errors: FieldErrors) -> Result<Self> {
        let mut conn = app.db.acquire().await?;
        let company = companies::find(&mut conn, &viewer.actor()?, company).await?;
        Ok(Self {
            layout: viewer.layout(Section::Companies),
            title: "Новая заметка",
            action: paths::add(company.id),
            back: paths::list(company.id),
            company: company.fields.name,
            text: draft.text.clone(),
            version: draft.version,
            form_key: draft.form_key.map(|key| key.to_string()).unwrap_or_default(),
            files: FilesField::new(&draft.files, errors.get("file")),
            stored: Vec::new(),
            errors,
            conflict: None,
        })
    }

    /// The same page for a note that is already there.
    fn of(mut self, note: &Note, removed: &[FileId]) -> Self {
        self.title = "Заметка";
        self.action = paths::edit(note.company, note.id);
        let item = |file: &StoredFile| StoredItem {
            id: file.id.to_string(),
            name: file.name.clone(),
            is_removed: removed.contains(&file.id),
        };
        self.stored = note.files.iter().map(item).collect();
        self
    }
}

/// `POST /companies/{id}/notes/add/`
pub(super) async fn add(State(app): State<App>, viewer: Viewer, Path(company): Path<CompanyId>, sent: Sent) -> Html {
    let actor = viewer.actor()?;
    let mut form = NoteForm::of(sent);
    let added = match form.meant() {
        Ok(draft) => actions::add(&app, &actor, company, draft).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => see_other(&paths::list(company)),
        Err(Error::Invalid(errors)) => {
            let page = EditPage::new(&app, &viewer, company, &form.draft, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /companies/{id}/notes/{note}/edit/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, NoteId)>,
) -> Html {
    let actor = viewer.actor()?;
    let note = actions::find(&app, &actor, company, id).await?;
    check(&actor, Action::EditNote, note.ties(&actor))?;
    let draft = Draft {
        text: note.text.clone(),
        version: note.version,
        ..Draft::default()
    };
    let shown = EditPage::new(&app, &viewer, company, &draft, FieldErrors::default()).await?;
    page(&shown.of(&note, &[]))
}

/// `POST /companies/{id}/notes/{note}/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, NoteId)>,
    sent: Sent,
) -> Html {
    let actor = viewer.actor()?;
    let mut form = NoteForm::of(sent);
    let edited = match form.meant() {
        Ok(draft) => actions::edit(&app, &actor, (company, id), draft).await,
        Err(error) => Err(error),
    };
    let mut draft = form.draft;
    match edited {
        Ok(()) => see_other_with(&paths::list(company), &flash("success", "Заметка сохранена.")),
        Err(Error::Invalid(errors)) => {
            let note = actions::find(&app, &actor, company, id).await?;
            check(&actor, Action::EditNote, note.ties(&actor))?;
            let page = EditPage::new(&app, &viewer, company, &draft, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page.of(&note, &draft.removed))
        }
        Err(Error::Conflict(_)) => {
            let stored = actions::find(&app, &actor, company, id).await?;
            // Sent again, the form says: I have seen the other text and mean mine.
            draft.version = stored.version;
            let at = time::relative(stored.edited_at.unwrap_or(stored.created_at), app.now(), viewer.zone);
            let text = stored.text.clone();
            let page = EditPage::new(&app, &viewer, company, &draft, FieldErrors::default()).await?;
            let mut page = page.of(&stored, &draft.removed);
            page.conflict = Some(Stored::Changed { at, text });
            page_with(StatusCode::CONFLICT, &page)
        }
        Err(Error::NotFound) => {
            // The typed words outlive the note: the same page offers to write them as a new one.
            draft.form_key = Some(Uuid::new_v4());
            let mut page = EditPage::new(&app, &viewer, company, &draft, FieldErrors::default()).await?;
            page.conflict = Some(Stored::Gone);
            page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /companies/{id}/notes/{note}/delete/`
pub(super) async fn delete(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, NoteId)>,
) -> Html {
    actions::delete(&app, &viewer.actor()?, company, id).await?;
    see_other_with(&paths::list(company), &flash("success", "Заметка удалена."))
}

/// What the button meant; without it the pin is turned over.
#[derive(Deserialize)]
pub(super) struct PinForm {
    #[serde(default)]
    pinned: Option<u8>,
}

/// `POST /companies/{id}/notes/{note}/pin/`
pub(super) async fn pin(
    State(app): State<App>,
    viewer: Viewer,
    Path(key): Path<(CompanyId, NoteId)>,
    Form(form): Form<PinForm>,
) -> Html {
    let is_pinned = actions::pin(&app, &viewer.actor()?, key, form.pinned.map(|wanted| wanted == 1)).await?;
    let sentence = if is_pinned {
        "Заметка закреплена."
    } else {
        "Заметка откреплена."
    };
    see_other_with(&paths::list(key.0), &flash("success", sentence))
}
