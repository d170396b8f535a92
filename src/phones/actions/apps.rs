//! The app for people's phones: versions come, are offered, and are withdrawn.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, OnConstraint as _, Result};
use crate::files;
use crate::phones::manifest::{self, Manifest};
use crate::phones::model::{MOST_APP_BYTES, Release};
use crate::phones::queries;
use crate::policy::{Action, Actor, Ties, check};
use crate::store::Reading;
use crate::values::text;

/// Until when the bytes of a version that is offered are kept: for as long as it is.
const KEPT: TimeDelta = TimeDelta::days(36_500);
/// How long those of a withdrawn one are, so that it can be brought back.
const WITHDRAWN: TimeDelta = TimeDelta::days(30);
/// How long an address is good that needs no signing in.
const LINK: TimeDelta = TimeDelta::hours(1);
/// Read at once.
const PIECE: usize = 1024 * 1024;
const KNOWN: &str = "Версия с таким номером сборки уже раздаётся. Чтобы заменить её, сначала отзовите её.";
/// The longest manifest that is read.
const LONGEST_MANIFEST: u64 = 1024 * 1024;

/// All versions, the newest first.
///
/// # Errors
/// [`Error::Denied`] for all but administrators.
pub(in crate::phones) async fn releases(app: &App, actor: &Actor) -> Result<Vec<Release>> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::releases(&mut conn).await?)
}

/// The version that is offered; `None`: none is.
///
/// # Errors
/// The database's.
pub(in crate::phones) async fn current(app: &App) -> Result<Option<Release>> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::current_release(&mut conn).await?)
}

/// Takes a version in: what it says of itself is read from it, its bytes go into the store. Once it is the greatest one, it is
/// offered at once.
///
/// # Errors
/// [`Error::Invalid`] at `file`.
pub(in crate::phones) async fn take_in(app: &App, actor: &Actor, mut file: File) -> Result<Release> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let size = file.metadata().map_or(0, |about| about.len());
    if size == 0 {
        return Err(Error::field("file", "Выберите файл приложения."));
    }
    let (found, mut file) = tokio::task::spawn_blocking(move || {
        let found = inspect(&mut file);
        (found, file)
    })
    .await
    .map_err(anyhow::Error::from)?;
    let manifest = found?;
    // Told before the bytes are written; the table decides when two come at once.
    let known = queries::releases(&mut *app.db.acquire().await?).await?;
    refuse_known(&known, &manifest)?;
    file.rewind().map_err(anyhow::Error::from)?;
    let (key, sha256) = store(app, file).await?;
    let release = Release {
        id: Uuid::now_v7(),
        version_code: manifest.version_code,
        version_name: manifest.version_name,
        package: manifest.package,
        key,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        sha256,
        uploaded_by: None,
        uploaded_at: app.now(),
        withdrawn_at: None,
    };
    let mut tx = app.begin().await?;
    let inserted = queries::insert_release(&mut tx, actor.user, &release).await;
    inserted.on_constraint("app_releases_version_code_key", "file", KNOWN)?;
    files::hold_until(&mut tx, &release.key, app.now() + KEPT).await?;
    let message = format!("Загрузил приложение {}, {}", release.title(), text::size(release.size));
    let event = Event::new("upload", "app_release", release.id, message);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(release)
}

/// # Errors
/// [`Error::Invalid`] when phones would not take this version over those that are offered.
fn refuse_known(known: &[Release], manifest: &Manifest) -> Result<()> {
    for release in known.iter().filter(|release| release.withdrawn_at.is_none()) {
        if release.version_code == manifest.version_code {
            return Err(Error::field("file", KNOWN));
        }
        if release.package != manifest.package {
            let (new, old) = (&manifest.package, &release.package);
            let sentence = format!(
                "Это другое приложение: {new}, а сейчас раздаётся {old}. Оно не обновит прежнее на телефонах, а встанет \
                 рядом. Если так и нужно, сначала отзовите прежнее."
            );
            return Err(Error::field("file", sentence));
        }
    }
    Ok(())
}

/// Looks into the file: an app has a manifest and code.
fn inspect(file: &mut File) -> Result<Manifest> {
    let refused = |why: &str| Error::field("file", format!("Файл не принят: {why}."));
    let unreadable = "это не приложение Android (APK) или он повреждён";
    let mut archive = zip::ZipArchive::new(file).map_err(|_| refused(unreadable))?;
    if archive.by_name("classes.dex").is_err() {
        return Err(refused(unreadable));
    }
    let mut bytes = Vec::new();
    let entry = archive
        .by_name("AndroidManifest.xml")
        .map_err(|_| refused(unreadable))?;
    entry
        .take(LONGEST_MANIFEST)
        .read_to_end(&mut bytes)
        .map_err(|_| refused(unreadable))?;
    manifest::read(&bytes).ok_or_else(|| refused("в нём не читается номер версии"))
}

