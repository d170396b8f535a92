//! The second factor of one's own account: set up, turned off, new recovery codes; and its reset by an administrator.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::own::prove;
use super::users::find_user;
use crate::accounts::factor::{self, Secret};
use crate::accounts::queries::{factor as queries, rules};
use crate::accounts::{limits, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{Origin, UserId};

const REQUIRED: &str = "Для вашей роли второй фактор обязателен, выключить его нельзя.";
const WRONG: &str = "Код не подошёл. Проверьте, что часы телефона идут точно, и введите следующий код.";

/// A signed-in person at a browser.
pub(crate) struct Caller<'a> {
    /// Who.
    pub(crate) actor: Actor,
    /// By which session.
    pub(crate) session: Uuid,
    /// From where.
    pub(crate) origin: &'a Origin,
}

/// How one's second factor stands.
pub(crate) struct Status {
    /// Since when it is on; `None`: off.
    pub(crate) turned_on_at: Option<DateTime<Utc>>,
    /// Recovery codes that were not used yet.
    pub(crate) codes_left: i64,
    /// The role needs one: it cannot be turned off.
    pub(crate) is_required: bool,
    /// The secret was sealed with another key of the application: only recovery codes work.
    pub(crate) is_unreadable: bool,
}

/// What a phone has to be shown.
pub(crate) struct Draft {
    /// For a camera, as the text of a picture.
    pub(in crate::accounts) uri: String,
    /// For typing by hand.
    pub(in crate::accounts) secret: String,
}

pub(super) fn own(actor: &Actor) -> Result<UserId> {
    let ties = Ties {
        own: true,
        branch: false,
    };
    check(actor, Action::ManageOwnAccount, ties)?;
    actor.user.ok_or(Error::NotFound)
}

/// How the own second factor stands.
pub(crate) async fn factor_status(app: &App, actor: &Actor) -> Result<Status> {
    let id = own(actor)?;
    let mut conn = app.db.acquire().await?;
    let stored = queries::find(&mut conn, id).await?;
    let opens = |sealed: &[u8]| factor::open(&app.secret_key, id, sealed).is_some();
    Ok(Status {
        is_unreadable: stored.as_ref().is_some_and(|stored| !opens(&stored.sealed)),
        turned_on_at: stored.map(|stored| stored.turned_on_at),
        codes_left: queries::codes_left(&mut conn, id).await?,
        is_required: rules::is_required(&mut conn, actor.role).await?,
    })
}

/// Begins to set one up (or another one, for a new phone): makes a secret that only this session knows.
///
/// # Errors
/// [`Error::Invalid`] at `password`; [`Error::TooMany`].
pub(crate) async fn begin_factor(app: &App, caller: &Caller<'_>, password: &str) -> Result<()> {
    let id = own(&caller.actor)?;
    prove(app, caller, password, "password").await?;
    let draft = factor::seal(&app.secret_key, id, Secret::new().bytes());
    let mut conn = app.db.acquire().await?;
    Ok(queries::set_draft(&mut conn, caller.session, Some(&draft)).await?)
}

/// What this session's phone has to be shown; `None`: nothing was begun.
pub(crate) async fn factor_draft(app: &App, caller: &Caller<'_>) -> Result<Option<Draft>> {
    let id = own(&caller.actor)?;
    let mut conn = app.db.acquire().await?;
    let Some(secret) = draft_secret(app, &mut conn, caller, id).await? else {
        return Ok(None);
    };
    let person = crate::accounts::queries::own_password(&mut conn, id).await?;
    let (username, _) = person.ok_or(Error::NotFound)?;
    Ok(Some(shown(app, &secret, &username)))
}

/// What a phone has to be shown of this secret.
pub(super) fn shown(app: &App, secret: &Secret, username: &str) -> Draft {
    let url = app.config.public_url.as_str();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    Draft {
        uri: secret.uri(username, host),
        secret: secret.typed(),
    }
}

async fn draft_secret(
    app: &App,
    conn: &mut sqlx::PgConnection,
    caller: &Caller<'_>,
    id: UserId,
) -> Result<Option<Secret>> {
    let sealed = queries::draft(conn, caller.session).await?;
    let opened = sealed.and_then(|sealed| factor::open(&app.secret_key, id, &sealed));
    Ok(opened.map(Secret::from_bytes))
}

