//! What people do with notes.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Draft, Filter, Note, Unpinned, parse_text};
use super::{paths, queries};
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::companies::{self, Admitted};
use crate::db::snapshot::Part;
use crate::db::submitted::{self, Key};
use crate::db::{Page, Place};
use crate::error::{self, Error, Result};
use crate::files::{self, Holder, StoredFile};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor, Ties, check, may};
use crate::values::text::excerpt;
use crate::values::{CompanyId, NoteId, UserId};

/// So many characters of a new note are told.
const TOLD: usize = 180;

/// Notes belong to a company.
pub(crate) const PARTS: [Part; 1] = [Part::new("notes", "company_id", "companies")];

/// Which note came of a wish to write one.
pub(crate) enum Made {
    /// A new one.
    Now(NoteId),
    /// That of an earlier arrival; `None`: nobody knows any longer which.
    Before(Option<NoteId>),
}

/// Writes a note; `None` when this very form had already written it.
///
/// # Errors
/// [`Error::Invalid`] when there is neither text nor a file, or too much of them.
pub(crate) async fn add(app: &App, actor: &Actor, company: CompanyId, draft: &Draft) -> Result<Option<NoteId>> {
    let key = draft.form_key.unwrap_or_else(Uuid::new_v4);
    Ok(match make(app, actor, company, (draft, key.into())).await? {
        Made::Now(id) => Some(id),
        Made::Before(_) => None,
    })
}

/// As [`add`], and tells which one an earlier arrival wrote.
///
/// # Errors
/// Those of [`add`].
pub(crate) async fn make(app: &App, actor: &Actor, company: CompanyId, (draft, key): (&Draft, Key)) -> Result<Made> {
    let mut tx = app.begin().await?;
    let admitted = companies::admit(&mut tx, actor, company, Action::AddNote).await?;
    let text = parse_text(&draft.text, draft.files.len())?;
    files::check_count(draft.files.len())?;
    let user = actor.user.ok_or(Error::Denied(Action::AddNote))?;
    let key = submitted::key_of(key, &content(&text, draft));
    if let Some(made) = submitted::claim(&mut tx, key, user).await? {
        let id = made.rsplit_once('#').and_then(|(_, id)| id.parse().ok());
        return Ok(Made::Before(id));
    }
    let id = write(&mut tx, app, actor, (company, &admitted), (&text, &draft.files)).await?;
    submitted::settle(&mut tx, key, &format!("{}#{id}", paths::list(company))).await?;
    tx.commit().await?;
    Ok(Made::Now(id))
}

/// What two arrivals of one form have in common.
fn content(text: &str, draft: &Draft) -> String {
    // The same files sent twice have other ids, but the same bytes.
    let files = draft.files.iter().map(|file| format!("{} {}", file.name, file.sha256));
    let all: Vec<String> = std::iter::once(text.to_owned()).chain(files).collect();
    all.join("\n")
}

/// [`add`] of a text within the caller's transaction.
///
/// # Errors
/// As [`add`].
pub(crate) async fn add_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (company, typed): (CompanyId, &str),
) -> Result<NoteId> {
    let admitted = companies::admit(conn, actor, company, Action::AddNote).await?;
    let text = parse_text(typed, 0)?;
    write(conn, app, actor, (company, &admitted), (&text, &[])).await
}

async fn write(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (company, admitted): (CompanyId, &Admitted),
    (text, files): (&str, &[StoredFile]),
) -> Result<NoteId> {
    let id = queries::insert(conn, actor, company, text, app.now()).await?;
    files::attach(conn, actor, Holder::Note(id), files).await?;
    // The words themselves stand in the note; once it changes or goes, its event keeps them.
    let mut changes = Changes::default();
    changes.compare("note_files", "", &files::describe(files));
    let event = event("create", id, company, "Добавлена заметка").with(changes);
    audit::record(conn, actor, event).await?;
    companies::touch(conn, company, app.now()).await?;
    let said = if text.is_empty() { "Вложение" } else { text };
    let notice = Notice::new(Kind::NoteAdded, app.now())
        .to(admitted.responsible)
        .saying(format!("{}: {}", admitted.name, excerpt(said, TOLD)))
        .linking(companies::paths::show(company))
        .about("company", company)
        .once(notice_key(id));
    notifications::tell(conn, actor, notice).await?;
    Ok(id)
}

/// Under which a note's notice is found again.
fn notice_key(id: NoteId) -> String {
    format!("note:{id}")
}

