//! A task as a program sends it: what it says, how it repeats and where it stands, at once or not at all.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::change::{Wish, make_in, update_in};
use super::work::{complete_in, open_in, shift_in};
use super::{Calendar, Outcome, Reach, Reader, Shift, lock};
use crate::app::App;
use crate::db::submitted::Key;
use crate::db::{Cursor, Page, Place};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, may};
use crate::tasks::model::{Fields, Filter, Status, Task};
use crate::tasks::queries;
use crate::tasks::series::Repeat;
use crate::values::{SeriesId, TaskId};

/// How a task comes again from now on.
#[derive(Clone, Debug)]
pub(crate) enum Again {
    /// No more.
    Never,
    /// So.
    By(Repeat),
}

impl Again {
    fn repeat(&self) -> Option<&Repeat> {
        match self {
            Self::Never => None,
            Self::By(repeat) => Some(repeat),
        }
    }
}

/// What a task is to be.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    /// What it says.
    pub(crate) fields: Fields,
    /// How it repeats from now on; `None`: as it did, or, of a new one, not at all.
    pub(crate) repeat: Option<Again>,
    /// Where it stands.
    pub(crate) status: Status,
    /// What came of it, when it is closed by this.
    pub(crate) result: String,
}

/// Sets a task, and closes or begins it when it is to stand so. Answers its key, also when this very call had already
/// set it.
///
/// # Errors
/// Those of setting, closing and beginning.
pub(crate) async fn make(app: &App, (actor, calendar): (&Actor, Calendar), whole: &Whole, key: Key) -> Result<TaskId> {
    let mut tx = app.begin().await?;
    let repeat = whole.repeat.as_ref().and_then(Again::repeat);
    let wish = Wish {
        fields: &whole.fields,
        repeat,
        is_everywhere: false,
    };
    let made = make_in(&mut tx, app, (actor, calendar), wish, Some(key)).await?;
    if made.is_new {
        stand(&mut tx, app, actor, (made.id, Status::New), whole).await?;
        tx.commit().await?;
    }
    Ok(made.id)
}

/// A task that stands at `now` comes to stand where it is to.
async fn stand(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (id, now): (TaskId, Status),
    whole: &Whole,
) -> Result<()> {
    if whole.status == now {
        return Ok(());
    }
    if whole.status.is_open() {
        open_in(conn, app, actor, id, whole.status).await?;
    } else {
        let outcome = Outcome {
            status: whole.status,
            result: &whole.result,
            next: None,
        };
        complete_in(conn, app, actor, id, outcome).await?;
    }
    Ok(())
}

/// Changes a task.
///
/// # Errors
/// [`Error::Conflict`] when it no longer has `version`; those of each change.
pub(crate) async fn write(
    app: &App,
    (actor, calendar): (&Actor, Calendar),
    (id, version): (TaskId, i32),
    whole: &Whole,
) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, id).await?;
    if before.version != version {
        return Err(Error::Conflict("Задачу только что изменил кто-то другой."));
    }
    let (old, new) = (before.fields(), &whole.fields);
    let is_moved_only = old.due != new.due
        && whole.repeat.is_none()
        && Fields {
            due: new.due,
            ..old.clone()
        } == *new;
    if is_moved_only && !may(actor, Action::EditTask, before.ties(actor, Action::EditTask)) {
        // Its doer may put it off, as on the page.
        shift_in(&mut tx, app, (actor, calendar), id, Shift::To(new.due)).await?;
    } else if old != *new || whole.repeat.is_some() {
        let is_repeated_so = whole.repeat.is_some();
        let reach = if is_repeated_so { Reach::Following } else { Reach::This };
        let repeat = whole.repeat.as_ref().and_then(Again::repeat);
        update_in(&mut tx, app, (actor, calendar), (id, version), (new, repeat, reach)).await?;
    }
    stand(&mut tx, app, actor, (id, before.status), whole).await?;
    tx.commit().await?;
    Ok(())
}

/// What programs may order tasks by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// When they were set.
    Created,
    /// Their dates; those without one come last.
    Due,
}

/// A page of tasks in an order of the caller's.
pub(crate) async fn list_by(
    app: &App,
    reader: Reader<'_>,
    filter: &Filter,
    (by, rises): (By, bool),
    (place, size): (&Place, i64),
) -> Result<Page<Task>> {
    let wanted = super::read::wanted(app, reader, filter).await?;
    let column = match by {
        By::Created => "created_at",
        By::Due => "due_key",
    };
    let _turn = app.turn().await?;
    let mut conn = app.db.acquire().await?;
    let ids = queries::list_by(&mut conn, &wanted, (column, rises), (place, size)).await?;
    let rows = queries::by_ids(&mut conn, &ids).await?;
    Ok(place.page(rows, usize::try_from(size).unwrap_or(usize::MAX), |task| {
        let at = match by {
            By::Created => Some(task.created_at),
            By::Due => task.due.map(|due| due.at),
        };
        Cursor {
            key: at.map_or_else(|| "infinity".to_owned(), |at| at.timestamp_micros().to_string()),
            id: task.id.0,
        }
    }))
}

/// The rules by which these tasks come again.
pub(crate) async fn rules(app: &App, tasks: &[Task]) -> Result<HashMap<SeriesId, String>> {
    let ids: Vec<uuid::Uuid> = tasks.iter().filter_map(|task| Some(task.occurrence?.0.0)).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut conn = app.db.acquire().await?;
    Ok(queries::rules(&mut conn, &ids).await?.into_iter().collect())
}
