//! Counting, warning, and the limits.

use chrono::Days;
use uuid::Uuid;

use super::model::{Limits, MOST, Reader, Span, Step, Time, opens_again};
use super::queries;
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::error::{Error, FieldErrors, Result};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor, Ties, check, may_ever};
use crate::values::{Origin, UserId, text};

/// Why a card stays closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closed {
    /// A sentence for the page.
    pub(super) text: String,
    /// Seconds until new cards open again.
    pub(super) seconds: u64,
}

/// Counts that somebody opens a card; answers why it must stay closed.
pub(super) async fn open(app: &App, actor: &Actor, origin: &Origin, card: Uuid) -> Result<Option<Closed>> {
    let Some(user) = actor.user.filter(|_| !may_ever(actor, Action::ExportBase)) else {
        return Ok(None);
    };
    let zone = app.config.time_zone;
    let time = Time::of(app.now(), zone);
    if app.opened.knows(time.number(), user.0, card) {
        return Ok(None);
    }
    let counted = queries::open(&mut *app.db.acquire().await?, user, card, time).await?;
    let mut closed = None;
    for span in Span::BOTH {
        let (step, opened) = counted.step(span);
        if step != Step::Free {
            warn(app, (actor, user, origin), (span, step, time), opened).await?;
        }
        if step == Step::Over && closed.is_none() {
            let (at, seconds) = opens_again(app.now(), zone, span);
            let cards = text::count(opened, ["разную карточку", "разные карточки", "разных карточек"]);
            let text = match span {
                Span::Hour => format!(
                    "За этот час вы открыли {cards}: это предел, который бережёт базу от копирования. Новые карточки \
                     снова откроются в {}.",
                    at.with_timezone(&zone).format("%H:%M")
                ),
                Span::Day => format!(
                    "За сегодня вы открыли {cards}: это предел, который бережёт базу от копирования. Новые карточки \
                     снова откроются завтра."
                ),
            };
            let rest = "Список, поиск и карточки, которые вы уже открывали, работают как обычно. Если дело не ждёт, \
                        попросите администратора поднять предел.";
            closed = Some(Closed {
                text: format!("{text} {rest}"),
                seconds,
            });
        }
    }
    if closed.is_none() {
        app.opened.remember(time.number(), user.0, card);
    }
    Ok(closed)
}

/// The same of a person: it is the card of the company that this one works at, if at any.
pub(super) async fn open_contact(app: &App, actor: &Actor, origin: &Origin, contact: Uuid) -> Result<Option<Closed>> {
    let Some(user) = actor.user.filter(|_| !may_ever(actor, Action::ExportBase)) else {
        return Ok(None);
    };
    let hour = Time::of(app.now(), app.config.time_zone).number();
    if app.opened.knows(hour, user.0, contact) {
        return Ok(None);
    }
    let company = queries::company_of(&mut *app.db.acquire().await?, contact).await?;
    let closed = open(app, actor, origin, company.unwrap_or(contact)).await?;
    if closed.is_none() {
        app.opened.remember(hour, user.0, contact);
    }
    Ok(closed)
}

/// Tells administrators, once for each hour (or day) and step: by an event of the audit log and a mark on the page of
/// security. Whoever is to be told in another way is told from here.
async fn warn(
    app: &App,
    (actor, user, origin): (&Actor, UserId, &Origin),
    (span, step, time): (Span, Step, Time),
    opened: i64,
) -> Result<()> {
    let (is_over, is_day) = (step == Step::Over, span == Span::Day);
    // A process warns once; that others may have done it before is known by the table.
    let mark = Uuid::from_u128(u128::from(is_over) * 2 + u128::from(is_day));
    if app.opened.knows(time.number(), user.0, mark) {
        return Ok(());
    }
    let hour = if is_day {
        -1
    } else {
        i32::try_from(time.hour).unwrap_or_default()
    };
    let mut tx = app.begin().await?;
    if queries::alarm(&mut tx, user, (time.day, hour, is_over), opened, app.now()).await? {
        let span = if is_day { "за день" } else { "за час" };
        let cards = text::count(opened, ["карточка", "карточки", "карточек"]);
        let (verb, message) = if is_over {
            (
                "reading_over",
                format!("Предел чтения {span}: {cards}, новые не открываются"),
            )
        } else {
            ("reading_near", format!("Близко к пределу чтения {span}: {cards}"))
        };
        let notice = Notice::new(Kind::Security, app.now())
            .to(accounts::deciders(&mut tx, Action::ManageUsers, None).await?)
            .saying(format!(
                "{}: {}",
                accounts::name_of(&mut tx, user).await?,
                lower_first(&message)
            ))
            .linking("/settings/security/reading/")
            .once(format!("reading:{user}:{}:{hour}:{is_over}", time.day));
        notifications::tell(&mut tx, actor, notice).await?;
        audit::record(&mut tx, actor, Event::new(verb, "user", user, message).from(origin)).await?;
    }
    tx.commit().await?;
    app.opened.remember(time.number(), user.0, mark);
    Ok(())
}

