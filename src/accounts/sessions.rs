//! Browser sessions: rows in Postgres, a random token in a cookie, only its hash stored.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, Stamp};
use crate::db::{self, Happened};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Role, Ties, check};
use crate::values::{BranchId, Origin, UserId};
use crate::web::{Flash, HtmlError, Viewer, csrf};

/// A session ends this long after sign-in, whatever happens.
const LIFE: TimeDelta = TimeDelta::days(30);
/// A session ends after this long without a request.
const IDLE: TimeDelta = TimeDelta::days(7);
/// The oldest last request of a session that still lets in.
pub(super) fn idle_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - IDLE
}

/// `last_seen_at` is moved no more often than this.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Whoever did something in this time is at work; [`SEEN_EVERY`] is the error of it.
const PRESENT: TimeDelta = TimeDelta::minutes(15);
/// How long a right password waits for its second factor.
pub(super) const PENDING: TimeDelta = TimeDelta::minutes(10);
/// How long it waits for one to be set up: an app may have to be found first.
pub(super) const SETTING_UP: TimeDelta = TimeDelta::minutes(30);
/// A session of a program or a phone ends after this long without a call.
pub(super) const UNUSED: TimeDelta = TimeDelta::days(60);
const VISIT: &str = "crm_visit";

/// A new 256-bit secret, printable.
pub(super) fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is stored of a token.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// Whose session it is: how long it lasts and what it is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A browser's, by its cookie.
    Browser,
    /// A program's, by its tokens.
    Api,
    /// A phone's, by its tokens; reaches its calls only.
    Phone,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
            Self::Phone => "phone",
        }
    }
}

/// Opens a session and answers its key and its secret, which a cookie or a refresh token carries.
///
/// The person is held meanwhile: a dismissal at this very moment either comes first, or finds the session and ends it. So an
/// open session is that of an active person, and a phone's poll need not ask.
///
/// # Errors
/// [`Error::NotFound`] when the person has just been dismissed.
pub(super) async fn open(
    conn: &mut PgConnection,
    user: UserId,
    (kind, origin): (Kind, &Origin),
    now: DateTime<Utc>,
) -> Result<(Uuid, String)> {
    let (id, secret) = (Uuid::now_v7(), new_token());
    let life = if kind == Kind::Browser { LIFE } else { UNUSED };
    let done = sqlx::query!(
        "INSERT INTO sessions (id, kind, token_hash, user_id, created_at, last_seen_at, expires_at, ip, user_agent)
         SELECT $1, $2, $3, id, $5, $5, $6, $7, $8 FROM users WHERE id = $4 AND is_active FOR SHARE",
        id,
        kind.code(),
        token_hash(&secret),
        user.0,
        now,
        now + life,
        origin.ip,
        origin.user_agent,
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok((id, secret))
}

/// The open session that a refresh token's secret belongs to, and whose it is; notes that it is used.
pub(super) async fn renewed(app: &App, secret: &str) -> Result<Option<(Uuid, UserId)>> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    let row = sqlx::query!(
        "SELECT session.id, session.user_id, session.last_seen_at
         FROM sessions AS session JOIN users AS person ON person.id = session.user_id
         WHERE session.token_hash = $1 AND session.kind <> 'browser' AND session.expires_at > $2 AND person.is_active",
        token_hash(secret),
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if now - row.last_seen_at > SEEN_EVERY {
        touch(&mut conn, row.id, now).await?;
    }
    Ok(Some((row.id, UserId(row.user_id))))
}

/// Gives a session another secret and answers it: a copy of the old cookie is worth nothing from now on.
pub(super) async fn renew(conn: &mut PgConnection, session: Uuid) -> Result<String> {
    let token = new_token();
    sqlx::query!(
        "UPDATE sessions SET token_hash = $2 WHERE id = $1",
        session,
        token_hash(&token)
    )
    .execute(conn)
    .await?;
    Ok(token)
}

/// Ends one session.
pub(super) async fn end(conn: &mut PgConnection, session: Uuid) -> Result<()> {
    sqlx::query!("DELETE FROM sessions WHERE id = $1", session)
        .execute(&mut *conn)
        .await?;
    Ok(db::announce(conn, &[Happened::SessionEnded(session)]).await?)
}

/// Ends all sessions of a person but one, and every sign-in that awaits its second factor; answers how many sessions.
pub(super) async fn end_all(conn: &mut PgConnection, user: UserId, but: Option<Uuid>) -> Result<u64> {
    sqlx::query!("DELETE FROM pending_sign_ins WHERE user_id = $1", user.0)
        .execute(&mut *conn)
        .await?;
    let ended = sqlx::query_scalar!(
        "DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING id",
        user.0,
        but,
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = u64::try_from(ended.len()).unwrap_or(u64::MAX);
    let events: Vec<Happened> = ended.into_iter().map(Happened::SessionEnded).collect();
    db::announce(conn, &events).await?;
    Ok(count)
}

/// Ends the sessions of everybody: those of a copied database belong to browsers of another server.
pub(crate) async fn end_all_sessions(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("DELETE FROM sessions").execute(conn).await?;
    Ok(())
}

/// Open sessions, the people they belong to, and those of them who did something in the last quarter of an hour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Presence {
    /// Open sessions.
    pub(crate) sessions: i64,
    /// Whose they are.
    pub(crate) people: i64,
    /// Who is at work.
    pub(crate) present: i64,
}

/// Who is signed in.
///
/// # Errors
/// The database's.
pub(crate) async fn presence(app: &App, actor: &Actor) -> Result<Presence> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let now = app.now();
    let row = sqlx::query!(
        r#"SELECT count(*) AS "sessions!", count(DISTINCT user_id) AS "people!",
                  count(DISTINCT user_id) FILTER (WHERE last_seen_at > $3) AS "present!"
           FROM sessions
           WHERE kind = 'browser' AND expires_at > $1 AND last_seen_at > $2"#,
        now,
        now - IDLE,
        now - PRESENT,
    )
    .fetch_one(&app.db)
    .await?;
    Ok(Presence {
        sessions: row.sessions,
        people: row.people,
        present: row.present,
    })
}

