//! The log of exports.

use crate::app::App;
use crate::db::{PAGE, Page, Place};
use crate::error::Result;
use crate::exports::model::Logged;
use crate::exports::queries::{self, LogFilter};
use crate::policy::{Action, Actor, Ties, check};

const DIED: &str = "Программу остановили во время выгрузки";

/// A page of the log.
///
/// # Errors
/// [`crate::error::Error::Denied`].
pub(crate) async fn log(app: &App, actor: &Actor, filter: &LogFilter, place: &Place) -> Result<Page<Logged>> {
    check(actor, Action::ViewAudit, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let rows = queries::log(&mut conn, filter, place, PAGE + 1).await?;
    Ok(place.page(rows, usize::try_from(PAGE).unwrap_or(usize::MAX), Logged::cursor))
}

/// Writes down the end of exports whose process is gone.
pub(crate) async fn bury_dead(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::bury(&mut conn, DIED, app.now()).await?)
}
