//! Content lines of RFC 5545: escaped, folded, each ended by CR LF.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, Utc};

/// Octets of a line without its end.
const WIDTH: usize = 75;

/// A calendar that is being written.
#[derive(Default)]
pub(super) struct Ics(String);

impl Ics {
    /// A line whose value is already as the standard wants it.
    pub(super) fn line(&mut self, name: &str, value: &str) {
        let mut width = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            // A fold stands between characters, never within one; the space that begins the next line counts.
            if width + c.len_utf8() > WIDTH {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(c);
            width += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A line of words.
    pub(super) fn text(&mut self, name: &str, words: &str) {
        self.line(name, &escaped(words));
    }

    /// A line with a moment in UTC.
    pub(super) fn moment(&mut self, name: &str, at: DateTime<Utc>) {
        self.line(name, &utc(at));
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// «20261201T070000Z».
pub(super) fn utc(at: DateTime<Utc>) -> String {
    format!("{}Z", local(at.naive_utc()))
}

/// «20261201T100000», on the clock of whatever zone the line names.
pub(super) fn local(at: NaiveDateTime) -> String {
    at.format("%Y%m%dT%H%M%S").to_string()
}

/// «+0300».
pub(super) fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    let mut text = format!("{sign}{hours:02}{minutes:02}");
    if seconds % 60 != 0 {
        _ = write!(text, "{:02}", seconds.abs() % 60);
    }
    text
}

/// A text as a value: no control characters but line ends, which are written as «\n».
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.replace("\r\n", "\n").chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\t' => out.push(' '),
            c if c.is_control() => (),
            c => out.push(c),
        }
    }
    out
}
