//! How a run ends.

use chrono::TimeDelta;

use crate::app::App;
use crate::audit::{self, Event};
use crate::error::Result;
use crate::files;
use crate::imports::model::{ImportSummary, State};
use crate::imports::options::ImportOptions;
use crate::imports::queries::{self, Ending};
use crate::policy::Actor;
use crate::values::{ImportId, text};

/// So long an import can be undone.
pub(in crate::imports) const UNDOABLE: TimeDelta = TimeDelta::days(30);

/// Writes down how a run has ended, or that it is paused.
pub(super) async fn end(
    app: &App,
    actor: &Actor,
    (options, summary): (&ImportOptions, &ImportSummary),
    ending: Ending<'_>,
) -> Result<()> {
    let id = summary.id;
    let ending = Ending {
        undo_until: (!options.is_dry_run).then(|| app.now() + UNDOABLE),
        ..ending
    };
    let mut tx = app.begin().await?;
    if !queries::finish(&mut tx, id, ending, app.now()).await? {
        return Ok(());
    }
    if super::open::lets_file_go(ending.state, options.is_dry_run)
        && let Some(key) = queries::let_file_go(&mut tx, id).await?
    {
        files::dispose_at_once(&mut tx, &[key]).await?;
    }
    if !options.is_dry_run {
        let event = Event::new("import", "import", id, words(options, summary, ending.state));
        audit::record(&mut tx, actor, event).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn words(options: &ImportOptions, summary: &ImportSummary, state: State) -> String {
    let what = match state {
        State::Done | State::Running => "Импорт из amoCRM",
        State::Paused => "Импорт приостановлен",
        State::Stopped => "Импорт остановлен до конца файла",
        State::Failed => "Импорт прервался",
    };
    format!(
        "{what}: файл «{}», добавлено {}, обновлено {}",
        options.file_name,
        text::number(summary.created),
        text::number(summary.updated),
    )
}

/// Ends a run that nobody can go on with.
pub(super) async fn fail(app: &App, id: ImportId, failure: &str) -> Result<()> {
    let mut tx = app.begin().await?;
    let ending = Ending {
        state: State::Failed,
        failure,
        differing: None,
        undo_until: Some(app.now() + UNDOABLE),
    };
    if queries::finish(&mut tx, id, ending, app.now()).await?
        && let Some(key) = queries::let_file_go(&mut tx, id).await?
    {
        files::dispose_at_once(&mut tx, &[key]).await?;
    }
    tx.commit().await?;
    Ok(())
}
