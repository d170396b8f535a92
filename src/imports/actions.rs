//! What people do with imports.

use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Import, ImportSummary, ReportLine, State, UndoState};
use super::options::ImportOptions;
use super::queries::{self, Only};
use super::run::{self, FILE_KEPT, Progress, Started};
use super::undo::{Line, Undoing, Verdict};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::files;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::ImportId;

/// How many past imports the list shows.
const LISTED: i64 = 30;
/// How long a command waits for a database that has gone, and looks whether it is back so often.
const PATIENCE: u32 = 120;
const LOOK: Duration = Duration::from_secs(1);

/// Opens a file and enters its import, to be worked on in the background.
pub(crate) async fn begin(app: &App, actor: &Actor, bytes: Vec<u8>, options: ImportOptions) -> Result<Started> {
    run::begin(app, actor, bytes, options).await
}

/// Imports a file from beginning to end. When the database goes away meanwhile, waits and goes on.
pub(crate) async fn run(
    app: &App,
    actor: &Actor,
    bytes: Vec<u8>,
    options: ImportOptions,
    progress: Progress<'_>,
) -> Result<ImportSummary> {
    let mut started = begin(app, actor, bytes, options).await?;
    let id = started.id();
    loop {
        let gone = match started.work(app, progress).await {
            Err(Error::Unavailable(cause)) => Error::Unavailable(cause),
            ended => return ended,
        };
        started = match take_up_again(app, id).await {
            Ok(Some(started)) => started,
            Ok(None) => return Ok(find(app, actor, id).await?.summary),
            Err(_) => return Err(gone),
        };
    }
}

/// `None`: another process has brought it to its end.
async fn take_up_again(app: &App, id: ImportId) -> Result<Option<Started>> {
    for _ in 0..PATIENCE {
        tokio::time::sleep(LOOK).await;
        match run::take_up(app, id).await {
            Ok(Some(started)) => return Ok(Some(started)),
            Ok(None) if find(app, &Actor::system(), id).await?.state != State::Running => return Ok(None),
            Ok(None) | Err(Error::Unavailable(_)) => (),
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unavailable("the database does not come back".to_owned()))
}

/// Goes on with whatever nobody has in hands: its process has died, or a person has let it go on.
pub(crate) async fn go_on(app: &App) -> Result<()> {
    let orphans = queries::orphans(&mut *app.db.acquire().await?).await?;
    for (id, is_undo) in orphans {
        if is_undo {
            undo_in_background(app, id).await?;
        } else if let Some(started) = run::take_up(app, id).await? {
            in_background(app, started);
        }
    }
    Ok(())
}

/// Leaves an import to work on its own.
pub(super) fn in_background(app: &App, started: Started) {
    let app = app.clone();
    tokio::spawn(async move {
        let id = started.id();
        if let Err(error) = started.work(&app, &|_, _| ()).await {
            tracing::error!(%id, cause = format!("{error:#}"), "an import broke off");
        }
    });
}

/// Begins to load a file that was checked. Answers the run.
///
/// # Errors
/// [`Error::Invalid`] at `file` when that is gone.
pub(super) async fn start(app: &App, actor: &Actor, preview: ImportId) -> Result<ImportId> {
    match run::from_preview(app, actor, preview).await? {
        Ok(started) => {
            let id = started.id();
            in_background(app, started);
            Ok(id)
        }
        Err(id) => Ok(id),
    }
}

/// Lets a run stand still after the chunk that it is at.
pub(super) async fn pause(app: &App, actor: &Actor, id: ImportId) -> Result<()> {
    let import = find(app, actor, id).await?;
    if import.is_dry_run {
        return Err(Error::Conflict("Проверку нельзя приостановить, только остановить."));
    }
    let mut tx = app.begin().await?;
    if queries::wish(&mut tx, id, "pause").await? {
        let message = format!("Загрузка файла «{}»: нажата пауза", import.file_name);
        audit::record(&mut tx, actor, Event::new("import", "import", id, message)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Lets a paused run go on.
///
/// # Errors
/// [`Error::Invalid`] at `file` when that is gone.
pub(super) async fn resume(app: &App, actor: &Actor, id: ImportId) -> Result<()> {
    let import = find(app, actor, id).await?;
    let mut tx = app.begin().await?;
    if !queries::release(&mut tx, id, "").await? {
        return Ok(());
    }
    let until = app.now() + FILE_KEPT;
    match queries::file_key(&mut tx, id).await? {
        Some(key) if files::hold_until(&mut tx, &key, until).await? => {
            queries::keep_file(&mut tx, &key, until).await?;
        }
        _ => return Err(Error::field("file", run::GONE)),
    }
    let message = format!("Загрузка файла «{}» продолжена", import.file_name);
    audit::record(&mut tx, actor, Event::new("import", "import", id, message)).await?;
    tx.commit().await?;
    if let Some(started) = run::take_up(app, id).await? {
        in_background(app, started);
    }
    Ok(())
}

/// Ends a run before its end: what it has written stays.
pub(super) async fn stop(app: &App, actor: &Actor, id: ImportId) -> Result<()> {
    let import = find(app, actor, id).await?;
    let mut tx = app.begin().await?;
    let was_paused = queries::release(&mut tx, id, "stop").await?;
    if !was_paused && !queries::wish(&mut tx, id, "stop").await? {
        return Ok(());
    }
    let message = format!("Загрузка файла «{}»: нажата остановка", import.file_name);
    audit::record(&mut tx, actor, Event::new("import", "import", id, message)).await?;
    tx.commit().await?;
    if was_paused && let Some(started) = run::take_up(app, id).await? {
        started.work(app, &|_, _| ()).await?;
    }
    Ok(())
}

/// Finds out what undoing would do, or does it.
///
/// # Errors
/// [`Error::Conflict`] when it cannot be undone, or no more.
pub(super) async fn undo(app: &App, actor: &Actor, id: ImportId, is_real: bool) -> Result<()> {
    find(app, actor, id).await?;
    let state = if is_real {
        UndoState::Running
    } else {
        UndoState::Checking
    };
    let mut tx = app.begin().await?;
    if !queries::begin_undo(&mut tx, id, state, (actor, app.now())).await? {
        return Err(Error::Conflict(
            "Эту загрузку сейчас нельзя отменить: она ещё идёт, уже отменена или с неё прошло больше 30 дней.",
        ));
    }
    tx.commit().await?;
    undo_in_background(app, id).await
}

async fn undo_in_background(app: &App, id: ImportId) -> Result<()> {
    let Some(undoing) = Undoing::take_up(app, id).await? else {
        return Ok(());
    };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = undoing.work(&app).await {
            tracing::error!(%id, cause = format!("{error:#}"), "the undoing of an import broke off");
        }
    });
    Ok(())
}

/// How far an undoing is: records in all, and how many each verdict has.
pub(super) async fn undo_counts(app: &App, actor: &Actor, id: ImportId) -> Result<(i64, Vec<(Verdict, i64)>)> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let total = queries::undo_total(&mut conn, id).await?;
    Ok((total, queries::undo_counts(&mut conn, id).await?))
}

/// Lines of an undoing, see [`queries::undo_lines`].
pub(super) async fn undo_lines(
    app: &App,
    actor: &Actor,
    id: ImportId,
    verdict: Option<Verdict>,
    (from, is_backward, limit): (i32, bool, i64),
) -> Result<Vec<(i32, Line)>> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::undo_lines(&mut conn, id, verdict, (from, is_backward), limit).await?)
}