/// Turns it on with the first code of the phone, ends all other sessions and answers the recovery codes.
///
/// # Errors
/// [`Error::NotFound`] when nothing was begun; [`Error::Invalid`] at `code`.
pub(crate) async fn confirm_factor(app: &App, caller: &Caller<'_>, code: &str) -> Result<Vec<String>> {
    let id = own(&caller.actor)?;
    let mut tx = app.begin().await?;
    // Also keeps two confirmations of one person apart.
    let before = queries::lock(&mut tx, id).await?;
    let secret = draft_secret(app, &mut tx, caller, id).await?.ok_or(Error::NotFound)?;
    let codes = turn_on(app, &mut tx, id, &secret, code).await?;
    queries::set_draft(&mut tx, caller.session, None).await?;
    sessions::end_all(&mut tx, id, Some(caller.session)).await?;
    let message = if before.is_some() {
        "Настроил второй фактор заново"
    } else {
        "Включил второй фактор"
    };
    let event = Event::new("second_factor_on", "user", id, message).from(caller.origin);
    audit::record(&mut tx, &caller.actor, event).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Keeps the secret when the first code of the phone is right; answers the recovery codes.
pub(super) async fn turn_on(
    app: &App,
    conn: &mut sqlx::PgConnection,
    id: UserId,
    secret: &Secret,
    code: &str,
) -> Result<Vec<String>> {
    let Some(step) = secret.step(&squeeze(code), app.now(), 0) else {
        return Err(Error::field("code", WRONG));
    };
    let sealed = factor::seal(&app.secret_key, id, secret.bytes());
    queries::save(conn, id, &sealed, step, app.now()).await?;
    write_codes(conn, id).await
}

async fn write_codes(conn: &mut sqlx::PgConnection, id: UserId) -> Result<Vec<String>> {
    let codes = factor::new_codes();
    let hashes: Vec<_> = codes.iter().filter_map(|code| factor::recovery_hash(code)).collect();
    queries::replace_codes(conn, id, &hashes).await?;
    Ok(codes)
}

/// New recovery codes; the old ones stop working.
///
/// # Errors
/// [`Error::NotFound`] when it is off; [`Error::Invalid`] at `password`; [`Error::TooMany`].
pub(crate) async fn renew_codes(app: &App, caller: &Caller<'_>, password: &str) -> Result<Vec<String>> {
    let id = own(&caller.actor)?;
    prove(app, caller, password, "codes_password").await?;
    let mut tx = app.begin().await?;
    queries::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let codes = write_codes(&mut tx, id).await?;
    let event = Event::new("recovery_codes", "user", id, "Получил новые резервные коды").from(caller.origin);
    audit::record(&mut tx, &caller.actor, event).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Whether all these are unused recovery codes of the person: only these are put into a file.
pub(crate) async fn are_own_codes(app: &App, actor: &Actor, codes: &[String]) -> Result<bool> {
    let id = own(actor)?;
    let hashes: Vec<_> = codes.iter().filter_map(|code| factor::recovery_hash(code)).collect();
    let mut conn = app.db.acquire().await?;
    let known = queries::count_codes(&mut conn, id, &hashes).await?;
    Ok(!codes.is_empty() && usize::try_from(known) == Ok(codes.len()))
}

/// Turns it off.
///
/// # Errors
/// [`Error::Invalid`] at `off_password`; [`Error::TooMany`].
pub(crate) async fn turn_factor_off(app: &App, caller: &Caller<'_>, password: &str) -> Result<()> {
    let id = own(&caller.actor)?;
    prove(app, caller, password, "off_password").await?;
    let mut tx = app.begin().await?;
    rules::hold_person(&mut tx, id).await?;
    if rules::is_required(&mut tx, caller.actor.role).await? {
        return Err(Error::field("off_password", REQUIRED));
    }
    if queries::remove(&mut tx, id).await? {
        let event = Event::new("second_factor_off", "user", id, "Выключил второй фактор").from(caller.origin);
        audit::record(&mut tx, &caller.actor, event).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a person's second factor away, for whoever has lost the phone and the codes; ends the person's sessions.
pub(crate) async fn reset_factor(app: &App, actor: &Actor, origin: &Origin, id: UserId) -> Result<()> {
    let user = find_user(app, actor, id).await?;
    let mut tx = app.begin().await?;
    if queries::remove(&mut tx, id).await? {
        limits::forgive_code(&mut tx, id).await?;
        sessions::end_all(&mut tx, id, None).await?;
        let message = format!("Сброшен второй фактор {}", user.name);
        let event = Event::new("second_factor_reset", "user", id, message).from(origin);
        audit::record(&mut tx, actor, event).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What a typed code was.
pub(super) enum Used {
    /// Of the phone.
    Phone,
    /// A recovery code; how many are left.
    Recovery(i64),
    /// None that counts.
    Wrong,
}

/// Uses a code up: of the phone or of the paper.
///
/// # Errors
/// [`Error::Invalid`] at `code` when the secret cannot be read any more.
pub(super) async fn use_code(app: &App, conn: &mut sqlx::PgConnection, id: UserId, typed: &str) -> Result<Used> {
    // Everybody waits here, so that one code is used by one request.
    let Some(stored) = queries::lock(conn, id).await? else {
        return Ok(Used::Wrong);
    };
    let typed = squeeze(typed);
    if factor::is_code(&typed) {
        let Some(secret) = factor::open(&app.secret_key, id, &stored.sealed) else {
            return Err(Error::field(
                "code",
                "Ключ сервера сменился, и коды телефона больше не проверить. Введите резервный код или попросите \
                 администратора сбросить второй фактор.",
            ));
        };
        let step = Secret::from_bytes(secret).step(&typed, app.now(), stored.last_step);
        let Some(step) = step else { return Ok(Used::Wrong) };
        queries::use_step(conn, id, step).await?;
        return Ok(Used::Phone);
    }
    let Some(hash) = factor::recovery_hash(&typed) else {
        return Ok(Used::Wrong);
    };
    if !queries::use_code(conn, id, &hash).await? {
        return Ok(Used::Wrong);
    }
    Ok(Used::Recovery(queries::codes_left(conn, id).await?))
}

fn squeeze(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace()).collect()
}
