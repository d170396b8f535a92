//! Telling people, and what they do with what they are told.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{COUNTED, Filter, IN_BELL, KEPT, Kind, Notice, Told, Unread, entity_key};
use super::queries;
use crate::app::{App, Bell, BellItem};
use crate::audit::{self, Changes, Event};
use crate::db::{self, Happened, PAGE, Page, Place};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::UserId;

/// Tells people of something, in the transaction in which it happens. The actor is never told; neither is whoever does
/// not want to hear of this kind, nor whoever was told under the same key before.
///
/// # Errors
/// The database's.
pub(crate) async fn tell(conn: &mut PgConnection, actor: &Actor, notice: Notice) -> Result<()> {
    let mut people: Vec<i64> = notice.to.iter().map(|user| user.0).collect();
    people.retain(|user| !actor.is(Some(UserId(*user))));
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(());
    }
    let told = queries::insert(conn, &notice, &people).await?;
    ring_for(conn, told).await
}

/// What was told under this key is done with: whoever has not read it need not any more.
pub(crate) async fn settle(conn: &mut PgConnection, key: &str, now: DateTime<Utc>) -> Result<()> {
    let settled = queries::settle(conn, key, now).await?;
    ring_for(conn, settled).await
}

/// What was told under this key is not true any more: it goes, read or not.
pub(crate) async fn withdraw(conn: &mut PgConnection, key: &str) -> Result<()> {
    let gone = queries::withdraw(conn, key).await?;
    ring_for(conn, gone).await
}

/// These things are erased for good: so is all that people were told of them.
pub(crate) async fn forget(conn: &mut PgConnection, entity: &str, ids: &[Uuid]) -> Result<()> {
    let entities: Vec<String> = ids.iter().map(|id| entity_key(entity, id)).collect();
    let gone = queries::forget(conn, &entities).await?;
    ring_for(conn, gone).await
}

/// All processes learn whose bells have changed.
async fn ring_for(conn: &mut PgConnection, mut people: Vec<UserId>) -> Result<()> {
    people.sort_unstable();
    people.dedup();
    let events: Vec<Happened> = people.into_iter().map(Happened::Bell).collect();
    Ok(db::announce(conn, &events).await?)
}

/// What a person's bell shows: from memory, or by one look into an index.
pub(super) async fn bell(app: &App, user: UserId) -> Result<Arc<Bell>> {
    let generation = match app.live.bell(user) {
        Ok(bell) => return Ok(bell),
        Err(generation) => generation,
    };
    let limit = i64::try_from(COUNTED).unwrap_or(i64::MAX);
    let unread = queries::unread(&mut *app.db.acquire().await?, user, limit).await?;
    let bell = Arc::new(gather(unread));
    app.live.keep_bell(user, generation, &bell);
    Ok(bell)
}

/// Notices of a kind about one thing become one line; there are only so many.
fn gather(unread: Vec<Unread>) -> Bell {
    let mut bell = Bell {
        unread: unread.len(),
        items: Vec::new(),
    };
    let mut lines: HashMap<(String, String), usize> = HashMap::new();
    for notice in unread {
        let key = (notice.kind, notice.entity);
        if let Some(line) = lines.get(&key).filter(|_| !key.1.is_empty()) {
            bell.items[*line].count += 1;
        } else if bell.items.len() < IN_BELL {
            let icon = Kind::read(&key.0).map_or("bell", Kind::icon);
            lines.insert(key, bell.items.len());
            bell.items.push(BellItem {
                id: notice.id,
                icon,
                title: notice.title,
                body: notice.body,
                count: 1,
                at: notice.created_at,
            });
        }
    }
    bell
}

fn person(actor: &Actor) -> Result<UserId> {
    check(actor, Action::ManageOwnAccount, Ties::default())?;
    actor.user.ok_or(Error::Denied(Action::ManageOwnAccount))
}

