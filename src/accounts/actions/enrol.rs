//! A second factor that the role needs: set up after the password and before the first session.

use super::factor::{Draft, shown, turn_on};
use super::sign_in::{Opened, Visitor, admit};
use crate::accounts::factor::{self, Secret};
use crate::accounts::queries::factor::PendingSignIn;
use crate::accounts::{queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};

fn secret(app: &App, pending: &PendingSignIn) -> Option<Secret> {
    let sealed = pending.draft.as_ref()?;
    let opened = factor::open(&app.secret_key, pending.person.id, sealed)?;
    Some(Secret::from_bytes(opened))
}

/// What the phone has to be shown by the sign-in under this token; `None`: nothing awaits that.
pub(crate) async fn enrolment(app: &App, token: &str) -> Result<Option<Draft>> {
    let mut conn = app.db.acquire().await?;
    let pending = queries::factor::pending(&mut conn, &sessions::token_hash(token), app.now()).await?;
    let Some(pending) = pending else { return Ok(None) };
    Ok(secret(app, &pending).map(|secret| shown(app, &secret, &pending.person.username)))
}

/// Turns the second factor on with the first code of the phone and opens the session; answers the recovery codes too.
///
/// # Errors
/// [`Error::NotFound`] when nothing awaits that (any more); [`Error::Invalid`] at `code`.
pub(crate) async fn enrol(app: &App, token: &str, code: &str, visitor: Visitor<'_>) -> Result<(Opened, Vec<String>)> {
    let hash = sessions::token_hash(token);
    let mut tx = app.begin().await?;
    let pending = queries::factor::pending(&mut tx, &hash, app.now()).await?;
    let pending = pending.ok_or(Error::NotFound)?;
    let secret = secret(app, &pending).ok_or(Error::NotFound)?;
    let person = pending.person;
    // The same order of locks as in signing in: first the person. Of two browsers the second finds nothing.
    let is_held = queries::hold_password(&mut tx, person.id, &person.password_hash).await?;
    if !is_held || queries::factor::find(&mut tx, person.id).await?.is_some() {
        return Err(Error::NotFound);
    }
    let codes = turn_on(app, &mut tx, person.id, &secret, code).await?;
    if !queries::factor::take_pending(&mut tx, &hash).await? {
        return Err(Error::NotFound);
    }
    sessions::end_all(&mut tx, person.id, None).await?;
    let message = "Включил второй фактор при входе: он обязателен для роли";
    let event = Event::new("second_factor_on", "user", person.id, message).from(visitor.origin);
    audit::record(&mut tx, &person.actor(), event).await?;
    let message = format!("Вход с новым вторым фактором с адреса {}", visitor.origin.ip);
    let opened = admit(app, &mut tx, &person, visitor, message).await?;
    tx.commit().await?;
    Ok((opened, codes))
}
