//! Tokens of the API: signing in for them, renewing them, giving a phone its own.

use sqlx::PgConnection;
use uuid::Uuid;

use super::factor::{Used, use_code};
use super::locks;
use super::sign_in::{Credentials, Refused, Visitor, prove};
use super::users::active_person;
use crate::accounts::sessions::{self, Kind};
use crate::accounts::{limits, queries, tokens};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::{Origin, UserId};

/// What a client goes on with.
pub(crate) struct Tokens {
    /// For as long as it is used.
    pub(crate) refresh: String,
    /// For minutes.
    pub(crate) access: String,
    /// Whose they are.
    pub(crate) actor: Actor,
}

/// Why there are no tokens.
pub(crate) enum Denied {
    /// As on the page.
    Refused(Refused),
    /// The password is right; a code of the second factor is missing.
    CodeNeeded,
    /// The role needs a second factor, and there is none yet.
    FactorNeeded,
}

impl<E: Into<Refused>> From<E> for Denied {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// Signs in for tokens: the same service, limits and log as the page. `otp`: a code of the second factor, where it is on.
///
/// # Errors
/// Why not.
pub(crate) async fn obtain(
    app: &App,
    (username, password, otp): (&str, &str, Option<&str>),
    visitor: Visitor<'_>,
) -> Result<Tokens, Denied> {
    let (mut tx, person) = prove(app, username, password, visitor).await?;
    if queries::factor::find(&mut tx, person.id).await?.is_some() {
        let checked = match otp {
            None => Err(Denied::CodeNeeded),
            Some(otp) => check_code(app, &mut tx, &person, (otp, visitor.origin)).await,
        };
        if let Err(denied) = checked {
            // What was counted and logged stays.
            tx.commit().await?;
            return Err(denied);
        }
    } else if queries::rules::is_required(&mut tx, person.role).await? {
        tx.commit().await?;
        return Err(Denied::FactorNeeded);
    }
    queries::touch_sign_in(&mut tx, person.id, app.now()).await?;
    let message = format!("Вход по API с адреса {}", visitor.origin.ip);
    let tokens = open(app, &mut tx, &person.actor(), (Kind::Api, visitor.origin, message)).await?;
    tx.commit().await?;
    Ok(tokens)
}

async fn check_code(
    app: &App,
    conn: &mut PgConnection,
    person: &Credentials,
    (otp, origin): (&str, &Origin),
) -> Result<(), Denied> {
    if let Some(held) = limits::count_code(conn, person.id, app.now()).await? {
        locks::log(conn, &held, &person.id.to_string(), origin).await?;
        return Err(Denied::Refused(Refused::Held {
            seconds: held.seconds,
            is_login: true,
        }));
    }
    if let Used::Wrong = use_code(app, conn, person.id, otp).await? {
        let message = format!("Пароль верный, код второго фактора нет; адрес {}", origin.ip);
        let event = Event::new("second_factor_failed", "session", person.id, message).from(origin);
        audit::record(conn, &Actor::system(), event).await?;
        return Err(Denied::Refused(Refused::Wrong));
    }
    limits::forgive_code(conn, person.id).await?;
    Ok(())
}

/// Opens a session of this kind, with an event of this message, and answers its tokens.
async fn open(
    app: &App,
    conn: &mut PgConnection,
    actor: &Actor,
    (kind, origin, message): (Kind, &Origin, String),
) -> Result<Tokens> {
    let (now, user) = (app.now(), actor.user.ok_or(Error::NotFound)?);
    let (session, secret) = sessions::open(conn, user, (kind, origin), now).await?;
    let event = Event::new("sign_in", "session", user, message).from(origin);
    audit::record(conn, actor, event).await?;
    Ok(Tokens {
        refresh: tokens::refresh(&app.secret_key, &secret, user, now)?,
        access: tokens::access(&app.secret_key, session, user, now)?,
        actor: *actor,
    })
}

/// Opens the session of a person's phone, which was paired by showing it a picture; its tokens reach calls only.
///
/// # Errors
/// [`Error::NotFound`] when the person may not sign in any more.
pub(crate) async fn admit_phone(app: &App, conn: &mut PgConnection, user: UserId, origin: &Origin) -> Result<Tokens> {
    let person = active_person(conn, user).await?;
    let person = person.ok_or(Error::NotFound)?;
    let actor = Actor {
        user: Some(user),
        role: person.role,
        branch: person.branch,
    };
    let message = format!("Телефон подключён по QR-коду с адреса {}", origin.ip);
    open(app, conn, &actor, (Kind::Phone, origin, message)).await
}

/// How a refresh token fares.
pub(crate) enum Renewed {
    /// A new access token.
    Access(String),
    /// The token is none of ours, or its session has ended.
    Invalid,
}

/// A new access token for a refresh token; never limited: older phones sign out on any other answer.
///
/// # Errors
/// The database's.
pub(crate) async fn renew(app: &App, refresh: &str) -> Result<Renewed> {
    let Some(secret) = tokens::read_refresh(&app.secret_key, refresh) else {
        return Ok(Renewed::Invalid);
    };
    let now = app.now();
    match sessions::renewed(app, &secret).await? {
        Some((session, user)) => Ok(Renewed::Access(tokens::access(&app.secret_key, session, user, now)?)),
        None => Ok(Renewed::Invalid),
    }
}

/// Ends a session of a program or a phone, by its person or by whoever was asked for the right before.
///
/// # Errors
/// The database's.
pub(crate) async fn end_token(
    conn: &mut PgConnection,
    actor: &Actor,
    (session, user): (Uuid, UserId),
    message: &str,
) -> Result<()> {
    sessions::end(conn, session).await?;
    let event = Event::new("end_session", "session", user, message);
    audit::record(conn, actor, event).await?;
    Ok(())
}
