//! What people are told of tasks.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::app::App;
use crate::error::Result;
use crate::notifications::{self, Kind, Notice};
use crate::policy::Actor;
use crate::tasks::model::{Fields, Status, Task};
use crate::tasks::{paths, queries};
use crate::values::{TaskId, UserId, text};

/// So long before its time a task is called to mind.
const AHEAD: TimeDelta = TimeDelta::minutes(15);
/// So many are called to mind in one run of the job, which comes again in half a minute.
const MOST: i64 = 1_000;

fn given_key(id: TaskId, to: UserId) -> String {
    format!("task:{id}:given:{to}")
}

fn due_key(id: TaskId, due: DateTime<Utc>) -> String {
    format!("task:{id}:due:{}", due.timestamp())
}

/// Somebody has a new task.
pub(super) async fn given(
    conn: &mut PgConnection,
    actor: &Actor,
    (id, fields): (TaskId, &Fields),
    now: DateTime<Utc>,
) -> Result<()> {
    let notice = Notice::new(Kind::TaskGiven, now)
        .to([fields.assignee])
        .saying(&fields.title)
        .linking(paths::show(id))
        .about("task", id)
        .once(given_key(id, fields.assignee));
    notifications::tell(conn, actor, notice).await
}

/// Somebody has a new task at many cards of one organisation: that is told once.
pub(super) async fn given_everywhere(
    conn: &mut PgConnection,
    actor: &Actor,
    (fields, cards): (&Fields, usize),
    now: DateTime<Utc>,
) -> Result<()> {
    let cards = i64::try_from(cards).unwrap_or(i64::MAX);
    let cards = text::count(cards, ["компания", "компании", "компаний"]);
    let mut notice = Notice::new(Kind::TasksGiven, now)
        .to([fields.assignee])
        .saying(format!("{} (по организации) · {cards}", fields.title))
        .linking(format!("{}?scope=mine", paths::LIST));
    if let Some(company) = fields.company {
        // Goes with the card on which it was set, whose people the title may name.
        notice = notice.about("company", company);
    }
    notifications::tell(conn, actor, notice).await
}

/// A task stands differently: whoever set it is told, and what its doer was called to mind is done with once it is
/// closed.
pub(super) async fn changed(
    conn: &mut PgConnection,
    actor: &Actor,
    (task, status): (&Task, Status),
    now: DateTime<Utc>,
) -> Result<()> {
    if !status.is_open() {
        notifications::settle(conn, &given_key(task.id, task.assignee), now).await?;
        if let Some(due) = task.due {
            notifications::settle(conn, &due_key(task.id, due.at), now).await?;
        }
    }
    let notice = Notice::new(Kind::TaskStatus, now)
        .to(task.author)
        .saying(format!("{}: {}", task.title, status.label().to_lowercase()))
        .linking(paths::show(task.id))
        .about("task", task.id);
    notifications::tell(conn, actor, notice).await
}

/// Tasks whose time comes soon are called to mind, each date of each task once.
pub(crate) async fn remind(app: &App) -> Result<()> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    let soon = queries::due_between(&mut conn, (now, now + AHEAD), MOST).await?;
    drop(conn);
    for (id, title, assignee, due) in soon {
        let notice = Notice::new(Kind::TaskDue, now)
            .to([assignee])
            .saying(title)
            .linking(paths::show(id))
            .about("task", id)
            .once(due_key(id, due));
        let mut tx = app.begin().await?;
        notifications::tell(&mut tx, &Actor::system(), notice).await?;
        tx.commit().await?;
    }
    Ok(())
}
