//! How the installation stands: put up for every page and for `/metrics`, so that none of them asks the database.

use chrono::{DateTime, TimeDelta, Utc};

use super::overview::Origin;
use super::{State, copies, queries};
use crate::app::{App, Notice, Standing};
use crate::error::Result;
use crate::values::text;

/// An older newest copy is a cause for concern.
pub(crate) const OLD: TimeDelta = TimeDelta::hours(48);
const PAGE: &str = "/settings/system/";

/// Looks and puts up what it sees.
///
/// # Errors
/// The database's; what was put up before stays.
pub(crate) async fn refresh(app: &App) -> Result<()> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    copies::notice_broken(&mut conn, now).await?;
    let origin = queries::origin(&mut conn).await?;
    let newest = queries::newest_good(&mut conn).await?;
    let last = queries::last(&mut conn).await?;
    let installed_at = queries::installed_at(&mut conn).await?;
    let is_copy_failed = last.is_some_and(|copy| copy.state == State::Failed);
    let copied_at = newest.map(|(at, _)| at);
    let age = now - copied_at.or(installed_at).unwrap_or(now);
    let mut notices = Vec::new();
    notices.extend(passive(app, &origin));
    notices.extend(copy(is_copy_failed, app.config.backup_at.is_some(), copied_at, age));
    app.standing.put(Standing {
        is_passive: app.config.passive || origin.is_passive,
        copied_at,
        copy_bytes: newest.map_or(0, |(_, bytes)| bytes.unsigned_abs()),
        is_copy_failed,
        notices,
    });
    Ok(())
}

fn passive(app: &App, origin: &Origin) -> Option<Notice> {
    let text = if origin.is_passive {
        "База восстановлена из резервной копии и пассивна: писем и уведомлений она не отправляет."
    } else if app.config.passive {
        "Программа запущена пассивной (CRM_PASSIVE=1): писем и уведомлений она не отправляет."
    } else {
        return None;
    };
    Some(notice("warning", text.to_owned(), "Что это значит"))
}

/// A failure is told always; age only when the program is to make copies by itself.
fn copy(is_failed: bool, is_automatic: bool, copied_at: Option<DateTime<Utc>>, age: TimeDelta) -> Option<Notice> {
    if is_failed {
        let text = match copied_at {
            Some(_) => format!(
                "Последняя резервная копия не удалась. Возраст последней удачной: {}.",
                days_or_hours(age)
            ),
            None => "Резервная копия не удалась, а другой нет.".to_owned(),
        };
        return Some(notice("error", text, "Почему"));
    }
    if !is_automatic || age <= OLD {
        return None;
    }
    let text = match copied_at {
        Some(_) => format!("Самой новой резервной копии уже {}.", days_or_hours(age)),
        None => "Резервной копии ещё нет.".to_owned(),
    };
    Some(notice("warning", text, "Сделать копию"))
}

/// «меньше минуты», «5 часов», «3 дня»
pub(crate) fn days_or_hours(age: TimeDelta) -> String {
    match age.num_hours() {
        ..1 if age.num_minutes() < 1 => "меньше минуты".to_owned(),
        ..1 => text::count(age.num_minutes(), ["минута", "минуты", "минут"]),
        hours @ 1..48 => text::count(hours, ["час", "часа", "часов"]),
        hours => text::count(hours / 24, ["день", "дня", "дней"]),
    }
}

fn notice(tone: &'static str, text: String, link: &'static str) -> Notice {
    Notice {
        tone,
        text,
        href: PAGE,
        link,
    }
}
