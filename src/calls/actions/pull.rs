//! A phone asks what to call. An empty answer costs one query; a waiting phone costs none until something happens.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::accounts::Access;
use crate::api::{ApiError, AuthFailure};
use crate::app::{App, Rate};
use crate::calls::model::Command;
use crate::calls::queries::{read, write};
use crate::db::{self, Happened};
use crate::error::{Error, Result};
use crate::phones;
use crate::values::{CallId, PhoneId, UserId};

/// How often one phone may ask (C8).
const POLLS: Rate = Rate {
    name: "poll",
    per_second: 2.0,
    burst: 20.0,
};

/// How a phone asks.
pub(in crate::calls) struct Wait<'a> {
    /// What the phone calls itself.
    pub(in crate::calls) device_id: &'a str,
    /// How long it would wait for something.
    pub(in crate::calls) patience: Duration,
    /// It confirms what it is given, and so may be told again.
    pub(in crate::calls) confirms: bool,
    /// What it was given before, confirmed by this very poll.
    pub(in crate::calls) last: Option<CallId>,
}

/// What a phone is answered.
pub(in crate::calls) enum Pulled {
    /// Nothing is to be called.
    Nothing,
    /// This is.
    Call(Command),
    /// It is no phone of this session.
    Stranger,
}

/// Gives the next request to the phone that asks, waiting for one as long as it likes to.
///
/// # Errors
/// [`AuthFailure::Invalid`] as soon as the session ends, also in the middle of waiting; [`Error::TooMany`].
pub(in crate::calls) async fn pull(app: &App, access: Access, wait: Wait<'_>) -> Result<Pulled, ApiError> {
    if let Err(seconds) = app.pace.count(POLLS, format!("{} {}", access.session, wait.device_id)) {
        return Err(Error::TooMany(seconds).into());
    }
    if let Some(last) = wait.last {
        acknowledge(app, access, last).await?;
    }
    let until = Instant::now() + wait.patience;
    // Before the first look: what happens between the two wakes us at once.
    let place = (!wait.patience.is_zero()).then(|| app.live.wait_for_calls(access.user, access.session));
    let mut is_first = true;
    loop {
        let mut conn = app.db.acquire().await?;
        let look = read::look(&mut conn, access.session, wait.device_id, app.now()).await?;
        let look = look.filter(|look| look.user == access.user);
        let look = look.ok_or(ApiError::Auth(AuthFailure::Invalid))?;
        let Some(phone) = look.phone else {
            return Ok(Pulled::Stranger);
        };
        if std::mem::take(&mut is_first) && look.is_stale {
            phones::seen(&mut conn, phone).await?;
        }
        drop(conn);
        if look.has_call
            && let Some(command) = claim(app, (look.user, phone), wait.confirms).await?
        {
            return Ok(Pulled::Call(command));
        }
        let Some(place) = &place else {
            return Ok(Pulled::Nothing);
        };
        let woken = tokio::select! {
            woken = timeout_at(until, place.woken()) => woken.is_ok(),
            () = app.live.closing() => false,
        };
        if !woken {
            return Ok(Pulled::Nothing);
        }
    }
}

/// Whether the session of a token is still open.
///
/// # Errors
/// [`AuthFailure::Invalid`] when it is not.
pub(in crate::calls) async fn open(app: &App, access: Access) -> Result<(), ApiError> {
    let mut conn = app.db.acquire().await?;
    let look = read::look(&mut conn, access.session, "", app.now()).await?;
    let look = look.filter(|look| look.user == access.user);
    look.map(|_| ()).ok_or(ApiError::Auth(AuthFailure::Invalid))
}

async fn claim(app: &App, (user, phone): (UserId, PhoneId), confirms: bool) -> Result<Option<Command>> {
    let mut tx = app.begin().await?;
    let command = write::claim(&mut tx, (user, phone), confirms).await?;
    if command.is_some() {
        db::announce(&mut tx, &[Happened::Call(user)]).await?;
    }
    tx.commit().await?;
    Ok(command)
}

/// A phone confirms that it has a request. Twice is once; what is over or another phone's stays what it is.
///
/// # Errors
/// The database's.
pub(in crate::calls) async fn acknowledge(app: &App, access: Access, id: CallId) -> Result<bool> {
    let mut tx = app.begin().await?;
    let Some((phone, ..)) = read::hold_told(&mut tx, id, access.session).await? else {
        return Ok(false);
    };
    if write::acknowledge(&mut tx, id, phone).await? {
        db::announce(&mut tx, &[Happened::Call(access.user)]).await?;
    }
    tx.commit().await?;
    Ok(true)
}
