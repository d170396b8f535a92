//! Bringing a copy back: checked first, then everything of the database in one transaction.
//!
//! A killed restore leaves the database as it was, or as it shall be; a mark in the data folder keeps the program from
//! serving until the restore has been run again.

mod fill;
mod schema;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, PgPool};

use super::archive::{self, Manifest, Progress};
use super::{copies, queries};
use crate::accounts;
use crate::audit::{self, Event};
use crate::config::Config;
use crate::db;
use crate::policy::Actor;

const MARK: &str = "restore.unfinished";

/// What was brought back.
pub(crate) struct Restored {
    /// Rows of all tables.
    pub(crate) rows: u64,
    /// Attachments.
    pub(crate) files: u64,
    /// The moment of the copy.
    pub(crate) made_at: DateTime<Utc>,
    /// The copy of what was there before.
    pub(crate) before: Option<PathBuf>,
    /// Whether the key came along.
    pub(crate) has_key: bool,
}

/// Refuses while a restore of this data folder is unfinished.
///
/// # Errors
/// One sentence that says what to do.
pub(crate) fn check_finished(config: &Config) -> Result<()> {
    let mark = config.data_dir.join(MARK);
    let Ok(file) = fs::read_to_string(&mark) else {
        return Ok(());
    };
    bail!(
        "Восстановление из копии {} не закончено: повторите proficrm restore. Если оно не нужно, удалите {}.",
        file.trim(),
        mark.display()
    )
}

/// Brings a copy back into an empty database, or in place of what is there. Closes the pool.
///
/// # Errors
/// One sentence; nothing was changed unless it says so.
pub(crate) async fn restore(
    pool: &PgPool,
    config: &Config,
    (file, is_replacing): (&Path, bool),
    now: DateTime<Utc>,
    progress: Progress<'_>,
) -> Result<Restored> {
    let manifest = archive::verify(file, &|_, _| ())?;
    check_known(&manifest)?;
    let mark = config.data_dir.join(MARK);
    let is_repeated = mark.exists();
    let mut conn = db::owner(pool).await?;
    pool.close().await;
    check_alone(&mut conn).await?;
    let has_data = queries::has_data(&mut conn).await?;
    ensure!(
        !has_data || is_replacing || is_repeated,
        "В базе уже есть данные. Чтобы заменить их копией, добавьте --replace: прежние данные сначала сохранятся в \
         отдельную копию."
    );
    fs::create_dir_all(&config.data_dir)?;
    let before = if has_data && !is_repeated {
        Some(copies::make_before_restore(&mut conn, config, now).await?)
    } else {
        None
    };
    write_whole(&mark, file.display().to_string().as_bytes())?;
    lay_out(file, config, &manifest)?;
    let mut tx = conn.begin().await?;
    schema::clear(&mut tx).await?;
    let rows = fill::fill(&mut tx, file, &manifest, progress).await?;
    settle(&mut tx, file, now).await?;
    tx.commit().await?;
    // The planner knows nothing of new tables.
    sqlx::query("ANALYZE").execute(&mut conn).await?;
    conn.close().await?;
    fs::remove_file(&mark)?;
    Ok(Restored {
        rows,
        files: manifest.files,
        made_at: manifest.created_at,
        before,
        has_key: manifest.has_secret_key,
    })
}

/// Each migration of the copy must be one of ours.
fn check_known(manifest: &Manifest) -> Result<()> {
    let known = db::known_migrations();
    let newest = known.iter().map(|(version, _)| *version).max().unwrap_or_default();
    ensure!(
        manifest.schema <= newest,
        "Копия новее этой программы (в ней есть миграция {}). Возьмите CRM ПРОФИ {} или новее.",
        manifest.schema,
        manifest.program
    );
    for applied in &manifest.migrations {
        let same = known
            .iter()
            .any(|(version, checksum)| *version == applied.version && *checksum == applied.checksum);
        ensure!(
            same,
            "Миграция {} в копии отличается от той, что в программе: копия и программа из разных сборок.",
            applied.version
        );
    }
    Ok(())
}

/// Somebody who works with the database meanwhile would see it vanish.
async fn check_alone(conn: &mut PgConnection) -> Result<()> {
    let mut others: i64 = 0;
    // A session that has just been closed is seen for another moment.
    for _ in 0..20 {
        others = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
        )
        .fetch_one(&mut *conn)
        .await?;
        if others == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    ensure!(
        others == 0,
        "С базой работает кто-то ещё (соединений: {others}). Остановите сервер и повторите."
    );
    Ok(())
}

/// Attachments and the key. Keys of attachments are random, so none takes another's place.
fn lay_out(file: &Path, config: &Config, manifest: &Manifest) -> Result<()> {
    let disk = rustix::fs::statvfs(&config.data_dir)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    ensure!(
        free > manifest.file_bytes,
        "Для файлов копии не хватает места: нужно {} МБ.",
        manifest.file_bytes >> 20
    );
    archive::walk(file, &|_, _| (), |path, data| {
        if path.starts_with(archive::FILES) {
            let target = config.data_dir.join(path);
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut bytes = Vec::new();
            data.read_to_end(&mut bytes)?;
            write_whole(&target, &bytes)
        } else if path == archive::KEY && config.secret_key.is_none() {
            let mut key = String::new();
            data.read_to_string(&mut key)?;
            put_key(&config.data_dir, &key)
        } else {
            Ok(())
        }
    })
}

/// The key that was here stays beside it.
fn put_key(folder: &Path, key: &str) -> Result<()> {
    let place = folder.join(archive::KEY);
    let old = fs::read_to_string(&place).unwrap_or_default();
    if !old.is_empty() && old.trim() != key.trim() {
        fs::rename(&place, folder.join("secret.key.before-restore"))?;
    }
    write_whole(&place, key.as_bytes())
}

/// Whole or not at all, for us alone.
fn write_whole(target: &Path, bytes: &[u8]) -> Result<()> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let draft = target.with_file_name(format!(".{name}.partial"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .with_context(|| format!("{}: не записывается", target.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, target)?;
    Ok(())
}

/// A restored copy sends nothing, knows nobody's session, and says where it comes from.
async fn settle(conn: &mut PgConnection, file: &Path, now: DateTime<Utc>) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    queries::become_restored(conn, &name, now).await?;
    // They lie where the copy was made.
    queries::forget(conn).await?;
    accounts::end_all_sessions(conn).await.map_err(anyhow::Error::from)?;
    let event = Event::new("restore", "system", "", format!("База восстановлена из копии «{name}»"));
    audit::record(conn, &Actor::system(), event).await?;
    Ok(())
}
