//! Checking a file, and bringing its tasks in.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;
use sqlx::PgConnection;
use uuid::Uuid;

use super::judge::{self, Known};
use super::model::{Doer, Import, Options, Report};
use super::{paths, queries, reading};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::tasks;
use crate::values::text;

/// Where the tasks come from.
const SOURCE: &str = "amo_ics";
/// So many tasks are written by one statement.
const CHUNK: usize = 500;
/// A file, and what came of it, is forgotten when another one comes after this.
const KEPT: TimeDelta = TimeDelta::days(7);

fn admit(actor: &Actor) -> Result<()> {
    check(actor, Action::ImportBase, Ties::default())
}

/// Whoever asks gets what belongs to nobody; `zone` is that of their calendar.
fn doer(actor: &Actor, zone: Tz) -> Result<Doer> {
    let id = actor.user.ok_or(Error::NotFound)?;
    Ok(Doer { id, zone })
}

/// Reads a file and keeps what it says until somebody has looked at it; answers where that is.
///
/// # Errors
/// [`Error::Invalid`] at `file`.
pub(super) async fn receive(
    app: &App,
    actor: &Actor,
    (file_name, bytes): (String, &[u8]),
    options: Options,
) -> Result<String> {
    const NO_CALENDAR: &str = "Это не файл календаря. Нужен файл .ics, как его выгружает amoCRM.";
    admit(actor)?;
    let file = reading::read(bytes).ok_or_else(|| Error::field("file", NO_CALENDAR))?;
    if file.events.is_empty() {
        return Err(Error::field("file", "В файле нет ни одной задачи."));
    }
    if file.is_cut {
        return Err(Error::field(
            "file",
            "В файле больше 20 000 задач. Разделите его на части.",
        ));
    }
    let import = Import {
        id: Uuid::now_v7(),
        file_name,
        options,
        events: file.events,
        report: None,
    };
    let mut tx = app.begin().await?;
    queries::forget(&mut tx, app.now() - KEPT).await?;
    queries::insert(&mut tx, &import, actor.user, app.now()).await?;
    tx.commit().await?;
    Ok(paths::show(import.id))
}

/// A file and what it would bring just now, or what it has brought.
pub(super) async fn find(app: &App, actor: &Actor, zone: Tz, id: Uuid) -> Result<(Import, Report)> {
    admit(actor)?;
    let mut conn = app.db.acquire().await?;
    let import = queries::find(&mut conn, id, false).await?.ok_or(Error::NotFound)?;
    let report = match &import.report {
        Some(report) => report.clone(),
        None => judge::all(&import, &known(&mut conn, app, doer(actor, zone)?, &import).await?).0,
    };
    Ok((import, report))
}

/// Brings a file's tasks in, all or none, and each once however often it is asked for.
///
/// # Errors
/// [`Error::NotFound`] when the file has been forgotten.
pub(super) async fn run(app: &App, actor: &Actor, zone: Tz, id: Uuid) -> Result<Report> {
    admit(actor)?;
    let mut tx = app.begin().await?;
    let import = queries::find(&mut tx, id, true).await?.ok_or(Error::NotFound)?;
    if let Some(report) = import.report {
        return Ok(report);
    }
    let known = known(&mut tx, app, doer(actor, zone)?, &import).await?;
    let (report, new) = judge::all(&import, &known);
    for chunk in new.chunks(CHUNK) {
        let made = tasks::bulk::insert(&mut tx, actor, SOURCE, chunk, app.now()).await?;
        let events = made.into_iter().map(|(id, company, title)| {
            let message = format!("Загружена из календаря amoCRM задача «{}»", text::excerpt(&title, 120));
            Event::new("import", "task", id, message).on(company)
        });
        audit::record_many(&mut tx, actor, events.collect(), app.now()).await?;
    }
    let count = text::count(report.created(), ["задача", "задачи", "задач"]);
    let message = format!(
        "Загружен файл календаря «{}»: {count}",
        text::excerpt(&import.file_name, 80)
    );
    audit::record(&mut tx, actor, Event::new("import", "import", id, message)).await?;
    queries::settle(&mut tx, id, &report, app.now()).await?;
    tx.commit().await?;
    Ok(report)
}

async fn known(conn: &mut PgConnection, app: &App, reader: Doer, import: &Import) -> Result<Known> {
    let uids: Vec<&str> = import.events.iter().map(|event| event.uid.as_str()).collect();
    let keys: BTreeSet<String> = import
        .events
        .iter()
        .map(|event| text::name_key(&event.company))
        .collect();
    let keys: Vec<String> = keys.into_iter().filter(|key| !key.is_empty()).collect();
    Ok(Known {
        uids: queries::known(&mut *conn, SOURCE, &uids).await?,
        companies: queries::companies(conn, &keys, app.config.time_zone).await?,
        heir: reader,
    })
}