/// Forgets what is not needed any more: former values after thirty days, old checks with their reports, paused runs
/// whose file is gone.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let mut tx = app.begin().await?;
    queries::forget_old(&mut tx, app.now(), app.now() - run::UNDOABLE).await?;
    tx.commit().await?;
    Ok(())
}

/// Erases what reports say of the rows of the file that made or changed these records, what is remembered of their
/// former values, and the files that spoke of them. Answers how many lines it was.
pub(crate) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Result<u64> {
    let keys = queries::let_files_of(conn, records).await?;
    files::dispose_at_once(conn, &keys).await?;
    Ok(queries::erase(conn, records).await?)
}

/// Whether an import is writing into the base just now.
pub(crate) async fn is_running(app: &App, conn: &mut PgConnection) -> Result<bool> {
    run::bury_dead(app, conn).await?;
    Ok(queries::is_running(conn).await?)
}

/// The newest imports.
pub(super) async fn list(app: &App, actor: &Actor) -> Result<Vec<Import>> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    run::bury_dead(app, &mut conn).await?;
    Ok(queries::imports(&mut conn, None, LISTED).await?)
}

/// One import.
pub(super) async fn find(app: &App, actor: &Actor, id: ImportId) -> Result<Import> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    queries::imports(&mut conn, Some(id), 1)
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// Lines of an import's report, see [`queries::lines`].
pub(super) async fn lines(
    app: &App,
    actor: &Actor,
    id: ImportId,
    only: Only,
    (from, is_backward, limit): (i32, bool, i64),
) -> Result<Vec<ReportLine>> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::lines(&mut conn, id, only, (from, is_backward), limit).await?)
}
