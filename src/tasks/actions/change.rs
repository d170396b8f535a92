//! Setting tasks, changing what they say, removing them, writing at them.

use chrono::NaiveDateTime;
use uuid::Uuid;

use super::repeat::{self, Reach, begin_in};
use super::{Calendar, Told, admit_assignee, admit_company, event, lock, notice};
use crate::app::App;
use crate::audit::{self, Changes};
use crate::companies;
use crate::db::submitted;
use crate::dictionaries;
use crate::error::{Error, OnConstraint as _, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::tasks::model::{Fields, LONGEST_COMMENT};
use crate::tasks::series::Repeat;
use crate::tasks::{paths, queries};
use crate::values::{SeriesId, TaskId, text};

const NO_SUCH_TYPE: &str = "Такого типа задач больше нет: выберите другой.";
const STALE: &str = "Задачу только что изменил кто-то другой.";

/// Sets a task. Answers its key, also when this very form had already set it.
///
/// # Errors
/// [`Error::Denied`] at a company that is not the actor's to change, or for a person whom the actor gives no tasks.
pub(crate) async fn create(
    app: &App,
    actor: &Actor,
    (fields, repeat): (&Fields, Option<&Repeat>),
    form_key: Option<Uuid>,
    calendar: Calendar,
) -> Result<TaskId> {
    let mut tx = app.begin().await?;
    admit_company(&mut tx, actor, fields.company).await?;
    admit_assignee(&mut tx, actor, fields.assignee).await?;
    let key = form_key.map(|key| submitted::key_of(key, &format!("{fields:?} {repeat:?}")));
    if let (Some(key), Some(user)) = (key, actor.user)
        && let Some(made) = submitted::claim(&mut tx, key, user).await?
    {
        let made = made.strip_prefix(paths::LIST).and_then(|rest| rest.strip_suffix('/'));
        return made.and_then(|id| id.parse().ok()).ok_or(Error::NotFound);
    }
    let id = match repeat {
        Some(repeat) => {
            let begun = begin_in(&mut tx, app, (fields, repeat), (actor.user, calendar)).await?;
            create_in(&mut tx, app, actor, (&begun.0, Some(begun.1))).await?
        }
        None => create_in(&mut tx, app, actor, (fields, None)).await?,
    };
    if let Some(key) = key {
        submitted::settle(&mut tx, key, &paths::show(id)).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// [`create`] within the caller's transaction.
///
/// # Errors
/// As [`create`].
pub(crate) async fn set_in(conn: &mut sqlx::PgConnection, app: &App, actor: &Actor, fields: &Fields) -> Result<TaskId> {
    admit_company(conn, actor, fields.company).await?;
    admit_assignee(conn, actor, fields.assignee).await?;
    create_in(conn, app, actor, (fields, None)).await
}

/// [`create`] within the caller's transaction, which has checked the rights.
pub(super) async fn create_in(
    conn: &mut sqlx::PgConnection,
    app: &App,
    actor: &Actor,
    (fields, occurrence): (&Fields, Option<(SeriesId, NaiveDateTime)>),
) -> Result<TaskId> {
    let made = queries::insert(conn, actor.user, fields, occurrence, app.now()).await;
    let id = made.on_constraint("tasks_type_id_fkey", "kind", NO_SUCH_TYPE)?;
    let id = id.ok_or(Error::Conflict("Такая задача уже есть."))?;
    let message = format!("Поставлена задача «{}»", text::excerpt(&fields.title, 120));
    audit::record(conn, actor, event("create", id, fields.company, message)).await?;
    notice::given(conn, actor, (id, fields), app.now()).await?;
    if let Some(company) = fields.company {
        companies::touch(conn, company, app.now()).await?;
    }
    Ok(id)
}

/// Changes what a task says.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed it meanwhile.
pub(crate) async fn update(
    app: &App,
    actor: &Actor,
    (id, version): (TaskId, i32),
    (fields, repeat, reach): (&Fields, Option<&Repeat>, Reach),
    calendar: Calendar,
) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, id).await?;
    check(actor, Action::EditTask, before.ties(actor, Action::EditTask))?;
    let old = before.fields();
    if before.version != version {
        return Err(Error::Conflict(STALE));
    }
    let is_repeated = before.occurrence.is_some() && reach != Reach::This;
    if old == *fields && !is_repeated && (repeat.is_none() || before.occurrence.is_some()) {
        return Ok(());
    }
    if fields.company != before.company {
        admit_company(&mut tx, actor, fields.company).await?;
    }
    let mut assignee = before.assignee_name.clone();
    if fields.assignee != before.assignee {
        assignee = admit_assignee(&mut tx, actor, fields.assignee).await?;
    }
    let mut fields = fields.clone();
    fields.due = repeat::change(&mut tx, app, (&before, &fields), (repeat, reach), calendar).await?;
    let fields = &fields;
    let updated = queries::update(&mut tx, id, version, fields, app.now()).await;
    if !updated.on_constraint("tasks_type_id_fkey", "kind", NO_SUCH_TYPE)? {
        return Err(Error::Conflict(STALE));
    }
    let told = Told {
        dictionaries: &dictionaries::all(&mut tx).await?,
        zone: calendar.zone,
    };
    let changes = told.changes((&old, &before.assignee_name), (fields, &assignee));
    let message = format!("Изменена задача «{}»", text::excerpt(&fields.title, 120));
    let event = event("update", id, fields.company, message).with(changes);
    audit::record(&mut tx, actor, event).await?;
    if fields.assignee != before.assignee {
        notice::given(&mut tx, actor, (id, fields), app.now()).await?;
    }
    for company in [before.company, fields.company].into_iter().flatten() {
        companies::touch(&mut tx, company, app.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes a task that should not have been set; the log keeps what it said.
pub(crate) async fn delete(app: &App, actor: &Actor, id: TaskId, calendar: Calendar) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, id).await?;
    check(actor, Action::EditTask, before.ties(actor, Action::EditTask))?;
    queries::delete(&mut tx, id).await?;
    let mut changes = Changes::default();
    changes.compare("task_title", &before.title, "");
    changes.compare("task_description", &before.description, "");
    changes.compare("task_assignee", &before.assignee_name, "");
    let due = before.due.map(|due| due.typed(calendar.zone)).unwrap_or_default();
    changes.compare("task_due", &due, "");
    let message = format!("Удалена задача «{}»", text::excerpt(&before.title, 120));
    audit::record(
        &mut tx,
        actor,
        event("delete", id, before.company, message).with(changes),
    )
    .await?;
    if let Some(company) = before.company {
        companies::touch(&mut tx, company, app.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes at a task; the same form sent twice writes once.
///
/// # Errors
/// [`Error::Invalid`] at `text`.
pub(crate) async fn comment(app: &App, actor: &Actor, id: TaskId, typed: &str, form_key: Option<Uuid>) -> Result<()> {
    check(actor, Action::CommentTask, Ties::default())?;
    let words = text::lines(typed);
    if words.trim().is_empty() {
        return Err(Error::field("text", "Напишите комментарий."));
    }
    if words.chars().count() > LONGEST_COMMENT {
        return Err(Error::field("text", "Комментарий длиннее 5 000 знаков."));
    }
    let mut tx = app.begin().await?;
    let task = lock(&mut tx, id).await?;
    if let (Some(form_key), Some(user)) = (form_key, actor.user) {
        let key = submitted::key_of(form_key, &words);
        if submitted::claim(&mut tx, key, user).await?.is_some() {
            return Ok(());
        }
        submitted::settle(&mut tx, key, &paths::show(id)).await?;
    }
    queries::add_comment(&mut tx, actor, id, &words, app.now()).await?;
    let message = format!("Комментарий к задаче «{}»", text::excerpt(&task.title, 120));
    audit::record(&mut tx, actor, event("comment", id, task.company, message)).await?;
    tx.commit().await?;
    Ok(())
}
