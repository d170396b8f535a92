//! Signing in and out. One service for the page and, later, for the token API.

use sqlx::PgConnection;

use super::factor::{Used, use_code};
use crate::accounts::{limits, password, queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Actor, Role};
use crate::values::{Origin, UserId};

/// The one answer for an unknown login and for a wrong password.
const REFUSED: &str = "Неверный логин или пароль.";
const WRONG_CODE: &str = "Код не подошёл. Дождитесь следующего кода в приложении: каждый действует один раз.";

/// How far a sign-in has come.
pub(crate) enum Step {
    /// There is a session: its token.
    Open(String),
    /// The second factor is asked for: the token under which the browser goes on.
    Code(String),
}

/// What a right code opened.
pub(crate) struct Opened {
    /// The session's token.
    pub(crate) session: String,
    /// A recovery code was used: how many are left.
    pub(crate) codes_left: Option<i64>,
}

/// Checks a login and a password, and opens a session or asks for the second factor.
///
/// # Errors
/// [`Error::TooMany`] before any hashing; [`Error::Invalid`] with one sentence for whatever is wrong.
pub(crate) async fn sign_in(app: &App, username: &str, password: &str, origin: &Origin) -> Result<Step> {
    let now = app.now();
    let username = username.trim();
    let mut conn = app.db.acquire().await?;
    limits::count(&mut conn, username, &origin.ip, now).await?;
    let known = queries::credentials(&mut conn, username).await?;
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
        let event = Event::new(
            "sign_in_failed",
            "session",
            "-",
            format!("Неудачный вход с адреса {}", origin.ip),
        )
        .from(origin);
        audit::record(&mut tx, &Actor::system(), event).await?;
        tx.commit().await?;
        return Err(Error::field("", REFUSED));
    };
    limits::forgive(&mut tx, username).await?;
    limits::give_back(&mut tx, &origin.ip).await?;
    let step = if queries::factor::find(&mut tx, known.id).await?.is_some() {
        let token = sessions::new_token();
        let hash = sessions::token_hash(&token);
        queries::factor::insert_pending(&mut tx, &hash, known.id, now + sessions::PENDING).await?;
        Step::Code(token)
    } else {
        let message = format!("Вход с адреса {}", origin.ip);
        Step::Open(admit(app, &mut tx, &known, origin, message).await?)
    };
    tx.commit().await?;
    Ok(step)
}

/// Opens the session of a person who has proved everything.
async fn admit(
    app: &App,
    conn: &mut PgConnection,
    person: &Credentials,
    origin: &Origin,
    message: String,
) -> Result<String> {
    let now = app.now();
    queries::touch_sign_in(conn, person.id, now).await?;
    let token = sessions::open(conn, person.id, origin, now).await?;
    let event = Event::new("sign_in", "session", person.id, message).from(origin);
    audit::record(conn, &person.actor(), event).await?;
    Ok(token)
}

/// Whether a sign-in awaits its second factor under this token.
pub(crate) async fn is_pending(app: &App, token: &str) -> Result<bool> {
    let mut conn = app.db.acquire().await?;
    let found = queries::factor::pending(&mut conn, &sessions::token_hash(token), app.now()).await?;
    Ok(found.is_some())
}

/// Checks the second factor of a pending sign-in and opens the session. A code counts once, and so does the sign-in.
///
/// # Errors
/// [`Error::NotFound`] when nothing is pending (any more); [`Error::TooMany`]; [`Error::Invalid`] at `code`.
pub(crate) async fn enter_code(app: &App, token: &str, typed: &str, origin: &Origin) -> Result<Opened> {
    let now = app.now();
    let hash = sessions::token_hash(token);
    let mut conn = app.db.acquire().await?;
    let person = queries::factor::pending(&mut conn, &hash, now).await?;
    let person = person.ok_or(Error::NotFound)?;
    limits::count_code(&mut conn, person.id, now).await?;
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
    let session = admit(app, &mut tx, &person, origin, message).await?;
    tx.commit().await?;
    Ok(Opened { session, codes_left })
}

/// Ends one's own session.
pub(crate) async fn sign_out(app: &App, actor: &Actor, session: uuid::Uuid) -> Result<()> {
    let mut tx = app.begin().await?;
    sessions::end(&mut tx, session).await?;
    audit::record(
        &mut tx,
        actor,
        Event::new("sign_out", "session", user_of(actor), "Выход"),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

fn user_of(actor: &Actor) -> UserId {
    actor.user.unwrap_or(UserId(0))
}

/// What sign-in needs to know of a login.
pub(crate) struct Credentials {
    /// Key.
    pub(crate) id: UserId,
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
    fn actor(&self) -> Actor {
        Actor {
            user: Some(self.id),
            role: self.role,
            branch: self.branch,
        }
    }
}
