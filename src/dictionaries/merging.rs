//! Two entries become one; an entry that nobody needs goes. Whoever composes this moves the records of the rooms.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::entries::{Entry, Kind};
use super::heirs::Heirs;
use super::{entry_queries, merge_queries as queries};
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::text;

const BUSY: &str = "Эта запись уже объединяется с другой. Дождитесь конца: это видно в списке.";
const HIDDEN: &str = "Выберите запись, которую можно выбирать: скрытая останется в карточках, и её никто не увидит.";

/// A merge that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merge {
    /// Of which dictionary.
    pub(crate) kind: Kind,
    /// What goes.
    pub(crate) old_key: String,
    /// Its name.
    pub(crate) old_name: String,
    /// What stays.
    pub(crate) new_key: String,
    /// How many records have been moved.
    pub(crate) moved: i64,
}

/// Which entries are meant by those that are gone.
pub(crate) async fn heirs(conn: &mut PgConnection) -> Result<Heirs> {
    Ok(queries::heirs(conn).await?)
}

/// Merges that have begun and are not done, the oldest first.
pub(crate) async fn merges(conn: &mut PgConnection) -> Result<Vec<Merge>> {
    Ok(queries::unfinished(conn).await?)
}

/// Begins to make `old` one with `new`: from now on nobody chooses it, and whoever names it means the other.
/// `count` is how many records have it, for the log.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `to` for an entry that cannot take over.
pub(crate) async fn begin_merge(
    conn: &mut PgConnection,
    actor: &Actor,
    (kind, old, new): (Kind, &str, &str),
    count: i64,
    now: DateTime<Utc>,
) -> Result<Merge> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let (entries, old) = hold(conn, kind, old).await?;
    let new = entries
        .into_iter()
        .find(|entry| entry.key == new && entry.key != old.key);
    let new = new.ok_or_else(|| Error::field("to", "Выберите другую запись этого справочника."))?;
    let running = queries::unfinished(conn).await?;
    let is_busy = |entry: &Entry| {
        let mut own = running.iter().filter(|merge| merge.kind == kind);
        own.any(|merge| merge.old_key == entry.key || merge.new_key == entry.key)
    };
    if is_busy(&old) || is_busy(&new) {
        return Err(Error::field("to", BUSY));
    }
    if !new.is_active {
        return Err(Error::field("to", HIDDEN));
    }
    let merge = Merge {
        kind,
        old_key: old.key.clone(),
        old_name: old.name.clone(),
        new_key: new.key,
        moved: 0,
    };
    entry_queries::hide(conn, kind, &old.key).await?;
    queries::begin(conn, &merge, now).await?;
    let message = format!(
        "{}: «{}» объединяется с «{}», записей: {}",
        kind.title(),
        old.name,
        new.name,
        text::number(count),
    );
    audit::record(conn, actor, Event::new("merge", kind.entity(), old.key, message)).await?;
    Ok(merge)
}

/// Remembers that so many more records have been moved.
pub(crate) async fn count_moved(conn: &mut PgConnection, merge: &Merge, moved: i64) -> Result<()> {
    Ok(queries::count_moved(conn, merge, moved).await?)
}

/// Keeps everybody from giving the old entry to a record until the transaction ends; `false`: it is gone already.
pub(crate) async fn hold_old(conn: &mut PgConnection, merge: &Merge) -> Result<bool> {
    Ok(entry_queries::hold(conn, merge.kind, &merge.old_key).await?)
}

/// Ends a merge whose records have all been moved: the old entry is deleted.
pub(crate) async fn end_merge(conn: &mut PgConnection, merge: &Merge, now: DateTime<Utc>) -> Result<()> {
    entry_queries::delete(conn, merge.kind, &merge.old_key).await?;
    let moved = queries::end(conn, merge, now).await?;
    let title = merge.kind.title();
    let message = format!(
        "{title}: «{}» удалено, перенесено записей: {}",
        merge.old_name,
        text::number(moved)
    );
    let event = Event::new("delete", merge.kind.entity(), &merge.old_key, message);
    audit::record(conn, &Actor::system(), event).await?;
    Ok(())
}

/// Locks an entry that is to be deleted against whoever would give it to a record.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] while it takes part in a merge.
pub(crate) async fn hold_entry(conn: &mut PgConnection, actor: &Actor, kind: Kind, key: &str) -> Result<Entry> {
    check(actor, Action::ManageDictionaries, Ties::default())?;
    let (_, entry) = hold(conn, kind, key).await?;
    let running = queries::unfinished(conn).await?;
    let mut own = running.iter().filter(|merge| merge.kind == kind);
    if own.any(|merge| merge.old_key == key || merge.new_key == key) {
        return Err(Error::field("to", BUSY));
    }
    Ok(entry)
}

/// Deletes an entry that no record has; see [`hold_entry`].
pub(crate) async fn delete_entry(conn: &mut PgConnection, actor: &Actor, kind: Kind, entry: &Entry) -> Result<()> {
    entry_queries::delete(conn, kind, &entry.key).await?;
    queries::forget(conn, kind, &entry.key).await?;
    let message = format!("{}: удалено «{}»", kind.title(), entry.name);
    audit::record(conn, actor, Event::new("delete", kind.entity(), &entry.key, message)).await?;
    Ok(())
}

/// Locks the dictionary and one of its entries; answers all of them and the one.
async fn hold(conn: &mut PgConnection, kind: Kind, key: &str) -> Result<(Vec<Entry>, Entry)> {
    entry_queries::lock(conn, kind).await?;
    let entries = entry_queries::list(conn, kind).await?;
    let entry = entries.iter().find(|entry| entry.key == key).cloned();
    let entry = entry.ok_or(Error::NotFound)?;
    entry_queries::hold(conn, kind, key).await?;
    Ok((entries, entry))
}
