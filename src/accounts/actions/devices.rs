//! Open sessions of a person: seen and ended by the person, or by an administrator.

use uuid::Uuid;

use super::factor::{Caller, own};
use super::users::find_user;
use crate::accounts::device::device_words;
use crate::accounts::model::{OpenSession, OwnAccount};
use crate::accounts::{queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{Origin, UserId};

/// The most sessions that a list shows.
pub(crate) const SHOWN: i64 = 100;

/// What a person sees of the own account.
pub(crate) async fn own_account(app: &App, actor: &Actor) -> Result<OwnAccount> {
    let id = own(actor)?;
    let mut conn = app.db.acquire().await?;
    let found = queries::sessions::account(&mut conn, id).await?;
    found.ok_or(Error::NotFound)
}

/// One's own open sessions, at most [`SHOWN`].
pub(crate) async fn own_sessions(app: &App, actor: &Actor) -> Result<Vec<OpenSession>> {
    open(app, own(actor)?).await
}

/// A person's open sessions, for administrators.
pub(crate) async fn sessions_of(app: &App, actor: &Actor, id: UserId) -> Result<Vec<OpenSession>> {
    check(actor, Action::ManageUsers, Ties::default())?;
    open(app, id).await
}

async fn open(app: &App, id: UserId) -> Result<Vec<OpenSession>> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    Ok(queries::sessions::open(&mut conn, id, (now, sessions::idle_since(now)), SHOWN).await?)
}

/// Ends one of one's own sessions.
///
/// # Errors
/// [`Error::NotFound`] when it has ended already or is somebody else's.
pub(crate) async fn end_own_session(app: &App, caller: &Caller<'_>, session: Uuid) -> Result<()> {
    end_one(app, (&caller.actor, caller.origin), own(&caller.actor)?, session).await
}

/// Ends a session of a person, for administrators.
///
/// # Errors
/// [`Error::NotFound`] when it has ended already.
pub(crate) async fn end_session_of(app: &App, actor: &Actor, origin: &Origin, id: UserId, session: Uuid) -> Result<()> {
    find_user(app, actor, id).await?;
    end_one(app, (actor, origin), id, session).await
}

async fn end_one(app: &App, (actor, origin): (&Actor, &Origin), id: UserId, session: Uuid) -> Result<()> {
    let mut tx = app.begin().await?;
    let ended = queries::sessions::end_one(&mut tx, id, session).await?;
    let ended = ended.ok_or(Error::NotFound)?;
    let device = device_words(&ended.user_agent);
    let message = format!("Завершён сеанс: {device}, адрес {}", ended.ip);
    let event = Event::new("end_session", "session", id, message).from(origin);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all of one's own sessions but this one; answers how many.
pub(crate) async fn end_other_sessions(app: &App, caller: &Caller<'_>) -> Result<u64> {
    let id = own(&caller.actor)?;
    let mut tx = app.begin().await?;
    let ended = sessions::end_all(&mut tx, id, Some(caller.session)).await?;
    if ended > 0 {
        let event = Event::new(
            "end_sessions",
            "session",
            id,
            "Завершил свои сеансы на других устройствах",
        );
        audit::record(&mut tx, &caller.actor, event.from(caller.origin)).await?;
    }
    tx.commit().await?;
    Ok(ended)
}
