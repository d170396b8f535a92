//! Files whose columns somebody has yet to explain, and what was said of earlier ones.

use chrono::{DateTime, TimeDelta, Utc};

use super::options::{ImportOptions, Mapping, OnKnown};
use super::queries;
use super::reading::{Column, Peek, by_code};
use super::run::{self, Started};
use crate::app::App;
use crate::error::{Error, Result};
use crate::files;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::DraftId;

/// So long a file waits.
const KEPT: TimeDelta = TimeDelta::days(1);

const GONE: &str = "Файл больше не хранится: он ждал дольше суток. Загрузите его ещё раз.";
const UNCHOSEN: &str = "Укажите столбец с названием компании, её ИНН или именем контакта: без них загружать нечего.";
const FOREIGN: &str = "Такого значения нет в списке.";

/// A file that waits.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) id: DraftId,
    pub(super) created_by: i64,
    pub(super) file_key: String,
    pub(super) due_at: DateTime<Utc>,
    pub(super) columns: Vec<Column>,
    /// What was chosen at the upload.
    pub(super) options: ImportOptions,
    pub(super) fingerprint: String,
}

/// What was said of a file with a certain heading.
#[derive(Clone, Debug)]
pub(super) struct Preset {
    pub(super) fingerprint: String,
    pub(super) options: ImportOptions,
    /// «Имя Фамилия»; empty: not known any more.
    pub(super) saved_by: String,
    pub(super) saved_at: DateTime<Utc>,
}

/// What became of a file that arrived.
pub(super) enum Received {
    /// It is being imported.
    Begun(Box<Started>),
    /// It waits for an explanation.
    Waits(DraftId),
}

/// Takes a file: what is known begins at once, the rest waits. `wants_columns`: it is to wait in any case.
pub(super) async fn receive(
    app: &App,
    actor: &Actor,
    bytes: Vec<u8>,
    options: ImportOptions,
    wants_columns: bool,
) -> Result<Received> {
    check(actor, Action::ImportBase, Ties::default())?;
    let Some(user) = actor.user else {
        return Err(Error::Denied(Action::ImportBase));
    };
    let looked = tokio::task::spawn_blocking(move || (Peek::of(&bytes), bytes)).await;
    let (peek, bytes) = looked.map_err(anyhow::Error::from)?;
    let peek = peek.map_err(|sentence| Error::field("file", sentence))?;
    let mut conn = app.db.acquire().await?;
    let is_explained = queries::preset(&mut conn, &peek.fingerprint).await?.is_some();
    if peek.is_known && !wants_columns && !is_explained {
        drop(conn);
        let started = run::begin(app, actor, bytes, options).await?;
        return Ok(Received::Begun(Box::new(started)));
    }
    queries::forget_drafts(&mut conn, app.now()).await?;
    drop(conn);
    let due_at = app.now() + KEPT;
    let file_key = files::hold_bytes(app, &bytes, due_at).await?;
    let on_known = match options.on_known {
        // Not amoCRM speaking again: what an import wrote before need not have come from here.
        OnKnown::Follow if !peek.is_known => OnKnown::Fill,
        chosen => chosen,
    };
    let draft = Draft {
        id: DraftId::new(),
        created_by: user.0,
        file_key,
        due_at,
        columns: peek.columns,
        options: ImportOptions { on_known, ..options },
        fingerprint: peek.fingerprint,
    };
    queries::add_draft(&mut *app.db.acquire().await?, &draft).await?;
    Ok(Received::Waits(draft.id))
}

/// A file that waits, and what was said of an earlier one of its kind.
pub(super) async fn find(app: &App, actor: &Actor, id: DraftId) -> Result<(Draft, Option<Preset>)> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let draft = queries::draft(&mut conn, id, app.now()).await?.ok_or(Error::NotFound)?;
    let preset = queries::preset(&mut conn, &draft.fingerprint).await?;
    Ok((draft, preset))
}

/// Begins with a file as it was explained. `remembers`: files with this heading are explained by it from now on.
///
/// # Errors
/// [`Error::Invalid`] when the explanation will not do; the file goes on waiting.
pub(super) async fn begin(
    app: &App,
    actor: &Actor,
    id: DraftId,
    options: ImportOptions,
    remembers: bool,
) -> Result<Started> {
    check(actor, Action::ImportBase, Ties::default())?;
    options
        .mapping
        .as_ref()
        .map_or(Err(Error::field("column", UNCHOSEN)), explains)?;
    let mut conn = app.db.acquire().await?;
    // Whoever takes the row begins: a form sent twice makes one import.
    let draft = queries::take_draft(&mut conn, id, app.now())
        .await?
        .ok_or(Error::NotFound)?;
    drop(conn);
    let begun = begin_taken(app, actor, &draft, options.clone()).await;
    let mut conn = app.db.acquire().await?;
    if begun.is_err() {
        queries::add_draft(&mut conn, &draft).await?;
        return begun;
    }
    // Its bytes are of no use any more.
    files::hold_until(&mut conn, &draft.file_key, app.now()).await?;
    if remembers {
        queries::save_preset(&mut conn, &draft.fingerprint, &options, actor.user, app.now()).await?;
    }
    begun
}

async fn begin_taken(app: &App, actor: &Actor, draft: &Draft, options: ImportOptions) -> Result<Started> {
    let bytes = files::held_bytes(app, &draft.file_key).await?;
    let bytes = bytes.ok_or_else(|| Error::field("column", GONE))?;
    run::begin(app, actor, bytes, options)
        .await
        .map_err(|error| match error {
            Error::Invalid(errors) => Error::field("column", errors.get("file").to_owned()),
            error => error,
        })
}

/// Whether enough is said.
fn explains(mapping: &Mapping) -> Result<()> {
    let filled = || mapping.columns.iter().filter(|code| !code.is_empty());
    if filled().any(|code| by_code(code).is_none()) {
        return Err(Error::field("column", FOREIGN));
    }
    let names = [
        "company.name",
        "company.inn",
        "contact.full_name",
        "contact.first_name",
        "contact.last_name",
    ];
    if filled().any(|code| names.contains(&code.as_str())) {
        Ok(())
    } else {
        Err(Error::field("column", UNCHOSEN))
    }
}

/// What was said of files, the newest first.
pub(super) async fn presets(app: &App, actor: &Actor) -> Result<Vec<Preset>> {
    check(actor, Action::ImportBase, Ties::default())?;
    Ok(queries::presets(&mut *app.db.acquire().await?).await?)
}

/// Forgets what was said of files with this heading.
pub(super) async fn forget_preset(app: &App, actor: &Actor, fingerprint: &str) -> Result<()> {
    check(actor, Action::ImportBase, Ties::default())?;
    if queries::forget_preset(&mut *app.db.acquire().await?, fingerprint).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
