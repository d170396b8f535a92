//! Reads the events of an `.ics` file, as forgiving as files are made.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};

use super::model::{Event, LONGEST_DESCRIPTION, LONGEST_TITLE, MOST_EVENTS, When};
use crate::values::text;

/// The title of an event that has none.
const UNTITLED: &str = "Задача (amo)";
/// The word before a company's name.
const COMPANY: &str = "компания:";

/// What a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) events: Vec<Event>,
    /// There were more than are read.
    pub(super) is_cut: bool,
}

/// Properties of one event.
#[derive(Default)]
struct Raw {
    uid: String,
    summary: String,
    description: String,
    contact: String,
    start: Option<When>,
    due: Option<When>,
}

/// Reads a file; bytes that are no UTF-8 become «�». `None`: it is no calendar.
pub(super) fn read(bytes: &[u8]) -> Option<File> {
    let joined = unfolded(bytes);
    let whole = String::from_utf8_lossy(&joined);
    let whole = whole.trim_start_matches('\u{feff}');
    let is_calendar = |line: &str| line.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR");
    if !whole.lines().any(is_calendar) {
        return None;
    }
    let mut file = File {
        events: Vec::new(),
        is_cut: false,
    };
    let mut present: Option<Raw> = None;
    // Alarms inside an event have descriptions of their own.
    let mut depth = 0;
    for line in whole.lines() {
        let Some((name, parameters, value)) = property(line) else {
            continue;
        };
        match (name.as_str(), value.trim().to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT" | "VTODO") if present.is_none() => present = Some(Raw::default()),
            ("BEGIN", _) if present.is_some() => depth += 1,
            ("END", _) if depth > 0 => depth -= 1,
            ("END", "VEVENT" | "VTODO") => {
                let Some(raw) = present.take() else { continue };
                if file.events.len() == MOST_EVENTS {
                    file.is_cut = true;
                    break;
                }
                file.events.push(event(raw));
            }
            _ => {
                if let Some(raw) = present.as_mut().filter(|_| depth == 0) {
                    take(raw, &name, parameters, value);
                }
            }
        }
    }
    Some(file)
}

/// Lines with their continuations joined, byte by byte: some programs fold within a letter.
fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            (b'\r', [b'\n', b' ' | b'\t', after @ ..]) | (b'\n', [b' ' | b'\t', after @ ..]) => after,
            _ => {
                joined.push(*byte);
                after
            }
        };
    }
    joined
}

/// «NAME;PARAMETERS:VALUE».
fn property(line: &str) -> Option<(String, &str, &str)> {
    let mut is_quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '"';
        *c == ':' && !is_quoted
    });
    let (head, value) = line.split_at(colon?.0);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some((name.trim().to_ascii_uppercase(), parameters, &value[1..]))
}

fn take(raw: &mut Raw, name: &str, parameters: &str, value: &str) {
    match name {
        "UID" => value.trim().clone_into(&mut raw.uid),
        "SUMMARY" => raw.summary = words(value),
        "DESCRIPTION" => raw.description = words(value),
        "CONTACT" => raw.contact = words(value),
        "DTSTART" => raw.start = Some(when(parameters, value)),
        "DUE" => raw.due = Some(when(parameters, value)),
        _ => (),
    }
}

/// A value of text without its escapes.
fn words(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(other) => out.push(other),
            None => (),
        }
    }
    text::lines(&out)
}

/// «20261201», «20261201T100000», with «Z» in UTC, with TZID on the clock of a zone.
fn when(parameters: &str, value: &str) -> When {
    let value = value.trim();
    if value.is_empty() {
        return When::Never;
    }
    if !value.contains(['T', 't']) {
        return NaiveDate::parse_from_str(value, "%Y%m%d").map_or(When::Unreadable, When::Day);
    }
    let upper = value.to_ascii_uppercase();
    let local = |text: &str| {
        let read = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S");
        read.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M"))
    };
    if let Some(utc) = upper.strip_suffix('Z') {
        return local(utc).map_or(When::Unreadable, |at| When::Moment(at.and_utc()));
    }
    let zone = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("TZID")
            .then(|| value.trim().trim_matches('"'))
    });
    let zone = zone.map(|name| name.trim_start_matches('/'));
    let zone = zone.filter(|name| name.parse::<Tz>().is_ok()).unwrap_or_default();
    local(&upper).map_or(When::Unreadable, |at| When::Local(at, zone.to_owned()))
}

fn event(raw: Raw) -> Event {
    let company = company(&raw);
    let title = text::line(&raw.summary);
    let title = if title.is_empty() { UNTITLED } else { &title };
    let when = match (raw.start, raw.due) {
        (Some(When::Never) | None, due) => due.unwrap_or(When::Never),
        (Some(start), _) => start,
    };
    let uid = if raw.uid.is_empty() {
        // The same words at the same time are the same task when the file is brought again.
        let words = format!("{title}\n{}\n{when:?}", raw.description);
        format!("words:{}", hex::encode(&Sha256::digest(words)[..16]))
    } else {
        raw.uid.chars().take(255).collect()
    };
    Event {
        uid,
        company,
        description: raw.description.chars().take(LONGEST_DESCRIPTION).collect(),
        title: title.chars().take(LONGEST_TITLE).collect(),
        when,
    }
}

/// What follows «Компания:» in one of the texts, to the end of its line; else the first line of the description.
fn company(raw: &Raw) -> String {
    let named = [&raw.contact, &raw.description, &raw.summary]
        .into_iter()
        .flat_map(|text| text.lines())
        .find_map(|line| {
            let at = text::fold(line).find(COMPANY)?;
            // Folding keeps the number of letters, not that of bytes.
            let skip = text::fold(line)[..at].chars().count() + COMPANY.chars().count();
            let name: String = line.chars().skip(skip).collect();
            let name = name.trim().to_owned();
            (!name.is_empty()).then_some(name)
        });
    let first = || raw.description.lines().map(str::trim).find(|line| !line.is_empty());
    let name = named.or_else(|| first().map(str::to_owned)).unwrap_or_default();
    name.chars().take(LONGEST_TITLE).collect()
}
