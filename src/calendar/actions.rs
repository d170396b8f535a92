//! What people do with their calendars, and what calendars read.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::model::{AHEAD, BACK, Feed, token, token_hash};
use super::render::{Setting, calendar};
use super::{paths, queries};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{Origin, UserId};

/// In such a stretch of time readings are counted.
const STRETCH: TimeDelta = TimeDelta::minutes(15);
/// How often a calendar may be read in it: a few devices, each every minute.
const MOST_OF_OWNER: i32 = 60;
/// How often somebody may ask for calendars that are not there.
const MOST_OF_STRANGER: i32 = 30;
/// When a calendar was last read is written down no more often.
const TOUCH_EVERY: TimeDelta = TimeDelta::hours(1);

/// The own calendar.
pub(super) struct Own {
    /// Its full address; `None`: the secret key is another one than at its issue, so that it has to be issued anew.
    pub(super) link: Option<String>,
    pub(super) feed: Feed,
}

fn owner_of(actor: &Actor) -> Result<UserId> {
    check(
        actor,
        Action::ManageOwnAccount,
        Ties {
            own: true,
            branch: false,
        },
    )?;
    actor.user.ok_or(Error::NotFound)
}

/// The own calendar, when there is one.
pub(super) async fn own(app: &App, actor: &Actor) -> Result<Option<Own>> {
    let user = owner_of(actor)?;
    let feed = queries::find(&mut *app.db.acquire().await?, user).await?;
    Ok(feed.map(|feed| {
        let token = token(&app.secret_key, user, feed.salt);
        let is_own = token_hash(&token) == feed.token_hash;
        let link = is_own.then(|| format!("{}{}", app.config.public_url, paths::feed(&token)));
        Own { link, feed }
    }))
}

/// Gives the own calendar an address; the one before, if any, leads nowhere from now on.
pub(super) async fn issue(app: &App, actor: &Actor, origin: &Origin) -> Result<bool> {
    let user = owner_of(actor)?;
    let salt = Uuid::new_v4();
    let hash = token_hash(&token(&app.secret_key, user, salt));
    let mut tx = app.begin().await?;
    let was_there = queries::issue(&mut tx, user, (salt, &hash), app.now()).await?;
    let message = if was_there {
        "Ссылка на календарь задач выдана заново, прежняя больше не действует"
    } else {
        "Выдана ссылка на календарь задач"
    };
    audit::record(
        &mut tx,
        actor,
        Event::new("calendar_on", "user", user, message).from(origin),
    )
    .await?;
    tx.commit().await?;
    Ok(was_there)
}

/// Takes the address away; whether there was one.
pub(super) async fn turn_off(app: &App, actor: &Actor, origin: &Origin) -> Result<bool> {
    let user = owner_of(actor)?;
    let mut tx = app.begin().await?;
    let was_there = queries::remove(&mut tx, user).await?;
    if was_there {
        let event = Event::new("calendar_off", "user", user, "Календарь задач выключен");
        audit::record(&mut tx, actor, event.from(origin)).await?;
        tx.commit().await?;
    }
    Ok(was_there)
}

/// The calendar at this address.
///
/// # Errors
/// [`Error::NotFound`] for an address that nobody has, has no longer, or whose person does not work here any more: nobody
/// is told which. [`Error::TooMany`] when it is asked for too often.
pub(super) async fn read(app: &App, secret: &str, origin: &Origin) -> Result<String> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    let Some(owner) = queries::owner(&mut conn, &token_hash(secret)).await? else {
        let key = format!("ip:{}", accounts::network(&origin.ip));
        let counted = queries::count(&mut conn, &key, now, STRETCH).await?;
        admit(counted, MOST_OF_STRANGER, now)?;
        return Err(Error::NotFound);
    };
    let counted = queries::count(&mut conn, &format!("user:{}", owner.user), now, STRETCH).await?;
    admit(counted, MOST_OF_OWNER, now)?;
    // Whole days, so that the same tasks are the same calendar all day.
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let entries = queries::entries(&mut conn, owner.user, (today - BACK, today + AHEAD)).await?;
    let series = queries::series(&mut conn, owner.user).await?;
    if owner.read_at.is_none_or(|at| now - at >= TOUCH_EVERY) {
        queries::touch(&mut conn, owner.user, &origin.user_agent, now).await?;
    }
    drop(conn);
    let zone: Tz = owner.time_zone.parse().unwrap_or(app.config.time_zone);
    let setting = Setting {
        name: &owner.name,
        zone,
        now: today,
        public_url: &app.config.public_url,
    };
    Ok(calendar(&setting, &entries, &series))
}

fn admit((count, since): (i32, DateTime<Utc>), most: i32, now: DateTime<Utc>) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    let left = (since + STRETCH - now).num_seconds().max(1);
    Err(Error::TooMany(left.unsigned_abs()))
}
