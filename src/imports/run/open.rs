//! How a run comes to be: of a file that has just arrived, of a check, or of a process that has died.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::recall::Recall;
use super::{Started, end};
use crate::app::App;
use crate::error::{Error, Result};
use crate::imports::judge::Judge;
use crate::imports::model::{ImportSummary, KeptFile, NewImport, State};
use crate::imports::names::Names;
use crate::imports::options::ImportOptions;
use crate::imports::people::People;
use crate::imports::queries;
use crate::imports::reading::Table;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{ImportId, UserId};
use crate::{accounts, dictionaries, files};

/// So long a file waits for its run, and a paused run for whoever goes on with it.
pub(in crate::imports) const FILE_KEPT: TimeDelta = TimeDelta::days(7);
/// So often a run is taken up without getting a chunk further.
const MOST_STALLS: i32 = 10;

pub(in crate::imports) const GONE: &str =
    "Файл больше не хранится: он ждал дольше 7 дней или был удалён. Загрузите его ещё раз.";
const DIED: &str = "Загрузка прервалась: программу остановили. Загрузите файл ещё раз, готовые строки не изменятся.";
const NO_DATABASE: &str = "База данных раз за разом не отвечает. Загрузите файл ещё раз: готовые строки не изменятся.";

/// A file that can be read, and what is known of it.
struct Opened {
    table: Table,
    options: ImportOptions,
    sha256: String,
    file: KeptFile,
    preview: Option<ImportId>,
}

/// Keeps the file, opens it and enters the import.
///
/// # Errors
/// [`Error::Invalid`] with a sentence when the file cannot be imported at all.
pub(in crate::imports) async fn begin(
    app: &App,
    actor: &Actor,
    bytes: Vec<u8>,
    options: ImportOptions,
) -> Result<Started> {
    check(actor, Action::ImportBase, Ties::default())?;
    let until = app.now() + FILE_KEPT;
    let key = files::hold_bytes(app, &bytes, until).await?;
    let file = KeptFile {
        key: key.clone(),
        until: Some(until),
    };
    match open(bytes, &options).await {
        Ok((table, sha256)) => {
            let opened = Opened {
                table,
                options,
                sha256,
                file,
                preview: None,
            };
            enter(app, actor, opened).await
        }
        Err(error) => {
            files::dispose_at_once(&mut *app.db.acquire().await?, &[key]).await?;
            Err(error)
        }
    }
}

/// Enters the run of a file that was checked, with the choices of that check. `Err(id)` inside: it has begun already.
///
/// # Errors
/// [`Error::Invalid`] at `file` when that is gone.
pub(in crate::imports) async fn from_preview(
    app: &App,
    actor: &Actor,
    id: ImportId,
) -> Result<Result<Started, ImportId>> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut tx = app.begin().await?;
    let kept = queries::lock_preview(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let known = queries::imports(&mut tx, Some(id), 1).await?;
    if let Some(run) = known.iter().find_map(|import| import.run) {
        return Ok(Err(run));
    }
    let until = app.now() + FILE_KEPT;
    let is_there = !kept.file.key.is_empty() && files::hold_until(&mut tx, &kept.file.key, until).await?;
    let bytes = if is_there {
        files::held_bytes(app, &kept.file.key).await?
    } else {
        None
    };
    let bytes = bytes.ok_or_else(|| Error::field("file", GONE))?;
    queries::keep_file(&mut tx, &kept.file.key, until).await?;
    let options = ImportOptions {
        is_dry_run: false,
        ..read_options(kept.options)?
    };
    let (table, sha256) = open(bytes, &options).await?;
    let opened = Opened {
        table,
        options,
        sha256,
        file: KeptFile {
            key: kept.file.key,
            until: Some(until),
        },
        preview: Some(id),
    };
    let started = enter(app, actor, opened).await?;
    tx.commit().await?;
    Ok(Ok(started))
}

/// Takes up a run that nobody has in hands. `None`: somebody has, or it is not at work, or cannot go on and has ended.
pub(in crate::imports) async fn take_up(app: &App, id: ImportId) -> Result<Option<Started>> {
    let mut conn = session(app).await?;
    if !queries::try_hold(&mut conn, id).await? {
        return Ok(None);
    }
    let Some(kept) = queries::take_up(&mut conn, id).await? else {
        return Ok(None);
    };
    let failure = if kept.file.key.is_empty() {
        DIED
    } else if kept.stalls > MOST_STALLS {
        NO_DATABASE
    } else {
        match go_on(app, conn, kept).await? {
            Some(started) => return Ok(Some(started)),
            None => GONE,
        }
    };
    end::fail(app, id, failure).await?;
    Ok(None)
}