/// «Предел» → «предел», to go on after a name.
fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().into_iter().flat_map(char::to_lowercase);
    first.chain(chars).collect()
}

/// The limits.
pub(crate) async fn limits(app: &App, actor: &Actor) -> Result<Limits> {
    check(actor, Action::ManageUsers, Ties::default())?;
    Ok(queries::limits(&mut *app.db.acquire().await?).await?)
}

/// Who opened cards today.
pub(crate) async fn overview(app: &App, actor: &Actor) -> Result<Vec<Reader>> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let time = Time::of(app.now(), app.config.time_zone);
    Ok(queries::readers(&mut *app.db.acquire().await?, time).await?)
}

/// How many people reached a limit today.
pub(crate) async fn has_alarms(app: &App, actor: &Actor) -> Result<i64> {
    check(actor, Action::ViewAudit, Ties::default())?;
    let day = Time::of(app.now(), app.config.time_zone).day;
    Ok(queries::over(&mut *app.db.acquire().await?, day).await?)
}

const CHANGED: &str =
    "Пока страница была открыта, пределы изменил другой администратор. Проверьте их и сохраните ещё раз.";

/// Sets the limits, as typed, when they are still what the page showed.
///
/// # Errors
/// [`Error::Invalid`] at `per_hour` and `per_day`, [`Error::Conflict`].
pub(crate) async fn set_limits(
    app: &App,
    actor: &Actor,
    origin: &Origin,
    ([per_hour, per_day], seen): ([&str; 2], Option<Limits>),
) -> Result<()> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let mut errors = FieldErrors::default();
    let mut read = |name: &'static str, typed: &str| {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let number = typed.parse::<i32>().ok().filter(|number| (0..=MOST).contains(number));
        if number.is_none() {
            errors.add(name, "Напишите целое число от 0 до 100 000. 0 — без предела.");
        }
        number.unwrap_or_default()
    };
    let limits = Limits {
        per_hour: read("per_hour", per_hour),
        per_day: read("per_day", per_day),
    };
    if limits.per_day > 0 && limits.per_hour > limits.per_day {
        errors.add("per_day", "За день нельзя открыть меньше, чем за час.");
    }
    let limits = errors.or(limits)?;
    let mut tx = app.begin().await?;
    let old = queries::limits(&mut tx).await?;
    if seen.is_some_and(|seen| seen != old) {
        return Err(Error::Conflict(CHANGED));
    }
    let mut changes = Changes::default();
    changes.compare("per_hour", &old.per_hour.to_string(), &limits.per_hour.to_string());
    changes.compare("per_day", &old.per_day.to_string(), &limits.per_day.to_string());
    if changes.is_empty() {
        return Ok(());
    }
    if !queries::set_limits(&mut tx, old, limits).await? {
        return Err(Error::Conflict(CHANGED));
    }
    let message = "Изменены пределы чтения карточек";
    let event = Event::new("reading_limits", "system", "reading", message)
        .with(changes)
        .from(origin);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets what is no longer counted.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let today = Time::of(app.now(), app.config.time_zone).day;
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    Ok(queries::clean(&mut *app.db.acquire().await?, yesterday).await?)
}
