//! Setting tasks, changing what they say, removing them.

use chrono::NaiveDateTime;
use sqlx::PgConnection;

use super::repeat::{self, Reach, begin_in};
use super::{Calendar, Told, admit_assignee, admit_company, comments, event, lock, notice};
use crate::app::App;
use crate::audit::{self, Changes};
use crate::companies;
use crate::db::submitted::{self, Key};
use crate::dictionaries;
use crate::error::{self, Error, OnConstraint as _, Result};
use crate::policy::{Action, Actor, check};
use crate::tasks::model::Fields;
use crate::tasks::series::Repeat;
use crate::tasks::{paths, queries};
use crate::values::{CompanyId, SeriesId, TaskId, text};

const NO_SUCH_TYPE: &str = "Такого типа задач больше нет: выберите другой.";
/// A task is set at so many cards of an organisation at once.
const MOST_CARDS: usize = 200;
const TOO_MANY_CARDS: &str = "В организации больше 200 карточек: поставьте задачу на каждую нужную отдельно.";
const STALE: &str = "Задачу только что изменил кто-то другой.";

/// What is to be set, once or again and again, at one company or at all cards of its organisation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'a> {
    /// What the task says.
    pub(crate) fields: &'a Fields,
    /// How it repeats.
    pub(crate) repeat: Option<&'a Repeat>,
    /// At each card of the organisation that the actor may change.
    pub(crate) is_everywhere: bool,
}

/// What was set.
#[derive(Debug)]
pub(crate) struct Made {
    /// The task, or that of the first card.
    pub(crate) id: TaskId,
    /// At how many cards, when it was more than one or some were left out.
    pub(crate) cards: usize,
    /// Cards of the organisation that the actor may not change.
    pub(crate) skipped: Vec<String>,
    /// It was set now, not by an earlier arrival.
    pub(crate) is_new: bool,
}

/// Sets a task. Answers its key, also when this very form had already set it.
///
/// # Errors
/// [`Error::Denied`] at a company that is not the actor's to change, or for a person whom the actor gives no tasks.
pub(crate) async fn create(
    app: &App,
    actor: &Actor,
    wish: Wish<'_>,
    form_key: Option<Key>,
    calendar: Calendar,
) -> Result<Made> {
    let mut tx = app.begin().await?;
    let made = make_in(&mut tx, app, (actor, calendar), wish, form_key).await?;
    if made.is_new {
        tx.commit().await?;
    }
    Ok(made)
}

/// [`create`] within the caller's transaction, once or again and again.
pub(super) async fn make_in(
    conn: &mut PgConnection,
    app: &App,
    (actor, calendar): (&Actor, Calendar),
    wish: Wish<'_>,
    form_key: Option<Key>,
) -> Result<Made> {
    let Wish { fields, repeat, .. } = wish;
    admit_company(conn, actor, fields.company).await?;
    admit_assignee(conn, actor, fields.assignee).await?;
    let content = format!("{fields:?} {repeat:?} {}", wish.is_everywhere);
    let key = form_key.map(|key| submitted::key_of(key, &content));
    if let (Some(key), Some(user)) = (key, actor.user)
        && let Some(made) = submitted::claim(conn, key, user).await?
    {
        let made = made.strip_prefix(paths::LIST).and_then(|rest| rest.strip_suffix('/'));
        return Ok(Made {
            id: made.and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?,
            cards: 1,
            skipped: Vec::new(),
            is_new: false,
        });
    }
    let (cards, skipped) = cards(conn, actor, wish).await?;
    let mut made = Vec::new();
    for company in cards {
        let fields = Fields {
            company,
            ..fields.clone()
        };
        made.push(match repeat {
            Some(repeat) => {
                let begun = begin_in(conn, app, (&fields, repeat), (actor.user, calendar)).await?;
                create_in(conn, app, actor, (&begun.0, Some(begun.1))).await?
            }
            None => create_in(conn, app, actor, (&fields, None)).await?,
        });
    }
    let id = made.first().copied().ok_or(Error::NotFound)?;
    if made.len() > 1 {
        notice::given_everywhere(conn, actor, (fields, made.len()), app.now()).await?;
    } else {
        notice::given(conn, actor, (id, fields), app.now()).await?;
    }
    if let Some(key) = key {
        submitted::settle(conn, key, &paths::show(id)).await?;
    }
    Ok(Made {
        id,
        cards: made.len(),
        skipped,
        is_new: true,
    })
}