/// One page of what a person was told, newest first.
pub(super) async fn list(app: &App, actor: &Actor, filter: Filter, place: &Place) -> Result<Page<Told>> {
    let user = person(actor)?;
    let mut conn = app.db.acquire().await?;
    let rows = queries::page(&mut conn, user, filter, place, PAGE + 1).await?;
    Ok(place.page(rows, usize::try_from(PAGE).unwrap_or(usize::MAX), Told::cursor))
}

/// Opens a notice: answers where it leads. It is read by that, and so are the others that stood behind it.
///
/// # Errors
/// [`Error::NotFound`], also for another person's.
pub(super) async fn open(app: &App, actor: &Actor, id: Uuid) -> Result<String> {
    let user = person(actor)?;
    let mut tx = app.begin().await?;
    let url = queries::open(&mut tx, user, id, app.now()).await?;
    let url = url.ok_or(Error::NotFound)?;
    ring_for(&mut tx, vec![user]).await?;
    tx.commit().await?;
    app.live.tell(Happened::Bell(user));
    Ok(url)
}

/// Marks a notice read.
///
/// # Errors
/// [`Error::NotFound`], also for another person's.
pub(super) async fn read(app: &App, actor: &Actor, id: Uuid) -> Result<()> {
    let user = person(actor)?;
    let mut tx = app.begin().await?;
    if !queries::read_one(&mut tx, user, id, app.now()).await? {
        return Err(Error::NotFound);
    }
    ring_for(&mut tx, vec![user]).await?;
    tx.commit().await?;
    app.live.tell(Happened::Bell(user));
    Ok(())
}

/// Marks all notices read that the page showed: those that happened no later than `until`.
pub(super) async fn read_all(app: &App, actor: &Actor, until: Option<DateTime<Utc>>) -> Result<()> {
    let user = person(actor)?;
    let mut tx = app.begin().await?;
    let read = queries::read_all(&mut tx, user, until.unwrap_or_else(|| app.now()), app.now()).await?;
    if read == 0 {
        return Ok(());
    }
    ring_for(&mut tx, vec![user]).await?;
    tx.commit().await?;
    app.live.tell(Happened::Bell(user));
    Ok(())
}

/// Kinds that the actor may be told of, and whether that is wanted.
pub(super) async fn settings(app: &App, actor: &Actor) -> Result<Vec<(Kind, bool)>> {
    let user = person(actor)?;
    let mut conn = app.db.acquire().await?;
    let silenced = queries::silenced(&mut conn, user).await?;
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.concerns(actor));
    Ok(kinds
        .map(|kind| (kind, !silenced.iter().any(|code| code == kind.code())))
        .collect())
}

/// Sets which kinds the actor wants to hear of.
pub(super) async fn set_settings(app: &App, actor: &Actor, wanted: &[Kind]) -> Result<()> {
    let user = person(actor)?;
    let before = settings(app, actor).await?;
    let mut changes = Changes::default();
    let word = |is_on: bool| {
        if is_on {
            "включено"
        } else {
            "выключено"
        }
    };
    for (kind, is_on) in &before {
        changes.compare(kind.label(), word(*is_on), word(wanted.contains(kind)));
    }
    if changes.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = before.iter().map(|(kind, _)| kind.code()).collect();
    let is_wanted: Vec<bool> = before.iter().map(|(kind, _)| wanted.contains(kind)).collect();
    let mut tx = app.begin().await?;
    queries::write_settings(&mut tx, user, &kinds, &is_wanted).await?;
    let event = Event::new("notification_settings", "user", user, "Изменены настройки уведомлений");
    audit::record(&mut tx, actor, event.with(changes)).await?;
    tx.commit().await?;
    Ok(())
}

/// The periodic work: forgets what was read long ago.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let before = app.now() - KEPT;
    let mut cleaned = 0;
    loop {
        let gone = queries::clean(&mut *app.db.acquire().await?, before).await?;
        if gone == 0 {
            break;
        }
        cleaned += gone;
    }
    if cleaned > 0 {
        tracing::info!(cleaned, "old notices forgotten");
    }
    Ok(())
}
