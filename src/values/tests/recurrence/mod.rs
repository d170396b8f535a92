mod border;
mod occurrences;
mod reading;
mod words;

use chrono::NaiveDateTime;

use crate::values::Recurrence;

/// «2026-12-01T10:00».
#[track_caller]
fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").expect(text)
}

#[track_caller]
fn rule(text: &str) -> Recurrence {
    Recurrence::parse(text).expect(text)
}