/// Puts the bytes into the store, piece by piece; answers their key and their sum.
async fn store(app: &App, file: File) -> Result<(String, String)> {
    use tokio::io::AsyncReadExt as _;
    let mut file = tokio::fs::File::from_std(file);
    let mut holding = files::Holding::begin(app, app.now() + TimeDelta::days(1)).await?;
    let (mut piece, mut sum) = (vec![0; PIECE], Sha256::new());
    loop {
        let read = file.read(&mut piece).await.map_err(anyhow::Error::from)?;
        if read == 0 {
            break;
        }
        sum.update(&piece[..read]);
        holding.write(&piece[..read]).await?;
    }
    Ok((holding.finish().await?, hex::encode(sum.finalize())))
}

/// Nobody gets this version any more. Twice is once.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::phones) async fn withdraw(app: &App, actor: &Actor, id: Uuid) -> Result<Release> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut tx = app.begin().await?;
    let release = queries::lock_release(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if release.withdrawn_at.is_some() {
        return Ok(release);
    }
    queries::set_withdrawn(&mut tx, id, Some(app.now())).await?;
    files::hold_until(&mut tx, &release.key, app.now() + WITHDRAWN).await?;
    let message = format!("Отозвал приложение {}", release.title());
    audit::record(&mut tx, actor, Event::new("withdraw", "app_release", id, message)).await?;
    tx.commit().await?;
    Ok(release)
}

/// A withdrawn version is offered again, while its bytes are there.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when its bytes are gone or the same version came anew.
pub(in crate::phones) async fn bring_back(app: &App, actor: &Actor, id: Uuid) -> Result<Release> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut tx = app.begin().await?;
    let release = queries::lock_release(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if release.withdrawn_at.is_none() {
        return Ok(release);
    }
    if !files::hold_until(&mut tx, &release.key, app.now() + KEPT).await? {
        return Err(Error::Conflict("Файл этой версии уже удалён: загрузите его заново."));
    }
    let done = queries::set_withdrawn(&mut tx, id, None).await;
    done.on_constraint("app_releases_version_code_key", "", KNOWN)?;
    let message = format!("Вернул приложение {}", release.title());
    audit::record(&mut tx, actor, Event::new("restore", "app_release", id, message)).await?;
    tx.commit().await?;
    Ok(release)
}

/// A version that is offered, and its bytes; for whoever has signed in.
///
/// # Errors
/// [`Error::NotFound`], also for a withdrawn one.
pub(in crate::phones) async fn open_release(app: &App, id: Uuid) -> Result<(Release, Reading)> {
    let mut conn = app.db.acquire().await?;
    let release = queries::release(&mut conn, id).await?;
    let release = release
        .filter(|release| release.withdrawn_at.is_none())
        .ok_or(Error::NotFound)?;
    drop(conn);
    let Some(reading) = app.files.read(&release.key).await? else {
        tracing::error!(%id, "the bytes of an app are not in the store");
        return Err(Error::NotFound);
    };
    Ok((release, reading))
}

/// What stands in an address that needs no signing in: which version, until when, and our seal on both.
pub(in crate::phones) fn link(app: &App, release: &Release) -> String {
    let until = (app.now() + LINK).timestamp();
    let seal = hex::encode(seal(app, release.id, until).finalize().into_bytes());
    format!("{}.{until}.{seal}", release.id.simple())
}

/// The version that a link means.
///
/// # Errors
/// [`Error::NotFound`] for whatever is wrong with it.
pub(in crate::phones) fn read_link(app: &App, link: &str) -> Result<Uuid> {
    let mut parts = link.split('.');
    let mut next = || parts.next().ok_or(Error::NotFound);
    let (id, until, sealed) = (next()?, next()?, next()?);
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let until: i64 = until.parse().map_err(|_| Error::NotFound)?;
    let sealed = hex::decode(sealed).map_err(|_| Error::NotFound)?;
    let is_ours = seal(app, id, until).verify_slice(&sealed).is_ok();
    let is_late = DateTime::from_timestamp(until, 0).is_none_or(|until: DateTime<Utc>| until <= app.now());
    if is_ours && !is_late {
        Ok(id)
    } else {
        Err(Error::NotFound)
    }
}

fn seal(app: &App, id: Uuid, until: i64) -> Hmac<Sha256> {
    let key = app.secret_key.expose_secret().as_bytes();
    let mut seal = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!());
    seal.update(format!("app {} {until}", id.simple()).as_bytes());
    seal
}

/// The most bytes that an app may have, for people.
pub(in crate::phones) fn most_app_bytes() -> String {
    format!("{} МБ", MOST_APP_BYTES / (1024 * 1024))
}
