//! Acts on many tasks: prepared and shown, done in one transaction, taken back within an hour.

use std::collections::HashMap;

use chrono::TimeDelta;
use sqlx::PgConnection;
use uuid::Uuid;

use super::read::Reader;
use super::{Calendar, admit_assignee, event};
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::db::Place;
use crate::error::{Error, Result};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor, Ties, check};
use crate::tasks::due::Due;
use crate::tasks::many::{Act, FARTHEST, MOST, Row, Verdict, Wish};
use crate::tasks::model::{Filter, Task};
use crate::tasks::{paths, queries};
use crate::values::{CompanyId, TaskActId, TaskId, UserId, text};

/// Rows of a page that shows an act.
const SHOWN: i64 = 200;
/// Acts are remembered so long.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Which tasks are meant.
#[derive(Clone, Debug)]
pub(crate) enum Chosen {
    /// These.
    Ids(Vec<TaskId>),
    /// All of a filter.
    All(Box<Filter>),
}

/// The tasks that are meant, at most [`MOST`].
///
/// # Errors
/// [`Error::Invalid`] when there are none or too many.
pub(crate) async fn chosen(app: &App, reader: Reader<'_>, chosen: &Chosen) -> Result<Vec<Task>> {
    let tasks = match chosen {
        Chosen::All(filter) => {
            let most = i64::try_from(MOST).unwrap_or(i64::MAX);
            let found = super::list(app, reader, filter, (&Place::First, most)).await?;
            if found.page.after.is_some() || !found.is_whole {
                let sentence = "Под фильтр попало больше 5 000 задач: сузьте его.";
                return Err(Error::field("", sentence));
            }
            found.page.rows
        }
        Chosen::Ids(ids) => {
            check(reader.actor, Action::ViewBase, Ties::default())?;
            let mut conn = app.db.acquire().await?;
            let ids: Vec<Uuid> = ids.iter().take(MOST).map(|id| id.0).collect();
            let mut tasks = queries::by_ids(&mut conn, &ids).await?;
            tasks.sort_by_key(|task| (task.due.is_none(), task.due.map(|due| due.at), task.id.0));
            tasks
        }
    };
    if tasks.is_empty() {
        return Err(Error::field("", "Отметьте задачи в списке."));
    }
    Ok(tasks)
}

/// Writes down what an act would do.
///
/// # Errors
/// Those of [`chosen`]; [`Error::Invalid`] and [`Error::Denied`] for a person who gets no tasks of the actor.
pub(crate) async fn prepare(
    app: &App,
    reader: Reader<'_>,
    (tasks, wish): (&Chosen, Wish),
    back: &str,
) -> Result<TaskActId> {
    let actor = reader.actor;
    let user = actor.user.ok_or(Error::Denied(Action::RunBulkAct))?;
    if matches!(wish, Wish::Days(days) if days == 0 || days.abs() > FARTHEST) {
        return Err(Error::field(
            "days",
            "Напишите, на сколько дней перенести: от 1 до 3 650.",
        ));
    }
    let tasks = chosen(app, reader, tasks).await?;
    let mut tx = app.begin().await?;
    if let Wish::Give(to) = wish {
        admit_assignee(&mut tx, actor, to).await?;
    }
    let act = Act {
        id: TaskActId::new(),
        actor: user,
        wish,
        state: "draft".to_owned(),
        back: back.to_owned(),
        done_at: None,
    };
    queries::insert_act(&mut tx, &act, app.now()).await?;
    let rows: Vec<Row> = tasks
        .into_iter()
        .map(|task| Row {
            verdict: wish.judge(&task, actor, reader.calendar),
            task: task.id,
            version: task.version,
            title: task.title,
            assignee: task.assignee,
            due: task.due,
        })
        .collect();
    queries::insert_act_rows(&mut tx, act.id, &rows).await?;
    tx.commit().await?;
    Ok(act.id)
}

/// An act as its page shows it: with counts and the first rows of each verdict.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The act.
    pub(crate) act: Act,
    /// How many tasks have which verdict.
    pub(crate) counts: Vec<(Verdict, i64)>,
    /// The first tasks.
    pub(crate) rows: Vec<Row>,
}

/// An act for its page.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn act(app: &App, actor: &Actor, id: TaskActId) -> Result<Shown> {
    let mut conn = app.db.acquire().await?;
    let act = held(&mut conn, actor, (id, Action::UndoBulkAct)).await?;
    Ok(Shown {
        counts: queries::act_counts(&mut conn, id).await?,
        rows: queries::act_rows(&mut conn, id, None, SHOWN).await?,
        act,
    })
}

async fn held(conn: &mut PgConnection, actor: &Actor, (id, action): (TaskActId, Action)) -> Result<Act> {
    let act = queries::act(conn, id).await?.ok_or(Error::NotFound)?;
    let ties = Ties {
        own: actor.is(Some(act.actor)),
        branch: false,
    };
    check(actor, action, ties)?;
    Ok(act)
}

