//! Copies in their folder: names, making, removing old ones.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::{Connection as _, PgConnection, PgPool};

use super::archive::{self, Progress};
use super::dump::{self, Job};
use super::{journal, queries};
use crate::config::Config;
use crate::db;

/// One copy at a time: two would only be in each other's way. Held for as long as its session lives.
const COPYING: i64 = 0x4352_4d17_0000_0001;
/// While a copy holds it no attachment's bytes are removed: the snapshot may still speak of them. Held as [`COPYING`].
const DISPOSING: i64 = 0x4352_4d17_0000_0002;
/// What whoever comes second is told.
const BUSY: &str = "Копия этой базы уже делается. Дождитесь её конца.";
/// Copies made before an upgrade that are kept.
const KEPT_BEFORE_UPGRADE: usize = 3;

/// Why a copy is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Somebody asked for it.
    Manual,
    /// By itself, each night.
    Nightly,
    /// Before new migrations.
    BeforeUpgrade,
    /// Before another copy takes this database's place.
    BeforeRestore,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Manual, Self::Nightly, Self::BeforeUpgrade, Self::BeforeRestore];

    /// The kind with this code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// In file names, manifests and the journal.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Nightly => "nightly",
            Self::BeforeUpgrade => "before-upgrade",
            Self::BeforeRestore => "before-restore",
        }
    }
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Its size.
    pub(crate) bytes: u64,
    /// Rows of all tables.
    pub(crate) rows: u64,
    /// Attachments inside.
    pub(crate) files: u64,
    /// Attachments that the database speaks of and the copy has not: they lie in an object store.
    pub(crate) absent_files: usize,
}

/// What somebody asks of a copy.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// Why.
    pub(crate) kind: Kind,
    /// Where to; by default a new name in `data/backups`.
    pub(crate) out: Option<PathBuf>,
    /// The secret key, when it is to go along.
    pub(crate) secret_key: Option<String>,
}

impl Wanted {
    /// An ordinary copy in the folder of copies.
    pub(super) fn plain(kind: Kind) -> Self {
        Self {
            kind,
            out: None,
            secret_key: None,
        }
    }
}

/// Where copies lie.
pub(crate) fn folder(config: &Config) -> PathBuf {
    config.data_dir.join("backups")
}

