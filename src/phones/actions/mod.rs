//! What is done with phones.

mod apps;
mod push;

use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{LogLine, MOST, Pairing, Phone, Registration};
use super::queries::{self, Written};
use crate::accounts::{self, Tokens};
use crate::api::Bearer;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::{self, Happened};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{Origin, PhoneId, UserId};

pub(super) use apps::{
    bring_back, current, link, most_app_bytes, open_release, read_link, releases, take_in, withdraw,
};
pub(super) use push::push_state;
pub(crate) use push::{forget_push, note_push, sleepers};

/// For how long a picture may be read.
pub(super) const MINUTES: i32 = 5;
/// Phones that a page lists.
const SHOWN: i64 = 500;
/// Lines of an app that a page shows.
const LINES: i64 = 200;

fn own(actor: &Actor) -> Result<UserId> {
    let ties = Ties {
        own: true,
        branch: false,
    };
    check(actor, Action::UsePhone, ties)?;
    actor.user.ok_or(Error::NotFound)
}

/// A phone says who it is: from now on it asks for calls by this session.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Conflict`] when the person has too many phones.
pub(super) async fn register(app: &App, bearer: &Bearer, origin: &Origin, sent: &Registration) -> Result<String> {
    let user = own(&bearer.actor)?;
    let phone = sent.parse()?;
    let mut tx = app.begin().await?;
    if queries::upsert(&mut tx, (user, bearer.session), &phone, &origin.ip).await? {
        if queries::count(&mut tx, user).await? > MOST {
            return Err(Error::Conflict(
                "Подключено слишком много телефонов. Отключите лишние на сайте.",
            ));
        }
        let message = format!("Подключён телефон «{}»", title(&phone.name, &phone.device_id));
        let event = Event::new("connect", "phone", user, message).from(origin);
        audit::record(&mut tx, &bearer.actor, event).await?;
    }
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(phone.device_id)
}

/// A sign of life, with what is wrong by the phone's own word. A phone that was not known is known from now on.
///
/// # Errors
/// As [`register`].
pub(super) async fn heartbeat(app: &App, bearer: &Bearer, origin: &Origin, sent: &Registration) -> Result<String> {
    let id = register(app, bearer, origin, sent).await?;
    let mut conn = app.db.acquire().await?;
    queries::note_health(&mut conn, own(&bearer.actor)?, &sent.parse()?).await?;
    Ok(id)
}

fn title<'a>(name: &'a str, device_id: &'a str) -> &'a str {
    if name.is_empty() { device_id } else { name }
}

/// Keeps what an app writes of itself.
pub(super) async fn write(app: &App, bearer: &Bearer, device_id: &str, lines: &[LogLine]) -> Result<()> {
    let user = own(&bearer.actor)?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::insert_logs(&mut conn, (user, device_id), lines).await?)
}

/// The phones of whoever asks.
pub(super) async fn mine(app: &App, actor: &Actor) -> Result<Vec<Phone>> {
    let user = own(actor)?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::list(&mut conn, Some(user), SHOWN).await?)
}

/// All phones, for administrators.
pub(super) async fn all(app: &App, actor: &Actor) -> Result<Vec<Phone>> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::list(&mut conn, None, SHOWN).await?)
}

/// What the app on a phone wrote last, for administrators.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn written(app: &App, actor: &Actor, id: PhoneId) -> Result<(Phone, Vec<Written>)> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let phone = queries::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    let lines = queries::logs(&mut conn, phone.user, &phone.device_id, LINES).await?;
    Ok((phone, lines))
}

/// Takes a phone off: its session ends at once, even while it waits for a call. One's own, or anybody's by an administrator.
///
/// # Errors
/// [`Error::NotFound`], also for somebody else's phone.
pub(super) async fn take_off(app: &App, actor: &Actor, id: PhoneId) -> Result<Phone> {
    let user = own(actor)?;
    let mut tx = app.begin().await?;
    let phone = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if phone.user != user && check(actor, Action::ManageUsers, Ties::default()).is_err() {
        return Err(Error::NotFound);
    }
    let message = format!("Отключён телефон «{}»", phone.title());
    if let Some(session) = phone.session {
        accounts::end_token(&mut tx, actor, (session, phone.user), &message).await?;
    }
    queries::delete(&mut tx, id).await?;
    let event = Event::new("disconnect", "phone", phone.user, message);
    audit::record(&mut tx, actor, event).await?;
    db::announce(&mut tx, &[Happened::Call(phone.user)]).await?;
    tx.commit().await?;
    Ok(phone)
}

/// Signs a phone or a program out by its own wish; its phones are taken off.
pub(super) async fn sign_out(app: &App, bearer: &Bearer) -> Result<()> {
    let user = own(&bearer.actor)?;
    let mut tx = app.begin().await?;
    end(&mut tx, (&bearer.actor, user), bearer.session).await?;
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(())
}

/// Signs all phones and programs of a person out; answers how many.
pub(super) async fn sign_all_out(app: &App, bearer: &Bearer) -> Result<usize> {
    let user = own(&bearer.actor)?;
    let mut tx = app.begin().await?;
    let sessions = queries::token_sessions(&mut tx, user).await?;
    for session in &sessions {
        end(&mut tx, (&bearer.actor, user), *session).await?;
    }
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(sessions.len())
}

async fn end(conn: &mut PgConnection, (actor, user): (&Actor, UserId), session: Uuid) -> Result<()> {
    for phone in queries::of_session(conn, session).await? {
        queries::delete(conn, phone).await?;
    }
    accounts::end_token(conn, actor, (session, user), "Выход в приложении").await
}

/// A secret for a picture, and until when a camera may read it.
pub(super) async fn begin_pairing(app: &App, actor: &Actor) -> Result<(String, Pairing)> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let user = own(actor)?;
    let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 64]>());
    let mut tx = app.begin().await?;
    let pairing = queries::insert_pairing(&mut tx, user, &hash(&token), MINUTES).await?;
    tx.commit().await?;
    Ok((token, pairing))
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// How a picture of whoever asks stands; `None`: there is none of this secret.
pub(super) async fn pairing(app: &App, actor: &Actor, token: &str) -> Result<Option<Pairing>> {
    let user = own(actor)?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::pairing(&mut conn, user, &hash(token)).await?)
}

/// What a camera read becomes tokens, once; with the login.
///
/// # Errors
/// [`Error::NotFound`] for whatever is wrong with the picture.
pub(super) async fn connect(app: &App, token: &str, origin: &Origin) -> Result<(Tokens, String)> {
    let mut tx = app.begin().await?;
    let user = queries::use_pairing(&mut tx, &hash(token))
        .await?
        .ok_or(Error::NotFound)?;
    let tokens = accounts::admit_phone(app, &mut tx, user, origin).await?;
    let login = queries::login(&mut tx, user).await?;
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok((tokens, login))
}

/// The login of whoever asks.
pub(super) async fn login(app: &App, actor: &Actor) -> Result<String> {
    let mut conn = app.db.acquire().await?;
    Ok(queries::login(&mut conn, own(actor)?).await?)
}

/// Notes that a phone asks; called no more often than each ten seconds.
///
/// # Errors
/// The database's.
pub(crate) async fn seen(conn: &mut PgConnection, phone: PhoneId) -> Result<()> {
    Ok(queries::seen(conn, phone).await?)
}

/// The hourly job: forgets old pictures and what apps wrote long ago.
///
/// # Errors
/// The database's.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    let lines = queries::forget(&mut conn).await?;
    tracing::debug!(lines, "cleaned phones");
    Ok(())
}