/// [`create`] within the caller's transaction.
///
/// # Errors
/// As [`create`].
pub(crate) async fn set_in(conn: &mut PgConnection, app: &App, actor: &Actor, fields: &Fields) -> Result<TaskId> {
    admit_company(conn, actor, fields.company).await?;
    admit_assignee(conn, actor, fields.assignee).await?;
    let id = create_in(conn, app, actor, (fields, None)).await?;
    notice::given(conn, actor, (id, fields), app.now()).await?;
    Ok(id)
}

/// At which cards a task is set, that of the form first, and which of the organisation are left out.
async fn cards(
    conn: &mut PgConnection,
    actor: &Actor,
    Wish {
        fields, is_everywhere, ..
    }: Wish<'_>,
) -> Result<(Vec<Option<CompanyId>>, Vec<String>)> {
    let Some(chosen) = fields.company.filter(|_| is_everywhere) else {
        return Ok((vec![fields.company], Vec::new()));
    };
    let members = organisation(conn, actor, chosen).await?;
    if members.len() > MOST_CARDS {
        return Err(Error::field("everywhere", TOO_MANY_CARDS));
    }
    let (mut cards, mut skipped) = (vec![Some(chosen)], Vec::new());
    for (id, name, may) in members {
        if !may {
            skipped.push(name);
        } else if id != chosen {
            admit_company(conn, actor, Some(id)).await?;
            cards.push(Some(id));
        }
    }
    Ok((cards, skipped))
}

/// All cards of a company's organisation, and at which of them the actor may set tasks; one more than [`MOST_CARDS`] when
/// there are more.
pub(crate) async fn organisation(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
) -> Result<Vec<(CompanyId, String, bool)>> {
    companies::organisation(conn, (actor, Action::AddTask), company, MOST_CARDS).await
}

/// [`create`] within the caller's transaction, which has checked the rights and tells whoever gets the task.
pub(super) async fn create_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (fields, occurrence): (&Fields, Option<(SeriesId, NaiveDateTime)>),
) -> Result<TaskId> {
    let made = queries::insert(conn, actor.user, fields, occurrence, app.now()).await;
    let id = made.on_constraint("tasks_type_id_fkey", "kind", NO_SUCH_TYPE)?;
    let id = id.ok_or(Error::Conflict("Такая задача уже есть."))?;
    let message = format!("Поставлена задача «{}»", text::excerpt(&fields.title, 120));
    audit::record(conn, actor, event("create", id, fields.company, message)).await?;
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
    update_in(&mut tx, app, (actor, calendar), (id, version), (fields, repeat, reach)).await?;
    tx.commit().await?;
    Ok(())
}

/// [`update`] within the caller's transaction.
pub(super) async fn update_in(
    conn: &mut PgConnection,
    app: &App,
    (actor, calendar): (&Actor, Calendar),
    (id, version): (TaskId, i32),
    (fields, repeat, reach): (&Fields, Option<&Repeat>, Reach),
) -> Result<()> {
    let before = lock(conn, id).await?;
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
        admit_company(conn, actor, fields.company).await?;
    }
    let mut assignee = before.assignee_name.clone();
    if fields.assignee != before.assignee {
        assignee = admit_assignee(conn, actor, fields.assignee).await?;
    }
    let mut fields = fields.clone();
    fields.due = repeat::change(conn, app, (&before, &fields), (repeat, reach), calendar).await?;
    let fields = &fields;
    let updated = queries::update(conn, id, version, fields, app.now()).await;
    if !updated.on_constraint("tasks_type_id_fkey", "kind", NO_SUCH_TYPE)? {
        return Err(Error::Conflict(STALE));
    }
    let told = Told {
        dictionaries: &dictionaries::all(conn).await?,
        zone: calendar.zone,
    };
    let changes = told.changes((&old, &before.assignee_name), (fields, &assignee));
    let message = format!("Изменена задача «{}»", text::excerpt(&fields.title, 120));
    let event = event("update", id, fields.company, message).with(changes);
    audit::record(conn, actor, event).await?;
    if fields.assignee != before.assignee {
        notice::given(conn, actor, (id, fields), app.now()).await?;
    }
    for company in [before.company, fields.company].into_iter().flatten() {
        companies::touch(conn, company, app.now()).await?;
    }
    Ok(())
}

/// Removes a task that should not have been set; the log keeps what it said.
pub(crate) async fn delete(
    app: &App,
    actor: &Actor,
    (id, seen): (TaskId, Option<i32>),
    calendar: Calendar,
) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, id).await?;
    check(actor, Action::EditTask, before.ties(actor, Action::EditTask))?;
    error::must_be_as_seen(seen, before.version)?;
    comments::drop_files(&mut tx, id, app.now()).await?;
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
