//! What people do with tasks.

mod change;
mod comments;
mod many;
mod notice;
mod read;
mod repeat;
mod work;
mod write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;

pub(crate) use change::{Made, Wish, create, delete, organisation, set_in, update};
pub(crate) use comments::{comment, comments, uncomment};
pub(crate) use many::{Chosen, Shown, act, chosen, erase, forget, prepare, run, undo};
pub(crate) use notice::remind;
pub(crate) use read::{Block, Reader, blocks, count, count_words, find, history, list, of_company};
pub(crate) use repeat::{Reach, bring_forth, series_of};
pub(crate) use work::{Outcome, Shift, complete, set_status, shift};
pub(crate) use write::{Again, By, Whole, list_by, make, rules, write};

use super::model::{Fields, Task};
use super::queries;
use crate::accounts;
use crate::audit::{Changes, Event};
use crate::companies;
use crate::db::snapshot::Part;
use crate::dictionaries::Dictionaries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, TaskId, TaskTypeId, UserId};

/// Tasks and series belong to a company, comments to a task. A series goes before the tasks that it brought forth.
pub(crate) const PARTS: [Part; 3] = [
    Part::new("task_series", "company_id", "companies"),
    Part::new("tasks", "company_id", "companies"),
    Part::new("task_comments", "task_id", "tasks"),
];

/// Whose calendar it is, and the time on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    /// Now.
    pub(crate) now: DateTime<Utc>,
    /// Where the reader is.
    pub(crate) zone: Tz,
}

/// A task that nobody else changes until the transaction ends.
async fn lock(conn: &mut PgConnection, id: TaskId) -> Result<Task> {
    queries::find(conn, id, true).await?.ok_or(Error::NotFound)
}

/// Who gets a task must be here, and the actor must have the right to give it to that person.
async fn admit_assignee(conn: &mut PgConnection, actor: &Actor, assignee: UserId) -> Result<String> {
    const GONE: &str = "Этот сотрудник больше не работает в системе: выберите другого.";
    let person = accounts::active_person(conn, assignee).await?;
    let person = person.ok_or_else(|| Error::field("assignee", GONE))?;
    let ties = Ties {
        own: actor.is(Some(person.id)),
        branch: person.branch.is_none() || actor.is_of(person.branch),
    };
    check(actor, Action::GiveTask, ties)?;
    Ok(person.name)
}

/// At which company a task is set must be the actor's to change.
async fn admit_company(conn: &mut PgConnection, actor: &Actor, company: Option<CompanyId>) -> Result<()> {
    const GONE: &str = "Этой компании больше нет: выберите другую.";
    let Some(company) = company else { return Ok(()) };
    match companies::admit(conn, actor, company, Action::AddTask).await {
        Ok(_) => Ok(()),
        Err(Error::NotFound) => Err(Error::field("company_id", GONE)),
        Err(error) => Err(error),
    }
}

fn event(verb: &'static str, id: TaskId, company: Option<CompanyId>, message: impl Into<String>) -> Event<'static> {
    Event::new(verb, "task", id, message).on(company)
}

/// What a change did, in words.
struct Told<'a> {
    dictionaries: &'a Dictionaries,
    zone: Tz,
}

impl Told<'_> {
    fn changes(&self, (before, old_name): (&Fields, &str), (after, new_name): (&Fields, &str)) -> Changes {
        let mut changes = Changes::default();
        changes.compare("task_title", &before.title, &after.title);
        changes.compare("task_description", &before.description, &after.description);
        let yes = |urgent: bool| if urgent { "да" } else { "нет" };
        changes.compare("task_urgent", yes(before.is_urgent), yes(after.is_urgent));
        let kind = |fields: &Fields| {
            let types = self.dictionaries.task_types.iter();
            let found = types.into_iter().find(|kind| Some(kind.id) == fields.kind);
            found.map(|kind| kind.name.clone()).unwrap_or_default()
        };
        changes.compare("task_type", &kind(before), &kind(after));
        changes.compare("task_assignee", old_name, new_name);
        let due = |fields: &Fields| fields.due.map(|due| due.typed(self.zone)).unwrap_or_default();
        changes.compare("task_due", &due(before), &due(after));
        changes
    }
}

/// All tasks and series of a company go to another. Answers which.
pub(crate) async fn move_all(conn: &mut PgConnection, from: CompanyId, to: CompanyId) -> Result<Moved> {
    let (tasks, series) = queries::move_companies(conn, (from.0, to.0), None).await?;
    Ok(Moved { tasks, series })
}

/// Those of these tasks and series that are still at `from` go back to `to`. Answers how many tasks.
pub(crate) async fn move_back(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    moved: &Moved,
) -> Result<usize> {
    let only = Some((moved.tasks.as_slice(), moved.series.as_slice()));
    Ok(queries::move_companies(conn, (from.0, to.0), only).await?.0.len())
}

/// How many tasks and series are of a type.
pub(crate) async fn count_of_type(conn: &mut PgConnection, kind: TaskTypeId) -> Result<i64> {
    Ok(queries::count_of_type(conn, kind).await?)
}

/// Gives some of the tasks and series of a type another one. Times and versions stay: nobody has changed them. `None`:
/// there are none.
pub(crate) async fn replace_type(conn: &mut PgConnection, old: TaskTypeId, new: TaskTypeId) -> Result<Option<i64>> {
    let moved = queries::replace_type(conn, old, new).await?;
    Ok((moved > 0).then(|| i64::try_from(moved).unwrap_or(i64::MAX)))
}

/// What went over to another company.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Moved {
    /// Keys of tasks.
    pub(crate) tasks: Vec<uuid::Uuid>,
    /// Keys of series.
    pub(crate) series: Vec<uuid::Uuid>,
}

/// Russian label of a task's field in histories.
pub(crate) fn field_label(field: &str) -> Option<&'static str> {
    Some(match field {
        "task_title" => "Задача",
        "task_description" => "Описание",
        "task_urgent" => "Срочная",
        "task_type" => "Тип",
        "task_assignee" => "Исполнитель",
        "task_due" => "Срок",
        "task_status" => "Статус",
        "task_result" => "Результат",
        "task_company" => "Компания",
        "task_comment" => "Комментарий",
        "task_files" => "Файлы",
        _ => return None,
    })
}
