//! What a person does with the own account.

use super::factor::{Caller, own};
use super::locks;
use crate::accounts::{limits, password, queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};

/// Checks the present password of a person who has signed in; answers the login.
///
/// # Errors
/// [`Error::Invalid`] at `field`; [`Error::TooMany`] before any hashing.
pub(super) async fn prove(app: &App, caller: &Caller<'_>, present: &str, field: &'static str) -> Result<String> {
    let id = own(&caller.actor)?;
    let mut conn = app.db.acquire().await?;
    if let Some(held) = limits::count_own(&mut conn, id, app.now()).await? {
        return locks::refuse(&mut conn, held, &id.to_string(), caller.origin).await;
    }
    let (username, stored) = queries::own_password(&mut conn, id).await?.ok_or(Error::NotFound)?;
    drop(conn);
    if !password::verify(app, present, Some(stored)).await? {
        return Err(Error::field(field, "Нынешний пароль другой."));
    }
    limits::forgive_own(&mut *app.db.acquire().await?, id).await?;
    Ok(username)
}

/// What a change of the own password did.
pub(crate) struct Changed {
    /// How many other sessions ended.
    pub(crate) ended: u64,
    /// The new secret of this session.
    pub(crate) token: String,
}

/// Changes the own password, ends all other sessions and renews this one, whose cookie may have been copied.
///
/// # Errors
/// [`Error::Invalid`] when the present password is wrong or the new one will not do; [`Error::TooMany`] before any
/// hashing.
pub(crate) async fn change_password(app: &App, caller: &Caller<'_>, present: &str, new: &str) -> Result<Changed> {
    let id = own(&caller.actor)?;
    let username = prove(app, caller, present, "present").await?;
    if let Some(sentence) = password::weakness(new, &username) {
        return Err(Error::field("new", sentence));
    }
    let hash = password::hash(app, new).await?;
    let mut tx = app.begin().await?;
    queries::set_password(&mut tx, id, &hash).await?;
    let ended = sessions::end_all(&mut tx, id, Some(caller.session)).await?;
    let token = sessions::renew(&mut tx, caller.session).await?;
    let event = Event::new("change_password", "user", id, "Сменил свой пароль").from(caller.origin);
    audit::record(&mut tx, &caller.actor, event).await?;
    tx.commit().await?;
    Ok(Changed { ended, token })
}
