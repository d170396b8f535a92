//! What administrators do with background work.

use uuid::Uuid;

use crate::app::{App, Work};
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::jobs::{self, Dead, Scheduled};
use crate::policy::{Action, Actor, Ties, check};

/// Given up jobs on the page.
const SHOWN: i64 = 100;

/// How background work stands.
pub(super) struct Background {
    /// Periodic works; with how they go in all processes, when these share them.
    pub(super) works: Vec<(Work, Option<Scheduled>)>,
    /// Jobs that wait, and jobs that are being done.
    pub(super) queued: (i64, i64),
    /// Jobs that were given up.
    pub(super) dead: Vec<Dead>,
}

/// How background work stands.
pub(super) async fn overview(app: &App, actor: &Actor) -> Result<Background> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let mut schedule = jobs::schedule(&mut conn).await?;
    let works = app.works.list().into_iter();
    Ok(Background {
        works: works
            .map(|work| {
                let scheduled = schedule.remove(work.name).filter(|_| work.is_shared);
                (work, scheduled)
            })
            .collect(),
        queued: jobs::waiting(&mut conn).await?,
        dead: jobs::dead(&mut conn, SHOWN).await?,
    })
}

/// A periodic work will be done at once; answers its label and whether it was not wanted already.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn run(app: &App, actor: &Actor, name: &str) -> Result<(&'static str, bool)> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let works = app.works.list();
    let work = works.iter().find(|work| work.name == name).ok_or(Error::NotFound)?;
    let mut tx = app.begin().await?;
    let is_new = jobs::run_now(&mut tx, work.name, app.now()).await?;
    if is_new {
        let message = format!("Запущена вручную работа «{}»", work.label);
        audit::record(&mut tx, actor, Event::new("run_work", "job", work.name, message)).await?;
    }
    tx.commit().await?;
    Ok((work.label, is_new))
}

/// A given up job is tried again.
///
/// # Errors
/// [`Error::NotFound`], also when the same wish waits already.
pub(super) async fn retry(app: &App, actor: &Actor, id: Uuid) -> Result<()> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut tx = app.begin().await?;
    let kind = jobs::again(&mut tx, id, app.now()).await?.ok_or(Error::NotFound)?;
    let message = format!("Задание «{kind}» отправлено на повтор");
    audit::record(&mut tx, actor, Event::new("retry_job", "job", id, message)).await?;
    tx.commit().await?;
    Ok(())
}

/// A given up job goes away undone.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn remove(app: &App, actor: &Actor, id: Uuid) -> Result<()> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut tx = app.begin().await?;
    let kind = jobs::forget(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let message = format!("Задание «{kind}» снято невыполненным");
    audit::record(&mut tx, actor, Event::new("remove_job", "job", id, message)).await?;
    tx.commit().await?;
    Ok(())
}