/// Changes a note's text and files; the same wish sent twice changes it once.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed it meanwhile, [`Error::NotFound`] when it is gone.
pub(crate) async fn edit(app: &App, actor: &Actor, (company, id): (CompanyId, NoteId), draft: &Draft) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, actor, company, id, Action::ViewBase).await?;
    check(actor, Action::EditNote, before.ties(actor))?;
    let (removed, left): (Vec<_>, Vec<_>) = before
        .files
        .iter()
        .cloned()
        .partition(|file| draft.removed.contains(&file.id));
    let after: Vec<_> = left.into_iter().chain(draft.files.iter().cloned()).collect();
    let text = parse_text(&draft.text, after.len())?;
    files::check_count(after.len())?;
    if text == before.text && removed.is_empty() && draft.files.is_empty() {
        return Ok(());
    }
    if !queries::update(&mut tx, id, draft.version, &text, app.now()).await? {
        return Err(Error::Conflict(
            "Заметку только что изменил кто-то другой. Откройте её заново.",
        ));
    }
    files::detach(&mut tx, Holder::Note(id), &removed, app.now()).await?;
    files::attach(&mut tx, actor, Holder::Note(id), &draft.files).await?;
    let changes = changes((&before.text, &before.files), (&text, &after));
    let event = event("update", id, company, "Изменена заметка").with(changes);
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes an own note. Whoever asks for another's is denied, and that is logged.
pub(crate) async fn delete(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    (id, seen): (NoteId, Option<i32>),
) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, actor, company, id, Action::ViewBase).await?;
    if !may(actor, Action::DeleteNote, before.ties(actor)) {
        let message = format!("Отказано в удалении чужой заметки «{}»", before.title());
        audit::record(&mut tx, actor, event("delete_refused", id, company, message)).await?;
        tx.commit().await?;
        return Err(Error::Denied(Action::DeleteNote));
    }
    error::must_be_as_seen(seen, before.version)?;
    files::detach(&mut tx, Holder::Note(id), &before.files, app.now()).await?;
    queries::delete(&mut tx, id).await?;
    // Its words stand in the notice.
    notifications::withdraw(&mut tx, &notice_key(id)).await?;
    let changes = changes((&before.text, &before.files), ("", &[]));
    let event = event("delete", id, company, "Удалена заметка").with(changes);
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
        let [pinned] = with_files(&mut tx, [pinned]).await?;
        queries::unpin(&mut tx, pinned.id).await?;
        let message = format!("Откреплена заметка «{}»", pinned.title());
        audit::record(&mut tx, actor, event("unpin", pinned.id, company, message)).await?;
    }
    if wanted {
        queries::pin(&mut tx, actor, id, app.now()).await?;
        let message = format!("Закреплена заметка «{}»", note.title());
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
    find_in(&mut conn, company, id).await
}

/// One note, wherever it stands.
pub(crate) async fn find_any(app: &App, actor: &Actor, id: NoteId) -> Result<Note> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let company = queries::company_of(&mut conn, id).await?.ok_or(Error::NotFound)?;
    find_in(&mut conn, company, id).await
}

/// A page of the notes of a company or of all, the latest first or last.
pub(crate) async fn list(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    (place, size): (&Place, i64),
) -> Result<Page<Note>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let _turn = app.turn().await?;
    let mut conn = app.db.acquire().await?;
    let notes = queries::list(&mut conn, filter, place, size + 1).await?;
    let page = place.page(notes, usize::try_from(size).unwrap_or(usize::MAX), Note::cursor);
    Ok(Page {
        rows: with_files(&mut conn, page.rows).await?,
        before: page.before,
        after: page.after,
    })
}

/// The note on top of a company's card.
pub(crate) async fn pinned(conn: &mut PgConnection, actor: &Actor, company: CompanyId) -> Result<Option<Note>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let Some(pinned) = queries::pinned(conn, company).await? else {
        return Ok(None);
    };
    let [pinned] = with_files(conn, [pinned]).await?;
    Ok(Some(pinned))
}

/// The newest notes of a company but for the pinned one, or all that one person wrote; `before`: those older than this
/// one.
pub(crate) async fn of_company(
    conn: &mut PgConnection,
    (actor, company): (&Actor, CompanyId),
    by: Option<UserId>,
    before: Option<(DateTime<Utc>, NoteId)>,
    limit: i64,
) -> Result<Vec<Note>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let notes = queries::of_company(conn, company, by, before, limit).await?;
    with_files(conn, notes).await
}

/// Those who wrote on a company's card: key and name.
pub(crate) async fn authors(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<(UserId, String)>> {
    Ok(queries::authors(conn, company).await?)
}

/// All notes of a company go to another; the other one's pinned note stays on top. Answers which, and the one that is
/// pinned no longer.
pub(crate) async fn move_all(
    conn: &mut PgConnection,
    from: CompanyId,
    to: CompanyId,
) -> Result<(Vec<i64>, Option<Unpinned>)> {
    Ok(queries::move_all(conn, from, to).await?)
}

/// Those of these notes that are still at `from` go back to `to`, the unpinned one on top. Answers how many.
pub(crate) async fn move_back(
    conn: &mut PgConnection,
    way: (CompanyId, CompanyId),
    notes: &[i64],
    unpinned: Option<&Unpinned>,
) -> Result<usize> {
    Ok(queries::move_back(conn, way, notes, unpinned).await?.len())
}

/// Locks the company, by which all changes of its notes stand in one line, and finds the note behind it.
async fn lock(conn: &mut PgConnection, actor: &Actor, company: CompanyId, id: NoteId, action: Action) -> Result<Note> {
    companies::admit(conn, actor, company, action).await?;
    find_in(conn, company, id).await
}

async fn find_in(conn: &mut PgConnection, company: CompanyId, id: NoteId) -> Result<Note> {
    let note = queries::find(conn, company, id).await?.ok_or(Error::NotFound)?;
    let [note] = with_files(conn, [note]).await?;
    Ok(note)
}

/// The same notes, each with its files: one query for all of them.
async fn with_files<N: AsMut<[Note]>>(conn: &mut PgConnection, mut notes: N) -> Result<N> {
    let ids: Vec<Holder> = notes.as_mut().iter().map(|note| Holder::Note(note.id)).collect();
    let mut found = files::of(conn, &ids).await?;
    for note in notes.as_mut() {
        note.files = found.remove(&Holder::Note(note.id)).unwrap_or_default();
    }
    Ok(notes)
}

fn event(verb: &'static str, id: NoteId, company: CompanyId, message: impl Into<String>) -> Event<'static> {
    Event::new(verb, "note", id, message).on(Some(company))
}

type Content<'a> = (&'a str, &'a [StoredFile]);

fn changes((old_text, old_files): Content<'_>, (new_text, new_files): Content<'_>) -> Changes {
    let mut changes = Changes::default();
    changes.compare("note_text", old_text, new_text);
    changes.compare("note_files", &files::describe(old_files), &files::describe(new_files));
    changes
}
