//! Two entries of a dictionary become one: the records of all rooms that have the old one get the other.
//!
//! A few hundred records at a time change hands, each time in a transaction of its own, so that nobody who edits one of
//! them waits for long. Whoever asked waits for a few seconds; what is left then is moved by a job, after a restart too.

use std::time::{Duration, Instant};

use sqlx::PgConnection;

use crate::app::App;
use crate::companies::{self, Holders};
use crate::dictionaries::{self, Entry, Kind, Merge};
use crate::error::{self, Error, Result};
use crate::imports;
use crate::policy::{Action, Actor, Ties, check};
use crate::tasks;
use crate::values::{TaskTypeId, text};

/// So long the one who asked waits.
const PATIENCE: Duration = Duration::from_secs(3);

const IMPORTING: &str =
    "Сейчас идёт импорт: он может записать это значение в карточки. Дождитесь его конца и повторите.";

/// What is known before two entries become one.
pub(super) struct Preview {
    /// What goes.
    pub(super) entry: Entry,
    /// What can take over.
    pub(super) others: Vec<Entry>,
    /// Who has it.
    pub(super) holders: Holders,
    /// How many of them have the chosen one too.
    pub(super) both: i64,
}

/// Who has entries of a dictionary: «1 компания», «2 компании», «5 компаний».
pub(super) fn holders_of(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::Task => ["задача", "задачи", "задач"],
        Kind::Status | Kind::Sphere | Kind::Contract | Kind::Region => ["компания", "компании", "компаний"],
    }
}

/// The same after «у»: «у 1 компании».
pub(super) fn at(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::Task => ["задачи", "задач", "задач"],
        Kind::Status | Kind::Sphere | Kind::Contract | Kind::Region => ["компании", "компаний", "компаний"],
    }
}

/// How a merge went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Merged {
    /// All is done; so many records were moved.
    Done(i64),
    /// The job goes on with it.
    GoesOn,
}

/// Looks at who has an entry before it goes; `to`: what is to take over.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn preview(app: &App, actor: &Actor, kind: Kind, key: &str, to: &str) -> Result<Preview> {
    let mut others = dictionaries::entries(app, actor, kind).await?;
    let place = others
        .iter()
        .position(|entry| entry.key == key)
        .ok_or(Error::NotFound)?;
    let entry = others.remove(place);
    others.retain(|other| other.is_active);
    let mut conn = app.db.acquire().await?;
    let is_known = others.iter().any(|other| other.key == to);
    let both = if is_known {
        companies::count_with_both(&mut conn, kind, key, to).await?
    } else {
        0
    };
    Ok(Preview {
        holders: holders(&mut conn, kind, key).await?,
        entry,
        others,
        both,
    })
}

/// How many records have an entry.
async fn count_with(conn: &mut PgConnection, kind: Kind, key: &str) -> Result<i64> {
    match task_type(kind, key) {
        Some(kind) => tasks::count_of_type(conn, kind).await,
        None => companies::count_with(conn, kind, key).await,
    }
}

async fn holders(conn: &mut PgConnection, kind: Kind, key: &str) -> Result<Holders> {
    match task_type(kind, key) {
        Some(kind) => Ok(Holders {
            count: tasks::count_of_type(conn, kind).await?,
            some: Vec::new(),
        }),
        None => companies::holders(conn, kind, key).await,
    }
}

/// Gives some of the records that have `old` the entry `new`. `None`: there are none.
async fn regroup(conn: &mut PgConnection, kind: Kind, old: &str, new: &str) -> Result<Option<i64>> {
    match task_type(kind, old).zip(task_type(kind, new)) {
        Some((old, new)) => tasks::replace_type(conn, old, new).await,
        None => companies::regroup(conn, kind, old, new).await,
    }
}

fn task_type(kind: Kind, key: &str) -> Option<TaskTypeId> {
    if kind == Kind::Task { key.parse().ok() } else { None }
}

/// Merges of a dictionary that are under way, each with how many records are left.
pub(super) async fn under_way(app: &App, actor: &Actor, kind: Kind) -> Result<Vec<(Merge, i64)>> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let mut left = Vec::new();
    for merge in dictionaries::merges(&mut conn).await? {
        if merge.kind == kind {
            let count = count_with(&mut conn, kind, &merge.old_key).await?;
            left.push((merge, count));
        }
    }
    Ok(left)
}

/// Makes an entry one with another.
///
/// # Errors
/// [`Error::Invalid`] at `to` for an entry that cannot take over, and while an import runs.
pub(super) async fn merge(app: &App, actor: &Actor, kind: Kind, old: &str, new: &str) -> Result<Merged> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let mut tx = app.begin().await?;
    no_import(app, &mut tx).await?;
    let count = count_with(&mut tx, kind, old).await?;
    let merge = dictionaries::begin_merge(&mut tx, actor, (kind, old, new), count, app.now()).await?;
    tx.commit().await?;
    let is_done = work(app, &merge, Some(Instant::now() + PATIENCE)).await?;
    Ok(if is_done { Merged::Done(count) } else { Merged::GoesOn })
}

/// Deletes an entry that no record has.
///
/// # Errors
/// [`Error::Invalid`] at `to` when some record has it.
pub(super) async fn delete(app: &App, actor: &Actor, kind: Kind, (key, seen): (&str, Option<i32>)) -> Result<()> {
    let mut tx = app.begin().await?;
    let entry = dictionaries::hold_entry(&mut tx, actor, kind, key).await?;
    error::must_be_as_seen(seen, entry.version)?;
    no_import(app, &mut tx).await?;
    let count = count_with(&mut tx, kind, key).await?;
    if count > 0 {
        let count = text::count(count, at(kind));
        let sentence = format!("Эта запись стоит у {count}. Выберите, что поставить вместо неё.");
        return Err(Error::field("to", sentence));
    }
    dictionaries::delete_entry(&mut tx, actor, kind, &entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Goes on with the merges that have begun.
pub(crate) async fn finish_merges(app: &App) -> Result<()> {
    let merges = dictionaries::merges(&mut *app.db.acquire().await?).await?;
    for merge in merges {
        work(app, &merge, None).await?;
    }
    Ok(())
}

/// Moves records until none is left, or until it is late. Answers whether the merge is done.
async fn work(app: &App, merge: &Merge, until: Option<Instant>) -> Result<bool> {
    let Merge {
        kind, old_key, new_key, ..
    } = merge;
    loop {
        let mut tx = app.begin().await?;
        let Some(moved) = regroup(&mut tx, *kind, old_key, new_key).await? else {
            break;
        };
        dictionaries::count_moved(&mut tx, merge, moved).await?;
        tx.commit().await?;
        if until.is_some_and(|until| Instant::now() > until) {
            return Ok(false);
        }
    }
    let mut tx = app.begin().await?;
    // It may have read the old name before the merge began.
    if imports::is_running(app, &mut tx).await? {
        return Ok(false);
    }
    if !dictionaries::hold_old(&mut tx, merge).await? {
        return Ok(true);
    }
    while let Some(moved) = regroup(&mut tx, *kind, old_key, new_key).await? {
        dictionaries::count_moved(&mut tx, merge, moved).await?;
    }
    dictionaries::end_merge(&mut tx, merge, app.now()).await?;
    tx.commit().await?;
    Ok(true)
}

async fn no_import(app: &App, conn: &mut sqlx::PgConnection) -> Result<()> {
    if imports::is_running(app, conn).await? {
        return Err(Error::field("to", IMPORTING));
    }
    Ok(())
}
