//! Reading tasks.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use uuid::Uuid;

use super::Calendar;
use crate::accounts;
use crate::app::{App, Stamp};
use crate::audit::{self, EventRow};
use crate::companies::Terms;
use crate::db::{Page, Place};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::tasks::due;
use crate::tasks::model::{Filter, Scope, Task, When};
use crate::tasks::queries::{self, Wanted};
use crate::values::{CompanyId, TaskId};

/// So many events a task's page shows.
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
pub(super) async fn wanted<'a>(app: &App, reader: Reader<'_>, filter: &'a Filter) -> Result<Wanted<'a>> {
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
#[derive(Debug)]
pub(crate) struct Found {
    /// The page.
    pub(crate) page: Page<Task>,
    /// All tasks were looked through; not so when the words are too common.
    pub(crate) is_whole: bool,
}

/// A page of tasks.
pub(crate) async fn list(
    app: &App,
    reader: Reader<'_>,
    filter: &Filter,
    (place, size): (&Place, i64),
) -> Result<Found> {
    let wanted = wanted(app, reader, filter).await?;
    let mut conn = app.db.acquire().await?;
    let (ids, is_whole) = queries::page(&mut conn, &wanted, place, size).await?;
    let rows = queries::by_ids(&mut conn, &ids).await?;
    let order = filter.order();
    let page = place.page(rows, usize::try_from(size).unwrap_or(usize::MAX), |task| {
        task.cursor(order)
    });
    Ok(Found { page, is_whole })
}

/// The first tasks of each of these filters, so many, and how many there are of it: two statements for all of them.
/// Words of filters are not looked for.
pub(crate) async fn blocks(app: &App, reader: Reader<'_>, filters: &[(Filter, i64)]) -> Result<Vec<Block>> {
    let mut all = Vec::new();
    for (filter, most) in filters {
        all.push((wanted(app, reader, filter).await?, *most));
    }
    let mut conn = app.db.acquire().await?;
    // The desk asks the same few statements all day: planning one takes three times as long as running it.
    let heads = queries::heads(&mut conn, &all, (Block::MOST + 1, true)).await?;
    let mut ids: Vec<_> = heads.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let tasks = queries::by_ids(&mut conn, &ids).await?;
    let tasks: HashMap<TaskId, Task> = tasks.into_iter().map(|task| (task.id, task)).collect();
    let block = |(count, ids): (i64, Vec<Uuid>)| Block {
        tasks: ids.iter().filter_map(|id| tasks.get(&TaskId(*id)).cloned()).collect(),
        count,
    };
    Ok(heads.into_iter().map(block).collect())
}

/// How many tasks there are of each of these dates, each at most [`Block::MOST`] and one.
pub(crate) async fn count(app: &App, reader: Reader<'_>, filter: &Filter, whens: &[When]) -> Result<Vec<i64>> {
    let of = |when: &When| Filter {
        when: *when,
        ..filter.clone()
    };
    let filters: Vec<Filter> = whens.iter().map(of).collect();
    let mut all = Vec::new();
    for filter in &filters {
        all.push((wanted(app, reader, filter).await?, 0));
    }
    let mut conn = app.db.acquire().await?;
    let heads = queries::heads(&mut conn, &all, (Block::MOST + 1, false)).await?;
    Ok(heads.into_iter().map(|(count, _)| count).collect())
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

/// What was done with a task, the latest first. A task is small: who may see it may see this.
pub(crate) async fn history(conn: &mut PgConnection, task: TaskId) -> Result<Vec<EventRow>> {
    audit::of_object(conn, "task", &task.to_string(), REMEMBERED).await
}
