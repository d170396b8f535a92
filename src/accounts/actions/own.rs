//! What a person does with the own account.

use uuid::Uuid;

use crate::accounts::{limits, password, queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::UserId;

/// Checks the present password of a person who has signed in; answers the login.
///
/// # Errors
/// [`Error::Invalid`] at `field`; [`Error::TooMany`] before any hashing.
pub(super) async fn prove(app: &App, id: UserId, present: &str, field: &'static str) -> Result<String> {
    let mut conn = app.db.acquire().await?;
    limits::count_own(&mut conn, id, app.now()).await?;
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
    pub(crate) token: Option<String>,
}

/// Changes the own password, ends all other sessions and renews this one, whose cookie may have been copied.
///
/// # Errors
/// [`Error::Invalid`] when the present password is wrong or the new one will not do; [`Error::TooMany`] before any
/// hashing.
pub(crate) async fn change_password(
    app: &App,
    actor: &Actor,
    session: Option<Uuid>,
    present: &str,
    new: &str,
) -> Result<Changed> {
    check(
        actor,
        Action::ManageOwnAccount,
        Ties {
            own: true,
            branch: false,
        },
    )?;
    let id = actor.user.ok_or(Error::NotFound)?;
    let username = prove(app, id, present, "present").await?;
    if let Some(sentence) = password::weakness(new, &username) {
        return Err(Error::field("new", sentence));
    }
    let hash = password::hash(app, new).await?;
    let mut tx = app.begin().await?;
    queries::set_password(&mut tx, id, &hash).await?;
    let ended = sessions::end_all(&mut tx, id, session).await?;
    let token = match session {
        Some(session) => Some(sessions::renew(&mut tx, session).await?),
        None => None,
    };
    audit::record(
        &mut tx,
        actor,
        Event::new("change_password", "user", id, "Сменил свой пароль"),
    )
    .await?;
    tx.commit().await?;
    Ok(Changed { ended, token })
}
