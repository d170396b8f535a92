//! A person's tasks as a calendar.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::ics::{self, Ics};
use super::model::{AHEAD, BACK, Entry, Series};
use super::zone;
use crate::values::recurrence::{End, off_weekend, to_utc};
use crate::values::{Recurrence, text};

/// How long a task with a time stands in the calendar.
const LENGTH: &str = "PT30M";
/// Most days of one series that are written one by one.
const MOST_OF_SERIES: usize = 100;

/// For whom and when a calendar is written.
pub(super) struct Setting<'a> {
    /// «Имя Фамилия».
    pub(super) name: &'a str,
    pub(super) zone: Tz,
    pub(super) now: DateTime<Utc>,
    /// Where the program stands, without a slash at the end.
    pub(super) public_url: &'a str,
}

/// The whole calendar. It depends on nothing but what it is given, so the same tasks are the same bytes all day.
pub(super) fn calendar(setting: &Setting<'_>, entries: &[Entry], series: &[Series]) -> String {
    let mut out = Ics::default();
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//CRM PROFI//Tasks//RU");
    out.line("CALSCALE", "GREGORIAN");
    out.line("METHOD", "PUBLISH");
    let name = format!("Задачи: {}", setting.name);
    out.text("NAME", &name);
    out.text("X-WR-CALNAME", &name);
    out.line("X-WR-TIMEZONE", setting.zone.name());
    out.line("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    out.line("X-PUBLISHED-TTL", "PT15M");
    let mut zones = vec![setting.zone];
    zones.extend(series.iter().map(|series| series.zone));
    zones.sort_unstable_by_key(|zone| zone.name());
    zones.dedup();
    for zone in zones {
        // Series go on beyond the last task that is shown.
        let (from, to) = whole_years(setting.now - BACK * 2, setting.now + AHEAD * 4);
        zone::write(&mut out, zone, from, to);
    }
    for entry in entries {
        task(&mut out, setting, entry);
    }
    for series in series {
        upcoming(&mut out, setting, series);
    }
    out.line("END", "VCALENDAR");
    out.finish()
}

/// From the beginning of one year to the end of another, so that the zone is written alike all year.
fn whole_years(from: DateTime<Utc>, to: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    use chrono::{Datelike as _, NaiveDate, NaiveTime};
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.and_time(NaiveTime::MIN).and_utc());
    (first(from.year()).unwrap_or(from), first(to.year() + 1).unwrap_or(to))
}

fn task(out: &mut Ics, setting: &Setting<'_>, entry: &Entry) {
    out.line("BEGIN", "VEVENT");
    out.line("UID", &entry.id.to_string());
    out.moment("DTSTAMP", entry.updated_at);
    out.moment("CREATED", entry.created_at);
    out.moment("LAST-MODIFIED", entry.updated_at);
    out.line("SEQUENCE", &entry.version.to_string());
    let local = entry.due_at.with_timezone(&setting.zone).naive_local();
    starts(out, local, (setting.zone, entry.is_all_day));
    let link = format!("{}/tasks/{}/", setting.public_url, entry.id);
    if entry.is_done {
        out.text("SUMMARY", &format!("✓ {}", entry.title));
    } else {
        out.text("SUMMARY", &entry.title);
    }
    out.text("DESCRIPTION", &about(&entry.company, &entry.description, &link));
    out.line("URL", &link);
    if !entry.is_done {
        alarm(out, &entry.title, entry.is_all_day);
    }
    out.line("END", "VEVENT");
}

/// What of a series is no task yet: one repeated event, or, where days are moved off weekends, which no rule can say,
/// one event for each day.
fn upcoming(out: &mut Ics, setting: &Setting<'_>, series: &Series) {
    let to = (setting.now + AHEAD).with_timezone(&series.zone).naive_local();
    let Some(next) = series.rule.next_after(series.starts_at, series.reached) else {
        return;
    };
    if next > to {
        return;
    }
    if !series.skips_weekends {
        if let Some(rule) = rest_of(series) {
            occurrence(out, setting, series, (next, &series.id.to_string(), Some(&rule)));
        }
        return;
    }
    for at in series.rule.between(series.starts_at, next, to, MOST_OF_SERIES) {
        let uid = format!("{}-{}", series.id, ics::local(at));
        occurrence(out, setting, series, (off_weekend(at), &uid, None));
    }
}

fn occurrence(
    out: &mut Ics,
    setting: &Setting<'_>,
    series: &Series,
    (at, uid, rule): (NaiveDateTime, &str, Option<&str>),
) {
    out.line("BEGIN", "VEVENT");
    out.line("UID", uid);
    out.moment("DTSTAMP", series.created_at);
    out.line("SEQUENCE", &series.version.to_string());
    starts(out, at, (series.zone, series.is_all_day));
    if let Some(rule) = rule {
        out.line("RRULE", rule);
    }
    out.text("SUMMARY", &series.title);
    let link = format!("{}/tasks/", setting.public_url);
    out.text("DESCRIPTION", &about(&series.company, &series.description, &link));
    out.line("URL", &link);
    alarm(out, &series.title, series.is_all_day);
    out.line("END", "VEVENT");
}

/// The rule of what is left: it says in full what it took from the first occurrence, what has been is counted off, and
/// the end is a moment, as the standard wants it beside a zone.
fn rest_of(series: &Series) -> Option<String> {
    let full = series.rule.said_in_full(series.starts_at);
    let bare = Recurrence {
        end: End::Never,
        ..full
    };
    let end = match series.rule.end {
        End::Never => String::new(),
        End::Until(last) if series.is_all_day => format!(";UNTIL={}", last.format("%Y%m%d")),
        End::Until(last) => format!(";UNTIL={}", ics::utc(to_utc(last, series.zone))),
        End::Count(times) => {
            let after = series.reached + chrono::TimeDelta::seconds(1);
            let been = series
                .rule
                .between(series.starts_at, series.starts_at, after, usize::from(times));
            let left = usize::from(times).checked_sub(been.len()).filter(|left| *left > 0)?;
            format!(";COUNT={left}")
        }
    };
    Some(format!("{bare}{end}"))
}

/// When an event begins and how long it lasts. A whole day leaves its person free for others.
fn starts(out: &mut Ics, local: NaiveDateTime, (zone, is_all_day): (Tz, bool)) {
    if is_all_day {
        out.line("DTSTART;VALUE=DATE", &local.format("%Y%m%d").to_string());
        out.line("DURATION", "P1D");
        out.line("TRANSP", "TRANSPARENT");
    } else {
        out.line(&format!("DTSTART;TZID={}", zone.name()), &ics::local(local));
        out.line("DURATION", LENGTH);
        out.line("TRANSP", "OPAQUE");
    }
}

/// A quarter of an hour before, or at nine in the morning of a whole day.
fn alarm(out: &mut Ics, title: &str, is_all_day: bool) {
    out.line("BEGIN", "VALARM");
    out.line("ACTION", "DISPLAY");
    out.line("TRIGGER", if is_all_day { "PT9H" } else { "-PT15M" });
    out.text("DESCRIPTION", title);
    out.line("END", "VALARM");
}

fn about(company: &str, description: &str, link: &str) -> String {
    let company = if company.is_empty() {
        String::new()
    } else {
        format!("Компания: {company}")
    };
    let description = text::lines(description);
    let parts = [company.as_str(), &description, link];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}