/// Whether a session still lets in: what was opened under it long ago asks from time to time.
pub(crate) async fn is_session_open(app: &App, session: Uuid) -> Result<bool> {
    let now = app.now();
    let is_open = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM sessions AS session JOIN users AS person ON person.id = session.user_id
               WHERE session.id = $1 AND session.expires_at > $2 AND session.last_seen_at > $3 AND person.is_active
           ) AS "is_open!""#,
        session,
        now,
        now - IDLE,
    )
    .fetch_one(&app.db)
    .await?;
    Ok(is_open)
}

/// Removes sessions that have ended by themselves.
pub(crate) async fn forget_ended(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM sessions WHERE expires_at < $1 OR kind = 'browser' AND last_seen_at < $2",
        now,
        now - IDLE,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The cookie's name: with TLS the `__Host-` prefix keeps other hosts from setting it.
fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-crm_session"
    } else {
        "crm_session"
    }
}

/// The `Set-Cookie` of a session; an empty token removes it.
pub(super) fn set_cookie(app: &App, token: &str) -> HeaderValue {
    let age = if token.is_empty() { 0 } else { LIFE.num_seconds() };
    cookie(app, cookie_name(app), token, age)
}

/// The name of the cookie that carries a sign-in from its password to its second factor.
fn pending_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-crm_pending"
    } else {
        "crm_pending"
    }
}

/// The `Set-Cookie` of a pending sign-in; an empty token removes it.
pub(super) fn set_pending(app: &App, token: &str) -> HeaderValue {
    let age = if token.is_empty() { 0 } else { SETTING_UP.num_seconds() };
    cookie(app, pending_name(app), token, age)
}

/// The token of the sign-in that this browser has begun; empty: none.
pub(crate) struct Pending(pub(crate) String);

impl FromRequestParts<App> for Pending {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let token = read_cookie(&parts.headers, pending_name(app)).unwrap_or_default();
        Ok(Self(token.to_owned()))
    }
}

pub(super) fn cookie(app: &App, name: &str, value: &str, age: i64) -> HeaderValue {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Middleware: finds out who asks and puts a [`Viewer`] into the request.
pub(crate) async fn recognise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let session = read_cookie(headers, cookie_name(&app)).map(str::to_owned);
    let visit = read_cookie(headers, VISIT).map(str::to_owned);
    let flash = read_cookie(headers, crate::web::FLASH_COOKIE).and_then(Flash::read);
    let had_flash = flash.is_some();
    let mut viewer = match &session {
        Some(token) => match find(&app, token).await {
            Ok(viewer) => viewer,
            Err(error) => return HtmlError(error).into_response(),
        },
        None => None,
    };
    let mut new_visit = None;
    if viewer.is_none() {
        let seed = visit.unwrap_or_else(|| new_visit.insert(new_token()).clone());
        viewer = Some(Viewer::anonymous(&app, &seed));
    }
    if let Some(mut viewer) = viewer {
        viewer.flashes.extend(flash);
        request.extensions_mut().insert(viewer);
    }
    let viewer = request.extensions().get::<Viewer>().cloned();
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        // An error page shows the frame of the one who sees it.
        if let Some(viewer) = viewer {
            response.extensions_mut().insert(viewer);
        }
    }
    if let Some(seed) = new_visit {
        response
            .headers_mut()
            .append(header::SET_COOKIE, cookie(&app, VISIT, &seed, 24 * 3600));
    }
    if had_flash && !response.status().is_redirection() && !response.headers().contains_key(header::SET_COOKIE) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, crate::web::clear_flash());
    }
    response
}

