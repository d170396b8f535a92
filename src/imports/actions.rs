//! What people do with imports.

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Import, ImportSummary, ReportLine, State, Verdict};
use super::options::ImportOptions;
use super::queries;
use super::run::{self, Progress, Started};
use crate::app::App;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::ImportId;

/// How many past imports the list shows.
const LISTED: i64 = 30;

/// Opens a file and enters its import, to be worked on in the background.
pub(crate) async fn begin(app: &App, actor: &Actor, bytes: Vec<u8>, options: ImportOptions) -> Result<Started> {
    run::begin(app, actor, bytes, options).await
}

/// Imports a file from beginning to end.
pub(crate) async fn run(
    app: &App,
    actor: &Actor,
    bytes: Vec<u8>,
    options: ImportOptions,
    progress: Progress<'_>,
) -> Result<ImportSummary> {
    begin(app, actor, bytes, options).await?.work(app, progress).await
}

/// Erases what reports say of the rows of the file that made or changed these records. Answers how many lines it was.
pub(crate) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Result<u64> {
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
    let import = queries::imports(&mut conn, Some(id), 1)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    if import.state != State::Running {
        return Ok(import);
    }
    run::bury_dead(app, &mut conn).await?;
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
    verdict: Option<Verdict>,
    (from, is_backward, limit): (i32, bool, i64),
) -> Result<Vec<ReportLine>> {
    check(actor, Action::ImportBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::lines(&mut conn, id, verdict, (from, is_backward), limit).await?)
}
