//! Copies made by the running server: each night, and when an administrator asks.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::copies::{self, make_by, prune, take_turn};
use super::{Kind, Wanted, journal, queries, standing};
use crate::app::App;
use crate::audit::{self, Event};
use crate::db;
use crate::error::Error;
use crate::policy::{Action, Actor, Ties, check};

/// A server that has just started has better things to do.
const SETTLED: TimeDelta = TimeDelta::minutes(5);
/// So long after its time a night is not missed yet.
const PUNCTUAL: TimeDelta = TimeDelta::hours(1);
/// A missed night is made up for when the newest good copy is older.
const FRESH: TimeDelta = TimeDelta::hours(24);
/// How often a night is tried, and how long after a failure.
const TRIES: usize = 3;
/// See [`TRIES`].
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// So long the journal remembers.
const REMEMBERED: TimeDelta = TimeDelta::days(180);
/// How often the journal is told how far a copy is.
const TELL: Duration = Duration::from_secs(1);

/// Makes tonight's copy when it is due. Every process asks once a minute; one of them makes it.
///
/// # Errors
/// The database's; why the copy failed.
pub(crate) async fn nightly(app: &App) -> crate::error::Result<()> {
    let now = app.now();
    let Some(at) = app.config.backup_at.filter(|_| now - app.started_at >= SETTLED) else {
        return Ok(());
    };
    let slot = slot(now, at, app.config.time_zone);
    let mut conn = app.db.acquire().await?;
    if !is_due(&mut conn, slot, now).await? {
        return Ok(());
    }
    drop(conn);
    let mut conn = db::owner(&app.db).await?;
    let made = make_nightly(&mut conn, app, slot).await;
    // The lock ends with the session.
    let _ = conn.close().await;
    standing::refresh(app).await?;
    Ok(made?)
}

/// The newest moment not after `now` at which a copy should be made.
fn slot(now: DateTime<Utc>, at: NaiveTime, zone: Tz) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let moment = |day: chrono::NaiveDate| {
        // In the hour that a clock leaves out when it is put on, UTC serves as well.
        let local = zone.from_local_datetime(&day.and_time(at)).earliest();
        local.map_or_else(|| day.and_time(at).and_utc(), |local| local.to_utc())
    };
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let slots = [moment(today), moment(yesterday)];
    slots.into_iter().find(|slot| *slot <= now).unwrap_or(slots[1])
}

/// Whether this night still wants a copy: on time, or after a failure, or because the newest good one is old.
async fn is_due(conn: &mut PgConnection, slot: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let tries = queries::of_slot(conn, slot).await?;
    let is_made = tries.iter().any(|(_, is_failed)| !is_failed);
    let is_wanted = match tries.first() {
        Some((last, _)) => tries.len() < TRIES && now - *last >= AGAIN,
        None if now - slot <= PUNCTUAL => true,
        None => {
            let newest = queries::newest_good(conn).await?;
            newest.is_none_or(|(made_at, _)| now - made_at > FRESH)
        }
    };
    Ok(is_wanted && !is_made && queries::has_data(conn).await?)
}

async fn make_nightly(conn: &mut PgConnection, app: &App, slot: DateTime<Utc>) -> Result<()> {
    if !take_turn(conn).await? {
        return Ok(());
    }
    let now = app.now();
    // Another process may have been quicker.
    if !is_due(conn, slot, now).await? {
        return Ok(());
    }
    let entry = journal::begin(conn, Kind::Nightly, Some(slot), now).await?;
    run(conn, app, Kind::Nightly, (entry, now)).await?;
    queries::forget_old(conn, now - REMEMBERED).await?;
    Ok(())
}