/// Does what was shown, to each task that nobody has changed since. Done twice, it is done once.
pub(crate) async fn run(app: &App, actor: &Actor, id: TaskActId, calendar: Calendar) -> Result<()> {
    let mut tx = app.begin().await?;
    let act = held(&mut tx, actor, (id, Action::RunBulkAct)).await?;
    if act.state != "draft" {
        return Ok(());
    }
    let name = match act.wish {
        Wish::Give(to) => admit_assignee(&mut tx, actor, to).await?,
        Wish::Days(_) | Wish::On(_) => String::new(),
    };
    let rows = queries::act_rows(&mut tx, id, Some(Verdict::Will), i64::MAX).await?;
    let rows = sorted(&mut tx, id, rows, (Verdict::Changed, Verdict::Gone)).await?;
    let after = |row: &Row| match act.wish {
        Wish::Give(to) => (row.task, to, row.due),
        wish => (row.task, row.assignee, wish.due(row.due, calendar)),
    };
    let written: Vec<_> = rows.iter().map(|(row, _)| after(row)).collect();
    let told = rows
        .iter()
        .zip(&written)
        .map(|((row, company), after)| told(row, *after, (&name, calendar)).on(*company));
    let events: Vec<Event<'_>> = told.collect();
    finish(&mut tx, app, actor, (id, &written, Verdict::Done), events).await?;
    queries::end_act(&mut tx, id, app.now(), false).await?;
    if let Wish::Give(to) = act.wish
        && !written.is_empty()
    {
        let notice = Notice::new(Kind::TasksGiven, app.now())
            .to([to])
            .saying(format!("Количество: {}", written.len()))
            .linking(format!("{}?scope=mine", paths::LIST))
            .about("task_act", id);
        notifications::tell(&mut tx, actor, notice).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Of these rows, those whose tasks are as they were, each with its company; the others get a verdict of their own.
async fn sorted(
    conn: &mut PgConnection,
    act: TaskActId,
    rows: Vec<Row>,
    (changed, gone): (Verdict, Verdict),
) -> Result<Vec<(Row, Option<CompanyId>)>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.task.0).collect();
    let present: HashMap<_, _> = queries::lock_many(conn, &ids).await?.into_iter().collect();
    let (there, missing): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| present.contains_key(&row.task));
    let is_same = |row: &Row| {
        present
            .get(&row.task)
            .is_some_and(|(version, _)| *version == row.version)
    };
    let (same, others): (Vec<Row>, Vec<Row>) = there.into_iter().partition(is_same);
    for (rows, verdict) in [(missing, gone), (others, changed)] {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.task.0).collect();
        queries::set_verdicts(conn, act, &ids, (verdict, false)).await?;
    }
    let company = |row: &Row| present.get(&row.task).and_then(|(_, company)| *company);
    Ok(same
        .into_iter()
        .map(|row| (company(&row), row))
        .map(|(company, row)| (row, company))
        .collect())
}

type Written = (TaskId, UserId, Option<Due>);

/// Writes tasks, verdicts and events.
async fn finish(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (act, written, verdict): (TaskActId, &[Written], Verdict),
    events: Vec<Event<'_>>,
) -> Result<()> {
    queries::write_many(conn, written, app.now()).await?;
    let ids: Vec<Uuid> = written.iter().map(|(id, ..)| id.0).collect();
    queries::set_verdicts(conn, act, &ids, (verdict, true)).await?;
    audit::record_many(conn, actor, events, app.now()).await
}

/// What the log says of one task; `name`: of whoever gets it.
fn told(row: &Row, (id, _, due): Written, (name, calendar): (&str, Calendar)) -> Event<'static> {
    let title = text::excerpt(&row.title, 120);
    if !name.is_empty() {
        return event("update", id, None, format!("Задача «{title}» передана: {name}"));
    }
    let typed = |due: Option<Due>| due.map(|due| due.typed(calendar.zone)).unwrap_or_default();
    let mut changes = Changes::default();
    changes.compare("task_due", &typed(row.due), &typed(due));
    event("move", id, None, format!("Перенесён срок задачи «{title}»")).with(changes)
}

/// Takes an act back, for each task that nobody has changed since.
///
/// # Errors
/// [`Error::Conflict`] when it is too late.
pub(crate) async fn undo(app: &App, actor: &Actor, id: TaskActId, calendar: Calendar) -> Result<()> {
    let mut tx = app.begin().await?;
    let act = held(&mut tx, actor, (id, Action::UndoBulkAct)).await?;
    if act.state == "undone" {
        return Ok(());
    }
    if !act.can_be_undone(app.now()) {
        return Err(Error::Conflict("Отменить можно в течение часа: время вышло."));
    }
    let rows = queries::act_rows(&mut tx, id, Some(Verdict::Done), i64::MAX).await?;
    let rows = sorted(&mut tx, id, rows, (Verdict::Left, Verdict::Left)).await?;
    let written: Vec<Written> = rows.iter().map(|(row, _)| (row.task, row.assignee, row.due)).collect();
    let typed = |due: Option<Due>| due.map(|due| due.typed(calendar.zone)).unwrap_or_default();
    let told = rows.iter().map(|(row, company)| {
        let title = text::excerpt(&row.title, 120);
        let mut changes = Changes::default();
        changes.compare("task_due", "", &typed(row.due));
        event(
            "undo",
            row.task,
            None,
            format!("Отменено массовое действие с задачей «{title}»"),
        )
        .with(changes)
        .on(*company)
    });
    let events: Vec<Event<'_>> = told.collect();
    finish(&mut tx, app, actor, (id, &written, Verdict::Undone), events).await?;
    queries::end_act(&mut tx, id, app.now(), true).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets acts that nobody needs any more.
pub(crate) async fn forget(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::forget_acts(&mut conn, app.now() - KEPT).await?)
}

/// Forgets what erased tasks were called.
pub(crate) async fn erase(conn: &mut PgConnection, tasks: &[Uuid]) -> Result<()> {
    Ok(queries::erase_titles(conn, tasks).await?)
}
