//! What people do with notes.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Note, parse_text};
use super::{paths, queries};
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::companies;
use crate::db::snapshot::Part;
use crate::db::submitted;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check, may};
use crate::values::{CompanyId, NoteId, text};

/// Notes belong to a company.
pub(crate) const PARTS: [Part; 1] = [Part::new("notes", "company_id", "companies")];

/// Writes a note; `None` when this very form had already written it.
///
/// # Errors
/// [`Error::Invalid`] when the text is blank or too long.
pub(crate) async fn add(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    typed: &str,
    form_key: Option<Uuid>,
) -> Result<Option<NoteId>> {
    let mut tx = app.begin().await?;
    companies::admit(&mut tx, actor, company, Action::AddNote).await?;
    let text = parse_text(typed)?;
    if let (Some(form_key), Some(user)) = (form_key, actor.user) {
        let key = submitted::key_of(form_key, &text);
        if submitted::claim(&mut tx, key, user).await?.is_some() {
            return Ok(None);
        }
        submitted::settle(&mut tx, key, &paths::list(company)).await?;
    }
    let id = queries::insert(&mut tx, actor, company, &text, app.now()).await?;
    // The words themselves stand in the note; once it changes or goes, its event keeps them.
    audit::record(&mut tx, actor, event("create", id, company, "Добавлена заметка")).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(Some(id))
}

/// Changes a note's text; the same text sent twice changes it once.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed it meanwhile, [`Error::NotFound`] when it is gone.
pub(crate) async fn edit(
    app: &App,
    actor: &Actor,
    (company, id): (CompanyId, NoteId),
    version: i32,
    typed: &str,
) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, actor, company, id, Action::ViewBase).await?;
    check(actor, Action::EditNote, before.ties(actor))?;
    let text = parse_text(typed)?;
    if text == before.text {
        return Ok(());
    }
    if !queries::update(&mut tx, id, version, &text, app.now()).await? {
        return Err(Error::Conflict(
            "Заметку только что изменил кто-то другой. Откройте её заново.",
        ));
    }
    let event = event("update", id, company, "Изменена заметка").with(changes(&before.text, &text));
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes an own note. Whoever asks for another's is denied, and that is logged.
pub(crate) async fn delete(app: &App, actor: &Actor, company: CompanyId, id: NoteId) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, actor, company, id, Action::ViewBase).await?;
    if !may(actor, Action::DeleteNote, before.ties(actor)) {
        let message = format!(
            "Отказано в удалении чужой заметки «{}»",
            text::excerpt(&before.text, 80)
        );
        audit::record(&mut tx, actor, event("delete_refused", id, company, message)).await?;
        tx.commit().await?;
        return Err(Error::Denied(Action::DeleteNote));
    }
    queries::delete(&mut tx, id).await?;
    let event = event("delete", id, company, "Удалена заметка").with(changes(&before.text, ""));
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Pins a note to the top of its card, in the place of another, or unpins it; `wanted: None` turns it over.
///
/// Answers whether the note is pinned now.
pub(crate) async fn pin(
    app: &App,
    actor: &Actor,
    (company, id): (CompanyId, NoteId),
    wanted: Option<bool>,
) -> Result<bool> {
    let mut tx = app.begin().await?;
    let note = lock(&mut tx, actor, company, id, Action::PinNote).await?;
    let wanted = wanted.unwrap_or(!note.is_pinned);
    if wanted == note.is_pinned {
        return Ok(wanted);
    }
    if let Some(pinned) = queries::pinned(&mut tx, company).await? {
        queries::unpin(&mut tx, pinned.id).await?;
        let message = format!("Откреплена заметка «{}»", text::excerpt(&pinned.text, 80));
        audit::record(&mut tx, actor, event("unpin", pinned.id, company, message)).await?;
    }
    if wanted {
        queries::pin(&mut tx, actor, id, app.now()).await?;
        let message = format!("Закреплена заметка «{}»", text::excerpt(&note.text, 80));
        audit::record(&mut tx, actor, event("pin", id, company, message)).await?;
    }
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(wanted)
}

/// One note of a company.
pub(crate) async fn find(app: &App, actor: &Actor, company: CompanyId, id: NoteId) -> Result<Note> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    queries::find(&mut conn, company, id).await?.ok_or(Error::NotFound)
}

/// The note on top of a company's card.
pub(crate) async fn pinned(conn: &mut PgConnection, actor: &Actor, company: CompanyId) -> Result<Option<Note>> {
    check(actor, Action::ViewBase, Ties::default())?;
    Ok(queries::pinned(conn, company).await?)
}

/// The newest notes of a company but for the pinned one; `before`: those older than this one.
pub(crate) async fn of_company(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
    before: Option<(DateTime<Utc>, NoteId)>,
    limit: i64,
) -> Result<Vec<Note>> {
    check(actor, Action::ViewBase, Ties::default())?;
    Ok(queries::of_company(conn, company, before, limit).await?)
}

/// Locks the company, by which all changes of its notes stand in one line, and finds the note behind it.
async fn lock(conn: &mut PgConnection, actor: &Actor, company: CompanyId, id: NoteId, action: Action) -> Result<Note> {
    companies::admit(conn, actor, company, action).await?;
    queries::find(conn, company, id).await?.ok_or(Error::NotFound)
}

fn event(verb: &'static str, id: NoteId, company: CompanyId, message: impl Into<String>) -> Event<'static> {
    Event::new(verb, "note", id, message).on(Some(company))
}

fn changes(old: &str, new: &str) -> Changes {
    let mut changes = Changes::default();
    changes.compare("note_text", old, new);
    changes
}
