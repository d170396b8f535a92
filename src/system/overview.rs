//! What the page «Система» shows of the database, the disk and the copies.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::copies::{folder, read_name};
use super::{Copy, Kind, State, queries};
use crate::app::App;
use crate::config::Config;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check};

/// Tables of the list of the biggest.
const TABLES: i64 = 8;
/// Attempts that are looked through, and copies that are shown.
const RECENT: i64 = 60;
/// See [`RECENT`].
const SHOWN: usize = 20;

/// The database's server and its contents.
#[derive(Debug)]
pub(crate) struct DatabaseFacts {
    /// Of the server.
    pub(crate) version: String,
    /// Of this database.
    pub(crate) bytes: i64,
    /// Sessions of all programs.
    pub(crate) connections: i64,
    /// How many the server allows.
    pub(crate) max_connections: i64,
    /// The newest migration.
    pub(crate) schema: i64,
    /// How many were applied.
    pub(crate) migrations: i64,
}

/// One table.
#[derive(Debug)]
pub(crate) struct TableFacts {
    /// In the database.
    pub(crate) name: String,
    /// With its indexes.
    pub(crate) bytes: i64,
    /// As the planner estimates them.
    pub(crate) rows: i64,
}

/// Where this database comes from.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    /// Whether it was brought back and has not been made a working one.
    pub(crate) is_passive: bool,
    /// Of which archive; empty: it has always been here.
    pub(crate) restored_from: String,
    /// When.
    pub(crate) restored_at: Option<DateTime<Utc>>,
}

/// Bytes of a disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk {
    /// For us.
    pub(crate) free: u64,
    /// In all.
    pub(crate) total: u64,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Overview {
    /// The database.
    pub(crate) database: DatabaseFacts,
    /// The biggest first.
    pub(crate) tables: Vec<TableFacts>,
    /// The disk of the data folder; `None`: it does not tell.
    pub(crate) disk: Option<Disk>,
    /// Where the database comes from.
    pub(crate) origin: Origin,
}

/// A copy as it is shown.
#[derive(Debug)]
pub(crate) struct Listed {
    /// What is known of it.
    pub(crate) copy: Copy,
    /// Whether its file lies here.
    pub(crate) is_here: bool,
}

/// Looks at the database and the disk.
///
/// # Errors
/// The database's.
pub(crate) async fn overview(app: &App, actor: &Actor) -> Result<Overview> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(Overview {
        database: queries::database(&mut conn).await?,
        tables: queries::biggest_tables(&mut conn, TABLES).await?,
        disk: disk(&app.config.data_dir),
        origin: queries::origin(&mut conn).await?,
    })
}

/// The newest copies and attempts, with the files that the journal does not know. Copies that were cleared away are left
/// out.
///
/// # Errors
/// The database's.
pub(crate) async fn copies(app: &App, actor: &Actor) -> Result<Vec<Listed>> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let known = queries::recent(&mut conn, RECENT).await?;
    drop(conn);
    let strangers = strangers(&app.config, &known);
    let listed = known.into_iter().chain(strangers).map(|copy| Listed {
        is_here: copy.state == State::Done && copy.path.exists(),
        copy,
    });
    // Another process may keep its copies elsewhere: those of the last days are shown wherever they are.
    let mut shown: Vec<_> = listed
        .filter(|listed| listed.is_here || listed.copy.state != State::Done || is_elsewhere(&listed.copy.path))
        .collect();
    shown.sort_by_key(|listed| std::cmp::Reverse(listed.copy.started_at));
    shown.truncate(SHOWN);
    Ok(shown)
}

/// Whether a path leads to a folder that this machine does not have.
fn is_elsewhere(path: &Path) -> bool {
    path.parent().is_some_and(|folder| !folder.exists())
}

/// Copies in the folder that the journal does not know: made before there was one, or before another was brought back.
fn strangers(config: &Config, known: &[Copy]) -> Vec<Copy> {
    let Ok(entries) = fs::read_dir(folder(config)) else {
        return Vec::new();
    };
    let stranger = |path: PathBuf| {
        let (moment, kind) = read_name(path.file_name()?.to_str()?)?;
        let is_known = known.iter().any(|copy| copy.path == path);
        let bytes = fs::metadata(&path).ok()?.len();
        (!is_known).then(|| found(path, kind, moment, bytes))
    };
    entries.flatten().filter_map(|entry| stranger(entry.path())).collect()
}

fn found(path: PathBuf, kind: Kind, moment: DateTime<Utc>, bytes: u64) -> Copy {
    Copy {
        kind,
        state: State::Done,
        started_at: moment,
        finished_at: None,
        done: 0,
        total: 0,
        path,
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        rows: 0,
        files: 0,
        absent: 0,
        failure: String::new(),
    }
}

/// How copies of a database stand that may be of any version.
#[derive(Debug)]
pub(crate) struct CopyHealth {
    /// When the newest good one was begun.
    pub(crate) copied_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed; `None`: it did not.
    pub(crate) failure: Option<String>,
    /// When the database was made.
    pub(crate) installed_at: Option<DateTime<Utc>>,
    /// Whether there is anything to copy.
    pub(crate) has_data: bool,
}

/// Looks at the journal of copies; `None`: the database is too old to have one.
pub(crate) async fn copy_health(pool: &PgPool) -> Result<Option<CopyHealth>, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    if !queries::exists(&mut conn).await? {
        return Ok(None);
    }
    let last = queries::last(&mut conn).await?;
    Ok(Some(CopyHealth {
        copied_at: queries::newest_good(&mut conn).await?.map(|(at, _)| at),
        failure: last.filter(|copy| copy.state == State::Failed).map(|copy| copy.failure),
        installed_at: queries::installed_at(&mut conn).await?,
        has_data: queries::has_data(&mut conn).await?,
    }))
}

/// The disk that a folder lies on, or would lie on.
pub(crate) fn disk(folder: &Path) -> Option<Disk> {
    let there = folder.ancestors().find(|path| path.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(Disk {
        free: disk.f_bavail.saturating_mul(disk.f_frsize),
        total: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}