/// Begins a copy that an administrator asks for; it goes on without its page.
///
/// # Errors
/// [`Error::Conflict`] while another copy is being made.
pub(crate) async fn begin_copy(app: &App, actor: &Actor) -> crate::error::Result<()> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = db::owner(&app.db).await?;
    if !take_turn(&mut conn).await? {
        let _ = conn.close().await;
        return Err(Error::Conflict("Копия уже делается. Дождитесь её конца."));
    }
    let now = app.now();
    let mut tx = conn.begin().await?;
    let entry = journal::begin(&mut tx, Kind::Manual, None, now).await?;
    let event = Event::new("backup", "system", "", "Начата резервная копия");
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    let app = app.clone();
    tokio::spawn(async move {
        // Its failure stands in the journal and in the log.
        let _ = run(&mut conn, &app, Kind::Manual, (entry, now)).await;
        let _ = conn.close().await;
        let _ = standing::refresh(&app).await;
    });
    Ok(())
}

/// Makes and verifies a copy, telling the journal how far it is and how it ended. The caller has the turn.
async fn run(
    conn: &mut PgConnection,
    app: &App,
    kind: Kind,
    (entry, now): (Option<Uuid>, DateTime<Utc>),
) -> Result<()> {
    let began = Instant::now();
    let (done, total) = (AtomicU64::new(0), AtomicU64::new(0));
    let told = |now_done: u64, of: u64| {
        done.store(now_done, Ordering::Relaxed);
        total.store(of, Ordering::Relaxed);
    };
    let telling = async {
        loop {
            tokio::time::sleep(TELL).await;
            tell(app, entry, done.load(Ordering::Relaxed), total.load(Ordering::Relaxed)).await;
        }
    };
    let making = async {
        let made = make_by(conn, &app.config, Wanted::plain(kind), now, &told).await?;
        check_whole(&made.path).await?;
        Ok(made)
    };
    let made = tokio::select! {
        made = making => made,
        () = telling => unreachable!("it tells for ever"),
    };
    let took = began.elapsed();
    match &made {
        Ok(made) => tracing::info!(
            kind = kind.code(),
            bytes = made.bytes,
            ?took,
            "a copy is made and verified"
        ),
        Err(error) => tracing::error!(kind = kind.code(), cause = format!("{error:#}"), "a copy is not made"),
    }
    let mut note = String::new();
    if made.is_ok() && kind == Kind::Nightly {
        // Only now, with a good new one in place.
        let pruned = prune(&copies::folder(&app.config), kind, app.config.backup_keep);
        note = pruned
            .err()
            .map_or(String::new(), |error| format!("Старые копии не удалены: {error:#}."));
    }
    journal::end(conn, entry, &made, &note, now + took).await;
    made.map(|_| ())
}

/// The page may be drawn by another process: how far a copy is stands in the database.
async fn tell(app: &App, entry: Option<Uuid>, done: u64, total: u64) {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let Some(entry) = entry else { return };
    if let Ok(mut conn) = app.db.acquire().await {
        // A copy is more than the news of it.
        let _ = queries::advance(&mut conn, entry, number(done), number(total)).await;
    }
}

/// Reads the new copy from the disk; one that is not whole is no copy, and does not stay.
async fn check_whole(path: &Path) -> Result<()> {
    let file = path.to_owned();
    let verified = tokio::task::spawn_blocking(move || copies::verify(&file, &|_, _| ())).await?;
    if let Err(error) = verified {
        let _ = std::fs::remove_file(path);
        return Err(error).context("Готовая копия не прошла проверку");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_begins_at_its_hour_on_the_local_clock() {
        let at = NaiveTime::from_hms_opt(3, 30, 0).unwrap();
        let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let zone = chrono_tz::Asia::Yekaterinburg;
        for (now, expected) in [
            ("2026-11-25T22:29:59Z", "2026-11-24T22:30:00Z"),
            ("2026-11-25T22:30:00Z", "2026-11-25T22:30:00Z"),
            ("2026-11-26T12:00:00Z", "2026-11-25T22:30:00Z"),
        ] {
            assert_eq!(slot(utc(now), at, zone), utc(expected), "{now}");
        }
        // Berlin's clock leaves out 02:30 on that day.
        let half_past_two = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        let spring = slot(utc("2026-03-29T10:00:00Z"), half_past_two, chrono_tz::Europe::Berlin);
        assert_eq!(spring, utc("2026-03-29T02:30:00Z"));
    }
}