async fn find(app: &App, token: &str) -> Result<Option<Viewer>> {
    let Some(known) = look(app, Key::Cookie(token)).await? else {
        return Ok(None);
    };
    Ok(Some(Viewer {
        actor: Some(known.actor),
        name: known.name,
        session: Some(known.session),
        csrf: csrf::token(&app.secret_key, token),
        zone: known.zone,
        stamp: known.stamp,
        flashes: Vec::new(),
        standing: app.standing.read(),
        bell: Arc::default(),
    }))
}

/// The open session of a browser's cookie, and the token that its forms carry.
pub(super) async fn of_page(app: &App, headers: &HeaderMap) -> Result<Option<(Known, String)>> {
    let Some(token) = read_cookie(headers, cookie_name(app)) else {
        return Ok(None);
    };
    let known = look(app, Key::Cookie(token)).await?;
    Ok(known.map(|known| (known, csrf::token(&app.secret_key, token))))
}

/// By what a session is found.
#[derive(Clone, Copy)]
pub(super) enum Key<'a> {
    /// The secret of a browser's cookie.
    Cookie(&'a str),
    /// The key that stands in a program's access token, which is signed.
    Token(Uuid),
}

/// An open session and whose it is.
pub(super) struct Known {
    pub(super) session: Uuid,
    pub(super) kind: String,
    pub(super) actor: Actor,
    pub(super) name: String,
    pub(super) zone: Tz,
    pub(super) stamp: Stamp,
}

/// Looks an open session up and notes that it is used.
pub(super) async fn look(app: &App, key: Key<'_>) -> Result<Option<Known>> {
    let now = app.now();
    let (hash, id) = match key {
        Key::Cookie(token) => (Some(token_hash(token)), None),
        Key::Token(id) => (None, Some(id)),
    };
    let asked = std::time::Instant::now();
    let mut conn = app.db.acquire().await?;
    app.metrics.waited(asked.elapsed());
    let row = sqlx::query!(
        r#"SELECT session.id, session.kind, session.last_seen_at, person.id AS user_id, person.name, person.role,
                person.branch_id, person.time_zone,
                -- The transactions that wrote the rows: a change, a new row and one less all change the sum.
                (SELECT sum(written)::bigint + count(*) * 1000000000000
                 FROM (SELECT xmin::text::bigint AS written FROM users
                       UNION ALL SELECT xmin::text::bigint FROM branches
                       UNION ALL SELECT xmin::text::bigint FROM company_statuses
                       UNION ALL SELECT xmin::text::bigint FROM company_spheres
                       UNION ALL SELECT xmin::text::bigint FROM contract_types
                       UNION ALL SELECT xmin::text::bigint FROM task_types
                       UNION ALL SELECT xmin::text::bigint FROM regions) AS reference) AS "stamp!"
         FROM sessions AS session
         JOIN users AS person ON person.id = session.user_id
         WHERE session.id = COALESCE($1, (SELECT id FROM sessions WHERE token_hash = $2))
           -- A cookie is no token, and a token is no cookie.
           AND (session.kind = 'browser') = ($1 IS NULL)
           AND session.expires_at > $3
           AND (session.kind <> 'browser' OR session.last_seen_at > $4)
           AND person.is_active"#,
        id,
        hash,
        now,
        now - IDLE,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if now - row.last_seen_at > SEEN_EVERY {
        touch(&mut conn, row.id, now).await?;
    }
    let Some(role) = Role::from_code(&row.role) else {
        return Ok(None);
    };
    Ok(Some(Known {
        session: row.id,
        kind: row.kind,
        actor: Actor {
            user: Some(UserId(row.user_id)),
            role,
            branch: row.branch_id.map(BranchId),
        },
        name: row.name,
        zone: row.time_zone.parse().unwrap_or(app.config.time_zone),
        stamp: Stamp(row.stamp),
    }))
}

/// Notes that a session is used; that of a program or a phone lives on by it.
pub(super) async fn touch(conn: &mut PgConnection, session: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE sessions
         SET last_seen_at = $2, expires_at = CASE WHEN kind = 'browser' THEN expires_at ELSE $3 END
         WHERE id = $1",
        session,
        now,
        now + UNUSED,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) fn read_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
