//! Writing, changing, removing and pinning a note.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::companies;
use crate::error::{Error, FieldErrors, Result};
use crate::notes::{actions, paths};
use crate::policy::{Action, check};
use crate::values::{CompanyId, NoteId, time};
use crate::web::{
    Form, Html, Layout, Path, Section, Viewer, flash, form_key, page, page_with, see_other, see_other_with,
};

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NoteForm {
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
pub(super) async fn add(
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
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path((company, id)): Path<(CompanyId, NoteId)>,
) -> Html {
    let actor = viewer.actor()?;
    let note = actions::find(&app, &actor, company, id).await?;
    check(&actor, Action::EditNote, note.ties(&actor))?;
    let form = NoteForm {
        text: note.text,
        version: note.version,
        form_key: String::new(),
    };
    page(&EditPage::new(&app, &viewer, company, form).await?.of(company, id))
}

/// `POST /companies/{id}/notes/{note}/edit/`
pub(super) async fn update(
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
            let form = NoteForm {
                version: stored.version,
                ..form
            };
            let at = time::relative(stored.edited_at.unwrap_or(stored.created_at), app.now(), viewer.zone);
            let conflict = Some(Stored::Changed { at, text: stored.text });
            let page = EditPage::new(&app, &viewer, company, form).await?.of(company, id);
            page_with(StatusCode::CONFLICT, &EditPage { conflict, ..page })
        }
        Err(Error::NotFound) => {
            // The typed words outlive the note: the same page offers to write them as a new one.
            let form = NoteForm {
                form_key: form_key(),
                ..form
            };
            let page = EditPage::new(&app, &viewer, company, form).await?;
            page_with(
                StatusCode::CONFLICT,
                &EditPage {
                    conflict: Some(Stored::Gone),
                    ..page
                },
            )
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
