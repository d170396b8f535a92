//! Signing in and out. One service for the page and, later, for the token API.

use crate::accounts::{limits, password, queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Actor, Role};
use crate::values::{Origin, UserId};

/// The one answer for an unknown login and for a wrong password.
const REFUSED: &str = "Неверный логин или пароль.";

/// Checks a login and a password and opens a session; answers its token.
///
/// # Errors
/// [`Error::TooMany`] before any hashing; [`Error::Invalid`] with one sentence for whatever is wrong.
pub(crate) async fn sign_in(app: &App, username: &str, password: &str, origin: &Origin) -> Result<String> {
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
    queries::touch_sign_in(&mut tx, known.id, now).await?;
    let token = sessions::open(&mut tx, known.id, origin, now).await?;
    let actor = Actor {
        user: Some(known.id),
        role: known.role,
        branch: known.branch,
    };
    let event = Event::new("sign_in", "session", known.id, format!("Вход с адреса {}", origin.ip)).from(origin);
    audit::record(&mut tx, &actor, event).await?;
    tx.commit().await?;
    Ok(token)
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
