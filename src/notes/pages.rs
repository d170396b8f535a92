//! Pages of notes, and their pieces of a company's card.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgConnection;

use super::model::Note;
use super::{actions, paths};
use crate::app::App;
use crate::companies;
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Action, Actor, Ties, check, may};
use crate::values::{CompanyId, NoteId, text, time};
use crate::web::assets::{self, Assets};
use crate::web::{
    Form, Guard, Html, Layout, Path, Routes, Section, Viewer, flash, form_key, page, page_with, see_other,
    see_other_with,
};

/// `/companies/{id}/notes/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/companies/{id}/notes/add/", Guard::May(Action::AddNote), add)
        .get("/companies/{id}/notes/{note}/edit/", Guard::May(Action::EditNote), edit)
        .post("/companies/{id}/notes/{note}/edit/", Guard::May(Action::EditNote), update)
        .post("/companies/{id}/notes/{note}/delete/", Guard::May(Action::DeleteNote), delete)
        .post("/companies/{id}/notes/{note}/pin/", Guard::May(Action::PinNote), pin)
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct NoteForm {
    text: String,
    version: i32,
    form_key: String,
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
    form: NoteForm,
    errors: FieldErrors,
    conflict: Option<Stored>,
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
    async fn new(app: &App, viewer: &Viewer, company: CompanyId, form: NoteForm) -> Result<Self> {
        let mut conn = app.db.acquire().await?;
        let company = companies::find(&mut conn, &viewer.actor()?, company).await?;
        Ok(Self {
            layout: viewer.layout(Section::Companies),
            title: "Новая заметка",
            action: paths::add(company.id),
            back: paths::list(company.id),
            company: company.fields.name,
            form,
            errors: FieldErrors::default(),
            conflict: None,
        })
    }

    /// The same page for a note that is already there.
    fn of(mut self, company: CompanyId, note: NoteId) -> Self {
        self.title = "Заметка";
        self.action = paths::edit(company, note);
        self
    }
}

/// `POST /companies/{id}/notes/add/`
async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Path(company): Path<CompanyId>,
    Form(form): Form<NoteForm>,
) -> Html {
    match actions::add(&app, &viewer.actor()?, company, &form.text, form.form_key.parse().ok()).await {
        Ok(_) => see_other(&paths::list(company)),
        Err(Error::Invalid(errors)) => {
            let page = EditPage::new(&app, &viewer, company, form).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &EditPage { errors, ..page })
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /companies/{id}/notes/{note}/edit/`
async fn edit(State(app): State<App>, viewer: Viewer, Path((company, id)): Path<(CompanyId, NoteId)>) -> Html {
    let actor = viewer.actor()?;
    let note = actions::find(&app, &actor, company, id).await?;
    check(&actor, Action::EditNote, note.ties(&actor))?;
    let form = NoteForm { text: note.text, version: note.version, form_key: String::new() };
    page(&EditPage::new(&app, &viewer, company, form).await?.of(company, id))
}

/// `POST /companies/{id}/notes/{note}/edit/`
async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, NoteId)>,
    Form(form): Form<NoteForm>,
) -> Html {
    let actor = viewer.actor()?;
    match actions::edit(&app, &actor, (company, id), form.version, &form.text).await {
        Ok(()) => see_other_with(&paths::list(company), &flash("success", "Заметка сохранена.")),
        Err(Error::Invalid(errors)) => {
            let page = EditPage::new(&app, &viewer, company, form).await?.of(company, id);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &EditPage { errors, ..page })
        }
        Err(Error::Conflict(_)) => {
            let stored = actions::find(&app, &actor, company, id).await?;
            // Sent again, the form says: I have seen the other text and mean mine.
            let form = NoteForm { version: stored.version, ..form };
            let at = time::relative(stored.edited_at.unwrap_or(stored.created_at), app.now(), viewer.zone);
            let conflict = Some(Stored::Changed { at, text: stored.text });
            let page = EditPage::new(&app, &viewer, company, form).await?.of(company, id);
            page_with(StatusCode::CONFLICT, &EditPage { conflict, ..page })
        }
        Err(Error::NotFound) => {
            // The typed words outlive the note: the same page offers to write them as a new one.
            let form = NoteForm { form_key: form_key(), ..form };
            let page = EditPage::new(&app, &viewer, company, form).await?;
            page_with(StatusCode::CONFLICT, &EditPage { conflict: Some(Stored::Gone), ..page })
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /companies/{id}/notes/{note}/delete/`
async fn delete(State(app): State<App>, viewer: Viewer, Path((company, id)): Path<(CompanyId, NoteId)>) -> Html {
    actions::delete(&app, &viewer.actor()?, company, id).await?;
    see_other_with(&paths::list(company), &flash("success", "Заметка удалена."))
}

/// What the button meant; without it the pin is turned over.
#[derive(Deserialize)]
struct PinForm {
    #[serde(default)]
    pinned: Option<u8>,
}

/// `POST /companies/{id}/notes/{note}/pin/`
async fn pin(
    State(app): State<App>,
    viewer: Viewer,
    Path(key): Path<(CompanyId, NoteId)>,
    Form(form): Form<PinForm>,
) -> Html {
    let is_pinned = actions::pin(&app, &viewer.actor()?, key, form.pinned.map(|wanted| wanted == 1)).await?;
    let sentence = if is_pinned { "Заметка закреплена." } else { "Заметка откреплена." };
    see_other_with(&paths::list(key.0), &flash("success", sentence))
}

/// The form on top of a card's timeline.
#[derive(Template)]
#[template(path = "notes/_add.html")]
pub(crate) struct AddForm {
    csrf: String,
    action: String,
    form_key: String,
    draft: String,
}

impl askama::filters::HtmlSafe for AddForm {}

/// The form of a new note.
pub(crate) fn add_form(viewer: &Viewer, company: CompanyId) -> AddForm {
    AddForm {
        csrf: viewer.csrf.clone(),
        action: paths::add(company),
        form_key: form_key(),
        draft: format!("note:{company}"),
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
        let author = if note.author_name.is_empty() { "Импорт".to_owned() } else { note.author_name };
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

/// The newest notes but for the pinned one, each with its time; `before`: those older than this [`NoteItem::place`].
pub(crate) async fn of_company(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    limit: i64,
    before: Option<(DateTime<Utc>, NoteId)>,
) -> Result<Vec<(DateTime<Utc>, NoteItem)>> {
    let actor = reader.viewer.actor()?;
    let notes = actions::of_company(conn, &actor, reader.company, before, limit).await?;
    Ok(notes.into_iter().map(|note| (note.created_at, reader.item(&actor, note))).collect())
}