/// `None`: the file is gone.
async fn go_on(app: &App, mut conn: PgConnection, kept: queries::Kept) -> Result<Option<Started>> {
    let Some(bytes) = files::held_bytes(app, &kept.file.key).await? else {
        return Ok(None);
    };
    let options = read_options(kept.options)?;
    let (table, _) = open(bytes, &options).await?;
    let mut summary = kept.summary;
    if options.is_dry_run {
        // What it would have written was in the memory of the process that died.
        queries::begin_anew(&mut conn, summary.id).await?;
        summary = ImportSummary::new(summary.id, summary.rows);
    }
    let recall = Recall::read(&mut conn, &summary).await?;
    let (actor, people) = people(app, kept.started_by).await?;
    let names = Names::new(&dictionaries::all(&mut conn).await?, &accounts::branches(app).await?);
    let judge = Judge::new(actor, &options, people, names);
    tracing::info!(id = %summary.id, rows = summary.judged(), "an import is taken up");
    Ok(Some(Started {
        conn,
        table: Arc::new(table),
        judge,
        options,
        summary,
        begun_at: kept.started_at,
        preview: kept.preview,
        recall,
        wish: kept.wish,
    }))
}

async fn enter(app: &App, actor: &Actor, opened: Opened) -> Result<Started> {
    let Opened {
        table,
        options,
        sha256,
        file,
        preview,
    } = opened;
    let people = People::new(&accounts::users(app, actor).await?);
    let mut conn = session(app).await?;
    let id = ImportId::new();
    queries::hold(&mut conn, id).await?;
    let started_at: DateTime<Utc> = app.now();
    let new = NewImport {
        id,
        started_by: actor.user,
        started_at,
        options: &options,
        rows: table.rows,
        sha256: &sha256,
        file: &file,
        preview,
    };
    queries::insert(&mut conn, &new).await?;
    // Read after the import is entered: a merge of two entries that does not see it yet is one that is seen here.
    let names = Names::new(&dictionaries::all(&mut conn).await?, &accounts::branches(app).await?);
    let judge = Judge::new(*actor, &options, people, names);
    Ok(Started {
        conn,
        summary: ImportSummary::new(id, i64::from(table.rows)),
        table: Arc::new(table),
        judge,
        options,
        begun_at: started_at,
        preview,
        recall: Recall::default(),
        wish: String::new(),
    })
}

/// A session of one's own, which shows by its lock that the import is in somebody's hands.
pub(in crate::imports) async fn session(app: &App) -> Result<PgConnection> {
    let mut conn = app.db.acquire().await?.detach();
    queries::prepare_session(&mut conn).await?;
    queries::bury_dead(&mut conn, DIED, app.now()).await?;
    Ok(conn)
}

/// Reads the heading and counts the rows. Answers the hash of the file, too.
async fn open(bytes: Vec<u8>, options: &ImportOptions) -> Result<(Table, String)> {
    let mapping = options.mapping.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
        Table::open(bytes, mapping.as_ref()).map(|table| (table, sha256))
    });
    let opened = opened.await.map_err(anyhow::Error::from)?;
    opened.map_err(|sentence| Error::field("file", sentence))
}

fn read_options(json: serde_json::Value) -> Result<ImportOptions> {
    Ok(serde_json::from_value(json).map_err(anyhow::Error::from)?)
}

/// Whoever started a run, as its continuation acts, and everybody whom a file may name.
async fn people(app: &App, started_by: Option<UserId>) -> Result<(Actor, People)> {
    let users = accounts::users(app, &Actor::system()).await?;
    let starter = users.iter().find(|user| started_by == Some(user.id));
    let actor = starter.map_or_else(Actor::system, |user| Actor {
        user: Some(user.id),
        role: user.role,
        branch: user.branch,
    });
    Ok((actor, People::new(&users)))
}

/// Ends imports of an earlier version whose process has died, so that nobody waits for them.
pub(in crate::imports) async fn bury_dead(app: &App, conn: &mut PgConnection) -> Result<()> {
    Ok(queries::bury_dead(conn, DIED, app.now()).await?)
}

/// Whether an import that ends so lets its file go.
pub(super) fn lets_file_go(state: State, is_dry_run: bool) -> bool {
    match state {
        State::Running | State::Paused => false,
        State::Done => !is_dry_run,
        State::Stopped | State::Failed => true,
    }
}
