//! Tasks that come again: their series begin, go on, change and end.

use chrono::{NaiveDateTime, TimeDelta};
use sqlx::PgConnection;

use super::{Calendar, event};
use crate::app::App;
use crate::audit;
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::tasks::due::{self, Due};
use crate::tasks::model::{Fields, Task};
use crate::tasks::queries;
use crate::tasks::series::{Repeat, Series};
use crate::values::{SeriesId, TaskId, UserId, text};

/// So many occurrences appear in one run of the job: a server that was off for long catches up in several.
const MOST: usize = 1_000;

/// How far a change of a repeated task goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    /// This occurrence alone.
    #[default]
    This,
    /// This one and those to come.
    Following,
    /// All that are open and those to come.
    All,
}

impl Reach {
    /// From a form.
    pub(crate) fn from_code(code: &str) -> Self {
        match code {
            "following" => Self::Following,
            "all" => Self::All,
            _ => Self::This,
        }
    }
}

/// A series that begins with a task's date.
///
/// # Errors
/// [`Error::Invalid`] when the task has no date, or its rule no day.
fn begin(
    fields: &Fields,
    repeat: &Repeat,
    (author, calendar): (Option<UserId>, Calendar),
) -> Result<(Series, NaiveDateTime)> {
    const NO_DATE: &str = "Повтору нужен срок: с какого дня он начинается?";
    const NEVER: &str = "Такого дня не бывает: измените повтор.";
    let due = fields.due.ok_or_else(|| Error::field("due", NO_DATE))?;
    let starts_at = due::wall(due.at, calendar.zone);
    let first = repeat
        .rule
        .first(starts_at)
        .ok_or_else(|| Error::field("repeat", NEVER))?;
    let series = Series {
        id: SeriesId::new(),
        repeat: repeat.clone(),
        starts_at,
        zone: calendar.zone,
        is_all_day: due.is_all_day,
        fields: fields.clone(),
        author,
        reached: first,
        next_at: None,
    };
    Ok((series.at(first), first))
}

/// Begins a series for a task that is about to be set. Answers what its first occurrence says, and which it is.
pub(super) async fn begin_in(
    conn: &mut PgConnection,
    app: &App,
    (fields, repeat): (&Fields, &Repeat),
    (author, calendar): (Option<UserId>, Calendar),
) -> Result<(Fields, (SeriesId, NaiveDateTime))> {
    let (series, first) = begin(fields, repeat, (author, calendar))?;
    queries::insert_series(conn, &series, app.now()).await?;
    Ok((series.occurrence(first), (series.id, first)))
}

/// The next occurrence of a series appears, if there is one and it has not been there yet.
async fn advance(conn: &mut PgConnection, app: &App, actor: &Actor, series: Series) -> Result<Option<TaskId>> {
    let Some(next) = series.next().filter(|_| series.next_at.is_some()) else {
        queries::reach(conn, series.id, series.reached, None).await?;
        return Ok(None);
    };
    let (id, author) = (series.id, series.author);
    let fields = series.occurrence(next);
    let series = series.at(next);
    queries::reach(conn, id, next, series.next_at).await?;
    let made = queries::insert(conn, author, &fields, Some((id, next)), app.now()).await?;
    if let Some(task) = made {
        let message = format!("Повтор задачи «{}»", text::excerpt(&fields.title, 120));
        audit::record(conn, actor, event("create", task, fields.company, message)).await?;
    }
    Ok(made)
}

/// After a task was closed: the next occurrence of its series appears when this was the latest one.
pub(super) async fn after_closing(conn: &mut PgConnection, app: &App, actor: &Actor, task: &Task) -> Result<()> {
    let Some((series, occurrence)) = task.occurrence else {
        return Ok(());
    };
    if let Some(series) = queries::series(conn, series).await?
        && series.reached == occurrence
    {
        advance(conn, app, actor, series).await?;
    }
    Ok(())
}

/// Occurrences whose time has come appear. However many processes do this at once, each appears once.
pub(crate) async fn bring_forth(app: &App) -> Result<()> {
    for _ in 0..MOST {
        let mut tx = app.begin().await?;
        let Some(id) = queries::ripe(&mut tx, app.now()).await? else {
            return Ok(());
        };
        match queries::series(&mut tx, id).await? {
            Some(series) => {
                advance(&mut tx, app, &Actor::system(), series).await?;
            }
            // A rule that cannot be read must not stop the others.
            None => queries::stop(&mut tx, id).await?,
        }
        tx.commit().await?;
    }
    Ok(())
}

/// The series of a task, for its page and form.
pub(crate) async fn series_of(app: &App, task: &Task) -> Result<Option<Series>> {
    let Some((series, _)) = task.occurrence else {
        return Ok(None);
    };
    let mut conn = app.db.acquire().await?;
    Ok(queries::series(&mut conn, series).await?)
}

/// What a change of a task does to its series. Answers the date that the task has now.
pub(super) async fn change(
    conn: &mut PgConnection,
    app: &App,
    (task, fields): (&Task, &Fields),
    (repeat, reach): (Option<&Repeat>, Reach),
    calendar: Calendar,
) -> Result<Option<Due>> {
    let series = match task.occurrence {
        Some((series, _)) => queries::series(conn, series).await?,
        None => None,
    };
    let Some((old, (_, occurrence))) = series.zip(task.occurrence) else {
        // A single task may become a series.
        return match repeat.filter(|_| reach != Reach::This || task.occurrence.is_none()) {
            Some(repeat) => rebase(conn, app, (task.id, fields), (repeat, task.author, None), calendar).await,
            None => Ok(fields.due),
        };
    };
    if reach == Reach::This {
        return Ok(fields.due);
    }
    let from = (reach == Reach::Following).then_some(occurrence);
    queries::update_occurrences(conn, (old.id, task.id), from, fields, app.now()).await?;
    if repeat == Some(&old.repeat) && fields.due == task.due {
        queries::update_series(conn, old.id, fields).await?;
        return Ok(fields.due);
    }
    // What has been stays with the old series, which ends here.
    queries::reach(conn, old.id, old.reached, None).await?;
    match repeat {
        Some(repeat) => {
            let begun = (repeat, task.author, Some(old.reached));
            rebase(conn, app, (task.id, fields), begun, calendar).await
        }
        None => Ok(fields.due),
    }
}

/// The task becomes the first one of a series of its own. Up to `reached` its days have been there, as occurrences of
/// another series.
async fn rebase(
    conn: &mut PgConnection,
    app: &App,
    (task, fields): (TaskId, &Fields),
    (repeat, author, reached): (&Repeat, Option<UserId>, Option<NaiveDateTime>),
    calendar: Calendar,
) -> Result<Option<Due>> {
    let (mut series, first) = begin(fields, repeat, (author, calendar))?;
    if let Some(reached) = reached {
        let after = reached + TimeDelta::seconds(1);
        let been = repeat.rule.between(series.starts_at, first, after, MOST);
        series = series.at(been.last().copied().unwrap_or(first));
    }
    queries::insert_series(conn, &series, app.now()).await?;
    queries::join(conn, task, Some((series.id, first))).await?;
    Ok(Some(series.due(first)))
}