/// From here on no attachment's bytes go; waits for those that are going.
pub(super) async fn hold_disposals(conn: &mut PgConnection) -> Result<()> {
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(DISPOSING)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether bytes of attachments may be removed until this transaction ends: no copy is being made, and none begins.
///
/// # Errors
/// The database's.
pub(crate) async fn may_dispose(conn: &mut PgConnection) -> crate::error::Result<bool> {
    Ok(sqlx::query_scalar("SELECT pg_try_advisory_xact_lock_shared($1)")
        .bind(DISPOSING)
        .fetch_one(conn)
        .await?)
}

/// Makes a copy of a database of any version.
///
/// # Errors
/// One sentence; nothing is left behind.
pub(crate) async fn make(
    pool: &PgPool,
    config: &Config,
    wanted: Wanted,
    now: DateTime<Utc>,
    progress: Progress<'_>,
) -> Result<Made> {
    let mut conn = db::owner(pool).await?;
    let made = make_noted(&mut conn, config, wanted, now, progress).await;
    // The lock ends with the session, whatever became of the copy.
    let _ = conn.close().await;
    made
}

/// Takes the right to make copies for as long as the session lives; `false`: somebody else has it.
pub(super) async fn take_turn(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
        .bind(COPYING)
        .fetch_one(conn)
        .await
}

/// Writes down in the journal that copies which seem to run have been broken off, when nobody makes any.
pub(super) async fn notice_broken(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    if !queries::has_running(conn).await? {
        return Ok(());
    }
    let mut tx = conn.begin().await?;
    let is_free: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
        .bind(COPYING)
        .fetch_one(&mut *tx)
        .await?;
    if is_free {
        queries::break_off(&mut tx, journal::BROKEN_OFF, now).await?;
    }
    tx.commit().await
}

async fn make_noted(
    conn: &mut PgConnection,
    config: &Config,
    wanted: Wanted,
    now: DateTime<Utc>,
    progress: Progress<'_>,
) -> Result<Made> {
    ensure!(take_turn(conn).await?, BUSY);
    let began = Instant::now();
    let entry = journal::begin(conn, wanted.kind, None, now).await?;
    let made = make_by(conn, config, wanted, now, progress).await;
    journal::end(conn, entry, &made, "", now + began.elapsed()).await;
    made
}

/// Makes a copy without a word to the journal.
pub(super) async fn make_by(
    conn: &mut PgConnection,
    config: &Config,
    wanted: Wanted,
    now: DateTime<Utc>,
    progress: Progress<'_>,
) -> Result<Made> {
    ensure!(take_turn(conn).await?, BUSY);
    hold_disposals(conn).await?;
    let target = if let Some(out) = wanted.out {
        std::path::absolute(out)?
    } else {
        let folder = make_folder(config)?;
        clear_drafts(&folder);
        free_name(&folder, wanted.kind, now)
    };
    check_room(conn, config, &target).await?;
    let job = Job {
        target: target.clone(),
        kind: wanted.kind.code(),
        files: config.data_dir.join("files"),
        secret_key: wanted.secret_key,
        moment: now,
    };
    let (manifest, bytes) = dump::dump(conn, job, progress).await.context("Копия не сделана")?;
    Ok(Made {
        path: target,
        bytes,
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        files: manifest.files,
        absent_files: manifest.absent_files.len(),
    })
}

pub(super) async fn make_before_restore(
    conn: &mut PgConnection,
    config: &Config,
    now: DateTime<Utc>,
) -> Result<PathBuf> {
    let made = make_by(conn, config, Wanted::plain(Kind::BeforeRestore), now, &|_, _| ()).await;
    Ok(made
        .context("Прежние данные не сохранены, поэтому ничего не заменено")?
        .path)
}

/// Brings the database to this version; one in which somebody has worked is copied first.
///
/// # Errors
/// One sentence: a restore is unfinished, the copy failed, the migration failed.
pub(crate) async fn upgrade(pool: &PgPool, config: &Config, now: DateTime<Utc>) -> Result<()> {
    super::restore::check_finished(config)?;
    if config.backup_before_migrate && db::is_behind(pool).await? {
        let mut conn = db::owner(pool).await?;
        if queries::has_data(&mut conn).await? {
            // Of several starting processes one copies; the others wait, and find nothing left to do.
            sqlx::query("SELECT pg_advisory_lock($1)")
                .bind(COPYING)
                .execute(&mut conn)
                .await?;
            if db::is_behind(pool).await? {
                copy_before_upgrade(&mut conn, config, now).await?;
            }
            db::migrate(pool).await?;
        }
        let _ = conn.close().await;
    }
    db::migrate(pool).await
}

async fn copy_before_upgrade(conn: &mut PgConnection, config: &Config, now: DateTime<Utc>) -> Result<()> {
    tracing::info!("the database is copied before it is migrated");
    let made = make_noted(conn, config, Wanted::plain(Kind::BeforeUpgrade), now, &|_, _| ())
        .await
        .context(
            "База не обновлена: не удалось сделать её копию (без копии обновляет CRM_BACKUP_BEFORE_MIGRATE=off)",
        )?;
    tracing::info!(file = %made.path.display(), bytes = made.bytes, "the copy is made");
    prune(&folder(config), Kind::BeforeUpgrade, KEPT_BEFORE_UPGRADE)?;
    Ok(())
}

/// Reads an archive and compares its sums; answers rows, attachments and the moment of the copy. Blocks.
///
/// # Errors
/// One sentence: what is wrong with the file.
pub(crate) fn verify(file: &Path, progress: Progress<'_>) -> Result<(u64, u64, DateTime<Utc>)> {
    let manifest = archive::verify(file, progress)?;
    let rows = manifest.tables.iter().map(|table| table.rows).sum();
    Ok((rows, manifest.files, manifest.created_at))
}

/// Removes all copies of a kind but the newest; answers how many.
pub(crate) fn prune(folder: &Path, kind: Kind, keep: usize) -> Result<usize> {
    let mut found: Vec<_> = fs::read_dir(folder)?
        .flatten()
        .filter_map(|entry| {
            let (moment, of) = read_name(entry.file_name().to_str()?)?;
            (of == kind).then(|| (moment, entry.path()))
        })
        .collect();
    found.sort();
    let old = found.len().saturating_sub(keep.max(1));
    for (_, path) in &found[..old] {
        fs::remove_file(path).with_context(|| format!("{}: не удаляется", path.display()))?;
    }
    Ok(old)
}

/// `proficrm-20261125T120501Z-manual.tar`
fn free_name(folder: &Path, kind: Kind, now: DateTime<Utc>) -> PathBuf {
    let name = format!("proficrm-{}Z-{}", now.format("%Y%m%dT%H%M%S"), kind.code());
    let numbered = (2..).map(|number| folder.join(format!("{name}.{number}.tar")));
    let mut names = std::iter::once(folder.join(format!("{name}.tar"))).chain(numbered);
    names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

/// The moment and the kind of a copy with a name of ours.
pub(super) fn read_name(name: &str) -> Option<(DateTime<Utc>, Kind)> {
    let rest = name.strip_prefix("proficrm-")?.strip_suffix(".tar")?;
    let (moment, kind) = rest.split_once("Z-")?;
    let kind = kind.split('.').next()?;
    let moment = NaiveDateTime::parse_from_str(moment, "%Y%m%dT%H%M%S").ok()?;
    Some((moment.and_utc(), Kind::from_code(kind)?))
}

fn make_folder(config: &Config) -> Result<PathBuf> {
    let folder = folder(config);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.with_context(|| format!("{}: папка не создаётся", folder.display()))?;
    Ok(folder)
}

/// What killed processes left half written. The caller has the turn, so nobody is writing one.
fn clear_drafts(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(b".proficrm-") && name.ends_with(b".partial") {
            // It only takes room; the next copy tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Text packs to less than a third of what its tables take on the disk.
async fn check_room(conn: &mut PgConnection, config: &Config, target: &Path) -> Result<()> {
    let database: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
        .fetch_one(conn)
        .await?;
    let files = dump::size_of(&config.data_dir.join("files"))?;
    let needed = database.unsigned_abs() / 3 + files;
    let folder = target.parent().unwrap_or(Path::new("/"));
    let disk = rustix::fs::statvfs(folder).with_context(|| format!("{}: нет такой папки", folder.display()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    ensure!(
        free > needed,
        "Для копии нужно около {} МБ, а на диске с папкой {} свободно {} МБ.",
        needed >> 20,
        folder.display(),
        free >> 20
    );
    Ok(())
}
