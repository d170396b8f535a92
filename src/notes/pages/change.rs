//! Writing, changing, removing and pinning a note.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::audit;
use crate::companies;
use crate::error::{Error, FieldErrors, Result};
use crate::files::{FilesField, Sent, StoredFile};
use crate::notes::model::{Draft, Note};
use crate::notes::{actions, paths};
use crate::policy::{Action, check};
use crate::values::{CompanyId, FileId, NoteId, text};
use crate::web::versions::{self, Picks, Row, VersionsPage};
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, page, page_with, see_other, see_other_with};

/// What was typed and sent.
#[derive(Default)]
struct NoteForm {
    draft: Draft,
    /// What was chosen of two versions.
    picks: Picks,
    /// The fingerprint of the text that was edited.
    seen: String,
    /// What was wrong with the files.
    complaint: Option<Error>,
}

impl NoteForm {
    fn of(sent: Sent) -> Self {
        let complaint = sent.complaint();
        let picks = Picks::of(sent.pairs());
        let seen = sent.get("seen").to_owned();
        let draft = Draft {
            text: sent.get("text").to_owned(),
            removed: sent.all("remove").filter_map(|id| id.parse().ok()).collect(),
            version: sent.get("version").parse().unwrap_or_default(),
            form_key: sent.get("form_key").parse().ok(),
            files: sent.files,
        };
        Self {
            draft,
            picks,
            seen,
            complaint,
        }
    }

    /// Puts what was chosen of two versions into the draft.
    fn pick(&mut self, stored: &Note) {
        if self.picks.takes_theirs(TEXT) {
            self.draft.text.clone_from(&stored.text);
        } else if self.picks.takes_both(TEXT) {
            self.draft.text = format!("{}\n\n{}", stored.text, self.draft.text);
        }
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
    /// See [`NoteForm::seen`]; empty: a new note.
    seen: String,
    errors: FieldErrors,
    /// The note that was edited is gone; sending the form writes a new one.
    is_gone: bool,
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
            seen: String::new(),
            is_gone: false,
        })
    }

    /// The same page for a note that is already there.
    fn of(mut self, note: &Note, removed: &[FileId], seen: &str) -> Self {
        self.title = "Заметка";
        seen.clone_into(&mut self.seen);
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
    page(&shown.of(&note, &[], &fingerprint(&note.text)))
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
    if form.picks.takes_theirs(TEXT) || form.picks.takes_both(TEXT) || form.picks.wants_form {
        let stored = actions::find(&app, &actor, company, id).await?;
        form.pick(&stored);
        if form.picks.wants_form {
            check(&actor, Action::EditNote, stored.ties(&actor))?;
            let shown = EditPage::new(&app, &viewer, company, &form.draft, FieldErrors::default()).await?;
            return page(&shown.of(&stored, &form.draft.removed, &form.seen));
        }
    }
    let edited = match form.meant() {
        Ok(draft) => actions::edit(&app, &actor, (company, id), draft).await,
        Err(error) => Err(error),
    };
    match edited {
        Ok(()) => see_other_with(&paths::list(company), &flash("success", SAVED)),
        Err(Error::Invalid(errors)) => {
            let note = actions::find(&app, &actor, company, id).await?;
            check(&actor, Action::EditNote, note.ties(&actor))?;
            let page = EditPage::new(&app, &viewer, company, &form.draft, errors).await?;
            let page = page.of(&note, &form.draft.removed, &form.seen);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Error::Conflict(_)) => settle(&app, &viewer, (company, id), form).await,
        Err(Error::NotFound) => {
            // The typed words outlive the note: the same page offers to write them as a new one.
            form.draft.form_key = Some(Uuid::new_v4());
            let mut page = EditPage::new(&app, &viewer, company, &form.draft, FieldErrors::default()).await?;
            page.is_gone = true;
            page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}

const SAVED: &str = "Заметка сохранена.";
/// The one field of a note of which there can be two versions: files only come and go.
const TEXT: &str = "text";

fn row(text: &str) -> Row {
    (TEXT, "Текст заметки", text.to_owned())
}

fn fingerprint(text: &str) -> String {
    versions::fingerprint(&[row(text)])
}

/// Somebody else was quicker. When the text is still what the form showed, it is saved all the same; else both texts are
/// shown.
async fn settle(app: &App, viewer: &Viewer, key: (CompanyId, NoteId), mut form: NoteForm) -> Html {
    let actor = viewer.actor()?;
    let mut stored = actions::find(app, &actor, key.0, key.1).await?;
    let mine = text::lines(&form.draft.text);
    let mut choices = versions::choices(vec![row(&mine)], vec![row(&stored.text)], &form.seen);
    if versions::are_all_mine(&choices) {
        form.draft.version = stored.version;
        match actions::edit(app, &actor, key, &form.draft).await {
            Ok(()) => return see_other_with(&paths::list(key.0), &flash("success", SAVED)),
            Err(Error::Conflict(_)) => (),
            Err(error) => return Err(error.into()),
        }
        stored = actions::find(app, &actor, key.0, key.1).await?;
        choices = versions::choices(vec![row(&mine)], vec![row(&stored.text)], &form.seen);
    }
    for choice in &mut choices {
        choice.offers_both = true;
    }
    let company = companies::find(&mut *app.db.acquire().await?, &actor, key.0).await?;
    let mut hidden = vec![
        (TEXT, mine),
        ("version", stored.version.to_string()),
        ("seen", fingerprint(&stored.text)),
    ];
    hidden.extend(form.draft.removed.iter().map(|id| ("remove", id.to_string())));
    hidden.extend(form.draft.files.iter().map(|file| ("kept", file.id.to_string())));
    let page = VersionsPage {
        layout: viewer.layout(Section::Companies),
        title: stored.title(),
        crumbs: vec![
            (companies::paths::LIST.to_owned(), "Компании".to_owned()),
            (paths::list(key.0), company.fields.name),
        ],
        action: paths::edit(key.0, key.1),
        back: paths::list(key.0),
        saved_at: audit::last_saved(
            app,
            ("note", key.1.to_string()),
            (stored.edited_at.unwrap_or(stored.created_at), viewer.zone),
        )
        .await?,
        hidden,
        choices,
        has_form: true,
    };
    page_with(StatusCode::CONFLICT, &page)
}

/// `POST /companies/{id}/notes/{note}/delete/`
pub(super) async fn delete(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, NoteId)>,
) -> Html {
    actions::delete(&app, &viewer.actor()?, company, (id, None)).await?;
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
