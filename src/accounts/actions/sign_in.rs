//! Signing in and out. One service for the page and for the token API.

use sqlx::{PgConnection, Postgres, Transaction};

use super::factor::{Caller, Used, own, use_code};
use super::locks;
use crate::accounts::factor::{Secret, seal};
use crate::accounts::known::KnownDevice;
use crate::accounts::limits::{self, Limit, Try};
use crate::accounts::sessions::Kind;
use crate::accounts::{password, queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Actor, Role};
use crate::values::{Origin, UserId};

/// The one answer for an unknown login and for a wrong password.
const REFUSED: &str = "Неверный логин или пароль.";
const WRONG_CODE: &str = "Код не подошёл. Дождитесь следующего кода в приложении: каждый действует один раз.";

/// Whoever stands at the door.
#[derive(Clone, Copy)]
pub(crate) struct Visitor<'a> {
    /// From where.
    pub(crate) origin: &'a Origin,
    /// What the browser remembers of earlier sign-ins.
    pub(crate) device: &'a KnownDevice,
}

/// How far a sign-in has come.
pub(crate) enum Step {
    /// There is a session.
    Open(Opened),
    /// The second factor is asked for: the token under which the browser goes on.
    Code(String),
    /// The role needs a second factor and the person has none: the token under which it is set up.
    SetUp(String),
}

/// What was opened.
pub(crate) struct Opened {
    /// The session's token.
    pub(crate) session: String,
    /// What the browser remembers from now on.
    pub(crate) device: String,
    /// A recovery code was used: how many are left.
    pub(crate) codes_left: Option<i64>,
}

/// Why a login and a password do not let in.
pub(crate) enum Refused {
    /// Too many tries, before any hashing; seconds to wait, and whether only this login is held, not a whole address.
    Held {
        /// How long.
        seconds: u64,
        /// The login is locked, here or everywhere.
        is_login: bool,
    },
    /// One of them is wrong.
    Wrong,
    /// Something failed.
    Failed(Error),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Held { seconds, .. } => Self::TooMany(seconds),
            Refused::Wrong => Self::field("", REFUSED),
            Refused::Failed(error) => error,
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Checks a login and a password, and opens a session, asks for the second factor or has it set up.
///
/// # Errors
/// [`Error::TooMany`] before any hashing; [`Error::Invalid`] with one sentence for whatever is wrong.
pub(crate) async fn sign_in(app: &App, username: &str, password: &str, visitor: Visitor<'_>) -> Result<Step> {
    let (mut tx, known) = match prove(app, username, password, visitor).await {
        Ok(proved) => proved,
        Err(refused) => return Err(refused.into()),
    };
    let step = go_on(app, &mut tx, &known, visitor).await?;
    tx.commit().await?;
    Ok(step)
}

/// Counts a try and checks a login and a password; answers whose they are, and the transaction that holds that person's row.
pub(super) async fn prove(
    app: &App,
    username: &str,
    password: &str,
    visitor: Visitor<'_>,
) -> Result<(Transaction<'static, Postgres>, Credentials), Refused> {
    let now = app.now();
    let username = username.trim();
    let origin = visitor.origin;
    let tried = Try {
        username,
        ip: &origin.ip,
        device: visitor.device.mark(&app.secret_key, username, now),
    };
    let mut conn = app.db.acquire().await?;
    let held = limits::count(&mut conn, tried, now).await?;
    let known = queries::credentials(&mut conn, username).await?;
    let whose = locks::whose(app, username, known.as_ref().map(|known| known.id));
    if let Some(held) = held {
        locks::log(&mut conn, &held, &whose, origin).await?;
        return Err(Refused::Held {
            seconds: held.seconds,
            is_login: held.by != Limit::Address,
        });
    }
    // The connection goes back to the pool while a core hashes.
    drop(conn);
    let stored = known
        .as_ref()
        .filter(|known| known.is_active)
        .map(|known| known.password_hash.clone());
    let is_right = password.chars().count() <= password::MAX && password::verify(app, password, stored).await?;
    let mut tx = app.begin().await?;
    // Hashing takes a while: meanwhile an administrator may have set another password or let the person go.
    let is_right = match &known {
        Some(known) if is_right => queries::hold_password(&mut tx, known.id, &known.password_hash).await?,
        _ => false,
    };
    let Some(known) = known.filter(|_| is_right) else {
        let message = format!("Неудачный вход с адреса {}", origin.ip);
        let event = Event::new("sign_in_failed", "session", whose, message).from(origin);
        audit::record(&mut tx, &Actor::system(), event).await?;
        tx.commit().await?;
        return Err(Refused::Wrong);
    };
    limits::forgive_try(&mut tx, tried).await?;
    Ok((tx, known))
}

/// What follows a right password. The person's row is held by the caller.
pub(super) async fn go_on(
    app: &App,
    conn: &mut PgConnection,
    person: &Credentials,
    visitor: Visitor<'_>,
) -> Result<Step> {
    if queries::factor::find(conn, person.id).await?.is_some() {
        return Ok(Step::Code(wait(app, conn, person.id, None).await?));
    }
    if queries::rules::is_required(conn, person.role).await? {
        let draft = seal(&app.secret_key, person.id, Secret::new().bytes());
        return Ok(Step::SetUp(wait(app, conn, person.id, Some(&draft)).await?));
    }
    let message = format!("Вход с адреса {}", visitor.origin.ip);
    Ok(Step::Open(admit(app, conn, person, visitor, message).await?))
}

/// Lets the browser go on later; answers its token. `draft`: the secret that is being set up.
async fn wait(app: &App, conn: &mut PgConnection, id: UserId, draft: Option<&[u8]>) -> Result<String> {
    let token = sessions::new_token();
    let patience = if draft.is_some() {
        sessions::SETTING_UP
    } else {
        sessions::PENDING
    };
    let hash = sessions::token_hash(&token);
    queries::factor::insert_pending(conn, &hash, id, (app.now() + patience, draft)).await?;
    Ok(token)
}

/// Opens the session of a person who has proved everything.
pub(super) async fn admit(
    app: &App,
    conn: &mut PgConnection,
    person: &Credentials,
    visitor: Visitor<'_>,
    message: String,
) -> Result<Opened> {
    let now = app.now();
    queries::touch_sign_in(conn, person.id, now).await?;
    let (_, session) = sessions::open(conn, person.id, (Kind::Browser, visitor.origin), now).await?;
    let event = Event::new("sign_in", "session", person.id, message).from(visitor.origin);
    audit::record(conn, &person.actor(), event).await?;
    Ok(Opened {
        session,
        device: visitor.device.remember(&app.secret_key, &person.username, now),
        codes_left: None,
    })
}

/// How a pending sign-in goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// By a code.
    Code,
    /// By setting up a second factor.
    SetUp,
}

