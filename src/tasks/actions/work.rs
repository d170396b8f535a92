//! Working through tasks: taking them on, putting them off, finishing them.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::change::set_in;
use super::repeat::after_closing;
use super::{Calendar, event, lock, notice};
use crate::app::App;
use crate::audit::{self, Changes};
use crate::companies;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, check};
use crate::tasks::due::Due;
use crate::tasks::model::{Fields, LONGEST_RESULT, Status, Task};
use crate::tasks::queries;
use crate::values::{TaskId, text};

/// How a task ends.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<'a> {
    /// Done or called off.
    pub(crate) status: Status,
    /// What came of it; may be empty.
    pub(crate) result: &'a str,
    /// The task that follows from it.
    pub(crate) next: Option<&'a Fields>,
}

/// Where a task's date goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    /// To this date, or to none.
    To(Option<Due>),
    /// To this day, at its time.
    On(NaiveDate),
}

impl Shift {
    /// The date after it.
    fn of(self, due: Option<Due>, calendar: Calendar) -> Option<Due> {
        let day = match self {
            Self::To(due) => return due,
            Self::On(day) => day,
        };
        Some(due.map_or_else(|| Due::day(day, calendar.zone), |due| due.on(day, calendar.zone)))
    }
}

/// Takes a task on, or opens a closed one again.
pub(crate) async fn set_status(app: &App, actor: &Actor, id: TaskId, status: Status) -> Result<Task> {
    if !status.is_open() {
        let outcome = Outcome {
            status,
            result: "",
            next: None,
        };
        return complete(app, actor, id, outcome).await;
    }
    let mut tx = app.begin().await?;
    if let Some(before) = open_in(&mut tx, app, actor, id, status).await? {
        return Ok(before);
    }
    tx.commit().await?;
    find_after(app, id).await
}

/// [`set_status`] to an open one within the caller's transaction. Answers the task when it stands so already.
pub(super) async fn open_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    id: TaskId,
    status: Status,
) -> Result<Option<Task>> {
    let before = lock(conn, id).await?;
    check(actor, Action::WorkTask, before.ties(actor, Action::WorkTask))?;
    if before.status == status {
        return Ok(Some(before));
    }
    queries::set_status(conn, id, status, app.now()).await?;
    note(conn, app, actor, (&before, status), "").await?;
    Ok(None)
}

/// Finishes a task or calls it off and, in the same step, sets the one that follows. Done twice, it is done once.
///
/// # Errors
/// [`Error::Invalid`] at `result`; those of setting a task.
pub(crate) async fn complete(app: &App, actor: &Actor, id: TaskId, outcome: Outcome<'_>) -> Result<Task> {
    let mut tx = app.begin().await?;
    if let Some(before) = complete_in(&mut tx, app, actor, id, outcome).await? {
        return Ok(before);
    }
    tx.commit().await?;
    find_after(app, id).await
}

/// [`complete`] within the caller's transaction. Answers the task when it stands so already.
pub(super) async fn complete_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    id: TaskId,
    outcome: Outcome<'_>,
) -> Result<Option<Task>> {
    let result = text::lines(outcome.result);
    if result.chars().count() > LONGEST_RESULT {
        return Err(Error::field("result", "Результат длиннее 2 000 знаков."));
    }
    let before = lock(conn, id).await?;
    check(actor, Action::WorkTask, before.ties(actor, Action::WorkTask))?;
    // Somebody pressed twice, or two people at once: neither the result nor the next task is written again.
    if before.status == outcome.status {
        return Ok(Some(before));
    }
    queries::close(conn, actor, id, (outcome.status, result.trim()), app.now()).await?;
    note(conn, app, actor, (&before, outcome.status), result.trim()).await?;
    after_closing(conn, app, actor, &before).await?;
    if let Some(next) = outcome.next {
        set_in(conn, app, actor, next).await?;
    }
    Ok(None)
}

async fn find_after(app: &App, id: TaskId) -> Result<Task> {
    let mut conn = app.db.acquire().await?;
    queries::find(&mut conn, id, false).await?.ok_or(Error::NotFound)
}

/// Writes the change of a status down.
async fn note(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (before, status): (&Task, Status),
    result: &str,
) -> Result<()> {
    let mut changes = Changes::default();
    changes.compare("task_status", before.status.label(), status.label());
    changes.compare("task_result", &before.result, result);
    let title = text::excerpt(&before.title, 120);
    let message = match status {
        Status::Done => format!("Выполнена задача «{title}»"),
        Status::Cancelled => format!("Отменена задача «{title}»"),
        Status::InProgress => format!("Задача «{title}» взята в работу"),
        Status::New => format!("Задача «{title}» снова новая"),
    };
    audit::record(
        conn,
        actor,
        event("status", before.id, before.company, message).with(changes),
    )
    .await?;
    notice::changed(conn, actor, (before, status), app.now()).await?;
    if let Some(company) = before.company {
        companies::touch(conn, company, app.now()).await?;
    }
    Ok(())
}

/// Puts a task's date off, or nearer. Answers the date it has now.
pub(crate) async fn shift(
    app: &App,
    actor: &Actor,
    id: TaskId,
    shift: Shift,
    calendar: Calendar,
) -> Result<Option<Due>> {
    let mut tx = app.begin().await?;
    let due = shift_in(&mut tx, app, (actor, calendar), id, shift).await?;
    tx.commit().await?;
    Ok(due)
}

/// [`shift`] within the caller's transaction.
pub(super) async fn shift_in(
    conn: &mut PgConnection,
    app: &App,
    (actor, calendar): (&Actor, Calendar),
    id: TaskId,
    shift: Shift,
) -> Result<Option<Due>> {
    let before = lock(conn, id).await?;
    check(actor, Action::MoveTask, before.ties(actor, Action::MoveTask))?;
    let due = shift.of(before.due, calendar);
    if due == before.due {
        return Ok(due);
    }
    queries::set_due(conn, id, due, app.now()).await?;
    let typed = |due: Option<Due>| due.map(|due| due.typed(calendar.zone)).unwrap_or_default();
    let mut changes = Changes::default();
    changes.compare("task_due", &typed(before.due), &typed(due));
    let message = format!("Перенесён срок задачи «{}»", text::excerpt(&before.title, 120));
    audit::record(conn, actor, event("move", id, before.company, message).with(changes)).await?;
    Ok(due)
}
