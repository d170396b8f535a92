//! Locks of signing in: logged when they begin, seen and lifted by administrators.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use sha2::Sha256;
use sqlx::PgConnection;

use super::users::users;
use crate::accounts::limits::{self, Held, Limit, Locked, login_key};
use crate::accounts::queries;
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{Origin, UserId};

/// The most locks that a list shows.
pub(crate) const SHOWN: i64 = 200;

/// Whose a try to sign in is, for the log: a person's id, or a fingerprint of a login that nobody has. The login itself
/// is not written down: people type passwords there.
pub(super) fn whose(app: &App, username: &str, id: Option<UserId>) -> String {
    if let Some(id) = id {
        return id.to_string();
    }
    let key = app.secret_key.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!());
    mac.update(b"login:");
    mac.update(login_key(username).as_bytes());
    let seal = mac.finalize().into_bytes();
    format!("login:{}", hex::encode(&seal[..16]))
}

/// The id under which the log keeps what happened to this login.
pub(crate) async fn log_id_of_login(app: &App, actor: &Actor, username: &str) -> Result<String> {
    check(actor, Action::ViewAudit, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let known = queries::credentials(&mut conn, username.trim()).await?;
    Ok(whose(app, username, known.map(|known| known.id)))
}

/// Refuses a try that is held; the beginning of a lock is logged.
pub(super) async fn refuse<T>(conn: &mut PgConnection, held: Held, whose: &str, origin: &Origin) -> Result<T> {
    log(conn, &held, whose, origin).await?;
    Err(held.into())
}

/// Logs the beginning of a lock.
pub(super) async fn log(conn: &mut PgConnection, held: &Held, whose: &str, origin: &Origin) -> Result<()> {
    if held.is_new {
        let pause = pause(held.seconds);
        let (entity_id, message) = match held.by {
            Limit::Address => ("-", format!("Вход с адреса {} закрыт на {pause}", origin.ip)),
            Limit::Here => (
                whose,
                format!("Вход с этим логином с адреса {} закрыт на {pause}", origin.ip),
            ),
            Limit::Login => (
                whose,
                format!("Вход с этим логином отовсюду, кроме знакомых устройств, закрыт на {pause}"),
            ),
            Limit::Device => (whose, format!("Вход со знакомого устройства закрыт на {pause}")),
            Limit::Code => (whose, format!("Ввод кода второго фактора закрыт на {pause}")),
            Limit::Own => (whose, format!("Проверка нынешнего пароля закрыта на {pause}")),
        };
        let message = format!("{message}: много неверных попыток");
        let event = Event::new("sign_in_locked", "session", entity_id, message).from(origin);
        audit::record(conn, &Actor::system(), event).await?;
    }
    Ok(())
}

/// «30 с», «4 мин».
fn pause(seconds: u64) -> String {
    // A second is added when waiting is told.
    match seconds.saturating_sub(1) {
        seconds @ 0..60 => format!("{seconds} с"),
        seconds => format!("{} мин", seconds / 60),
    }
}

/// Something that is locked right now.
pub(crate) struct Lock {
    /// For lifting it; no secret.
    pub(crate) key: String,
    /// The person, when it is somebody's: id and name.
    pub(crate) person: Option<(UserId, String)>,
    /// What is locked, in words.
    pub(crate) what: String,
    /// Until when.
    pub(crate) until: DateTime<Utc>,
    /// How many tries it has refused.
    pub(crate) refused: i64,
}

/// What is locked right now, at most [`SHOWN`].
pub(crate) async fn locks(app: &App, actor: &Actor) -> Result<Vec<Lock>> {
    let people = users(app, actor).await?;
    let mut conn = app.db.acquire().await?;
    let rows = limits::locks(&mut conn, app.now(), SHOWN).await?;
    let by_login: HashMap<String, usize> = people
        .iter()
        .enumerate()
        .map(|(place, person)| (login_key(&person.username), place))
        .collect();
    let of_login = |login: &str| by_login.get(login).map(|place| &people[*place]);
    let of_id = |id: UserId| people.iter().find(|person| person.id == id);
    let lock = |row: limits::LockRow| {
        let locked = Locked::read(&row.key)?;
        let person = match &locked {
            Locked::Address(_) => None,
            Locked::Here(login, _) | Locked::Login(login) | Locked::Device(login) => of_login(login),
            Locked::Code(id) | Locked::Own(id) => of_id(*id),
        };
        Some(Lock {
            what: what(&locked, person.is_some()),
            person: person.map(|person| (person.id, person.name.clone())),
            until: row.until,
            refused: row.refused.into(),
            key: row.key,
        })
    };
    Ok(rows.into_iter().filter_map(lock).collect())
}

fn what(locked: &Locked, is_known: bool) -> String {
    let login = if is_known {
        "с этим логином"
    } else {
        "с логином, которого нет,"
    };
    match locked {
        Locked::Address(address) => format!("Любой вход с адреса {address}"),
        Locked::Here(_, address) => format!("Вход {login} с адреса {address}"),
        Locked::Login(_) => format!("Вход {login} отовсюду, кроме знакомых устройств"),
        Locked::Device(_) => "Вход с одного из знакомых устройств".to_owned(),
        Locked::Code(_) => "Ввод кода второго фактора".to_owned(),
        Locked::Own(_) => "Проверка нынешнего пароля в профиле".to_owned(),
    }
}

/// Lifts one lock.
///
/// # Errors
/// [`Error::NotFound`] when it has run out already.
pub(crate) async fn lift_lock(app: &App, actor: &Actor, origin: &Origin, key: &str) -> Result<()> {
    let lock = locks(app, actor).await?.into_iter().find(|lock| lock.key == key);
    let lock = lock.ok_or(Error::NotFound)?;
    let mut tx = app.begin().await?;
    if !limits::lift(&mut tx, key, app.now()).await? {
        return Err(Error::NotFound);
    }
    let id = lock.person.map_or_else(|| "-".to_owned(), |(id, _)| id.to_string());
    let event = Event::new("unlock", "session", id, format!("Снята блокировка: {}", lock.what));
    audit::record(&mut tx, actor, event.from(origin)).await?;
    tx.commit().await?;
    Ok(())
}