/// What a sign-in under this token awaits; `None`: there is none (any more).
pub(crate) async fn awaits(app: &App, token: &str) -> Result<Option<Awaits>> {
    let mut conn = app.db.acquire().await?;
    let found = queries::factor::pending(&mut conn, &sessions::token_hash(token), app.now()).await?;
    Ok(found.map(|pending| match pending.draft {
        Some(_) => Awaits::SetUp,
        None => Awaits::Code,
    }))
}

/// Checks the second factor of a pending sign-in and opens the session. A code counts once, and so does the sign-in.
///
/// # Errors
/// [`Error::NotFound`] when nothing is pending (any more); [`Error::TooMany`]; [`Error::Invalid`] at `code`.
pub(crate) async fn enter_code(app: &App, token: &str, typed: &str, visitor: Visitor<'_>) -> Result<Opened> {
    let (now, origin) = (app.now(), visitor.origin);
    let hash = sessions::token_hash(token);
    let mut conn = app.db.acquire().await?;
    let pending = queries::factor::pending(&mut conn, &hash, now).await?;
    let person = pending.filter(|pending| pending.draft.is_none());
    let person = person.ok_or(Error::NotFound)?.person;
    if let Some(held) = limits::count_code(&mut conn, person.id, now).await? {
        return locks::refuse(&mut conn, held, &person.id.to_string(), origin).await;
    }
    drop(conn);
    let mut tx = app.begin().await?;
    // The same order of locks as in signing in: first the person, so that a new password or a dismissal wins.
    if !queries::hold_password(&mut tx, person.id, &person.password_hash).await? {
        return Err(Error::NotFound);
    }
    let (message, codes_left) = match use_code(app, &mut tx, person.id, typed).await? {
        Used::Phone => (format!("Вход с кодом телефона с адреса {}", origin.ip), None),
        Used::Recovery(left) => (
            format!("Вход с резервным кодом с адреса {}, осталось кодов: {left}", origin.ip),
            Some(left),
        ),
        Used::Wrong => {
            let message = format!("Пароль верный, код второго фактора нет; адрес {}", origin.ip);
            let event = Event::new("second_factor_failed", "session", person.id, message).from(origin);
            audit::record(&mut tx, &Actor::system(), event).await?;
            tx.commit().await?;
            return Err(Error::field("code", WRONG_CODE));
        }
    };
    // Whoever comes second finds nothing, and the code it brought stays unused.
    if !queries::factor::take_pending(&mut tx, &hash).await? {
        return Err(Error::NotFound);
    }
    limits::forgive_code(&mut tx, person.id).await?;
    let opened = admit(app, &mut tx, &person, visitor, message).await?;
    tx.commit().await?;
    Ok(Opened { codes_left, ..opened })
}

/// Ends one's own session.
pub(crate) async fn sign_out(app: &App, caller: &Caller<'_>) -> Result<()> {
    let mut tx = app.begin().await?;
    sessions::end(&mut tx, caller.session).await?;
    let event = Event::new("sign_out", "session", own(&caller.actor)?, "Выход").from(caller.origin);
    audit::record(&mut tx, &caller.actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// What sign-in needs to know of a login.
pub(crate) struct Credentials {
    /// Key.
    pub(crate) id: UserId,
    /// The login as it is kept.
    pub(crate) username: String,
    /// A PHC string; empty: no password.
    pub(crate) password_hash: String,
    /// What the person is.
    pub(crate) role: Role,
    /// Where the person works.
    pub(crate) branch: Option<crate::values::BranchId>,
    /// Whether the person may sign in.
    pub(crate) is_active: bool,
}

impl Credentials {
    /// As the one who acts.
    pub(super) fn actor(&self) -> Actor {
        Actor {
            user: Some(self.id),
            role: self.role,
            branch: self.branch,
        }
    }
}
