//! Reading tasks.

use std::collections::HashSet;

use sqlx::PgConnection;

use super::Calendar;
use crate::accounts;
use crate::app::{App, Stamp};
use crate::audit::{self, EventRow};
use crate::companies::Terms;
use crate::db::{Page, Place};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::tasks::due;
use crate::tasks::model::{Comment, Filter, Scope, Task, When};
use crate::tasks::queries::{self, Wanted};
use crate::values::{CompanyId, TaskId};

/// So many comments and events a task's page shows.
const REMEMBERED: i64 = 200;

/// Who reads, where, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    /// Who.
    pub(crate) actor: &'a Actor,
    /// What is kept in memory as of.
    pub(crate) stamp: Stamp,
    /// Where and when.
    pub(crate) calendar: Calendar,
}

/// Some tasks of a filter and how many there are of it.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// The first ones.
    pub(crate) tasks: Vec<Task>,
    /// How many, at most [`Self::MOST`] and one.
    pub(crate) count: i64,
}

impl Block {
    /// Counting stops here.
    pub(crate) const MOST: i64 = 999;

    /// «12», «999+».
    pub(crate) fn words(&self) -> String {
        count_words(self.count)
    }
}

/// A count that was given up at [`Block::MOST`].
pub(crate) fn count_words(count: i64) -> String {
    if count > Block::MOST {
        format!("{}+", Block::MOST)
    } else {
        count.to_string()
    }
}

/// One task.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(app: &App, actor: &Actor, id: TaskId) -> Result<Task> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    queries::find(&mut conn, id, false).await?.ok_or(Error::NotFound)
}

/// What a filter means for this reader.
async fn wanted<'a>(app: &App, reader: Reader<'_>, filter: &'a Filter) -> Result<Wanted<'a>> {
    let Reader { actor, stamp, calendar } = reader;
    check(actor, Action::ViewBase, Ties::default())?;
    let chosen: Vec<i64> = filter.people.iter().map(|person| person.0).collect();
    let chosen = (!chosen.is_empty()).then_some(chosen);
    let people = match filter.scope {
        Scope::All | Scope::Given => chosen,
        Scope::Mine => Some(actor.user.map(|user| user.0).into_iter().collect()),
        Scope::Branch => {
            let directory = accounts::directory(app, stamp).await?;
            let of_branch = directory.people.iter().filter(|person| actor.is_of(person.branch));
            let of_branch: HashSet<i64> = of_branch.map(|person| person.id.0).collect();
            let mut people: Vec<i64> = match chosen {
                Some(chosen) => chosen.into_iter().filter(|person| of_branch.contains(person)).collect(),
                None => of_branch.into_iter().collect(),
            };
            people.sort_unstable();
            Some(people)
        }
    };
    let today = due::wall(calendar.now, calendar.zone).date();
    Ok(Wanted {
        bounds: filter.when.bounds(today, calendar.zone),
        people,
        given_by: actor.user.filter(|_| filter.scope == Scope::Given),
        words: Terms::read(&filter.q).map(|terms| terms.query),
        filter,
    })
}

/// A page of tasks.
pub(crate) async fn list(
    app: &App,
    reader: Reader<'_>,
    filter: &Filter,
    (place, size): (&Place, i64),
) -> Result<Page<Task>> {
    let wanted = wanted(app, reader, filter).await?;
    let mut conn = app.db.acquire().await?;
    let rows = queries::list(&mut conn, &wanted, place, size).await?;
    let order = filter.standing.order();
    Ok(place.page(rows, usize::try_from(size).unwrap_or(usize::MAX), |task| {
        task.cursor(order)
    }))
}

/// The first tasks of a filter and how many there are of it. These are counted only when there are more.
pub(crate) async fn block(app: &App, reader: Reader<'_>, filter: &Filter, most: i64) -> Result<Block> {
    let page = list(app, reader, filter, (&Place::First, most)).await?;
    let count = if page.after.is_none() {
        i64::try_from(page.rows.len()).unwrap_or(i64::MAX)
    } else {
        count(app, reader, filter, &[filter.when])
            .await?
            .first()
            .copied()
            .unwrap_or_default()
    };
    Ok(Block {
        tasks: page.rows,
        count,
    })
}

/// How many tasks there are of each of these dates, each at most [`Block::MOST`] and one.
pub(crate) async fn count(app: &App, reader: Reader<'_>, filter: &Filter, whens: &[When]) -> Result<Vec<i64>> {
    let mut counts = Vec::new();
    for when in whens {
        let filter = Filter {
            when: *when,
            ..filter.clone()
        };
        let wanted = wanted(app, reader, &filter).await?;
        let mut conn = app.db.acquire().await?;
        counts.push(queries::count(&mut conn, &wanted, Block::MOST + 1).await?);
    }
    Ok(counts)
}

/// Tasks that others set for the reader and that the reader has not begun, the latest first.
pub(crate) async fn new_for(app: &App, actor: &Actor, most: i64) -> Result<Block> {
    check(actor, Action::ViewBase, Ties::default())?;
    let Some(user) = actor.user else {
        return Ok(Block::default());
    };
    let mut conn = app.db.acquire().await?;
    let mut tasks = queries::new_for(&mut conn, user, most + 1).await?;
    let mut count = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
    if count > most {
        tasks.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        count = queries::count_new_for(&mut conn, user, Block::MOST + 1).await?;
    }
    Ok(Block { tasks, count })
}

/// Tasks of a company for its card: open ones first.
pub(crate) async fn of_company(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
    limit: i64,
) -> Result<Vec<Task>> {
    check(actor, Action::ViewBase, Ties::default())?;
    Ok(queries::of_company(conn, company, limit).await?)
}

/// What was written at a task, the latest first.
pub(crate) async fn comments(conn: &mut PgConnection, task: TaskId) -> Result<Vec<Comment>> {
    Ok(queries::comments(conn, task, REMEMBERED).await?)
}

/// What was done with a task, the latest first. A task is small: who may see it may see this.
pub(crate) async fn history(conn: &mut PgConnection, task: TaskId) -> Result<Vec<EventRow>> {
    audit::of_object(conn, "task", &task.to_string(), REMEMBERED).await
}
