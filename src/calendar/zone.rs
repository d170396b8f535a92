//! A time zone as a calendar carries it: how its clock stands, and each time it is put forward or back.

use chrono::{DateTime, Duration, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::{OffsetComponents as _, OffsetName as _, Tz};

use super::ics::{self, Ics};

/// Writes the zone for moments between `from` and `to`.
pub(super) fn write(out: &mut Ics, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) {
    out.line("BEGIN", "VTIMEZONE");
    out.line("TZID", zone.name());
    let before = seconds(zone, from);
    observance(out, zone, from, ("19700101T000000", before));
    let mut at = from;
    while let Some(change) = next_change(zone, at, to) {
        // The standard wants the time on the clock as it was before.
        let old = seconds(zone, change - TimeDelta::seconds(1));
        let onset = (change + Duration::seconds(old.into())).naive_utc();
        observance(out, zone, change, (&ics::local(onset), old));
        at = change;
    }
    out.line("END", "VTIMEZONE");
}

/// How the clock stands from `at` on, having stood at `old` before.
fn observance(out: &mut Ics, zone: Tz, at: DateTime<Utc>, (onset, old): (&str, i32)) {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    let kind = if offset.dst_offset().is_zero() {
        "STANDARD"
    } else {
        "DAYLIGHT"
    };
    out.line("BEGIN", kind);
    out.line("DTSTART", onset);
    out.line("TZOFFSETFROM", &ics::offset(old));
    out.line("TZOFFSETTO", &ics::offset(seconds(zone, at)));
    if let Some(name) = offset.abbreviation() {
        out.text("TZNAME", name);
    }
    out.line("END", kind);
}

/// The first moment after `from` and before `to` from which the clock stands otherwise.
fn next_change(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let old = seconds(zone, from);
    let mut low = from;
    // No zone changes its clock twice within a week.
    let mut high = loop {
        let next = low + TimeDelta::days(7);
        if seconds(zone, next) != old {
            break next;
        }
        if next >= to {
            return None;
        }
        low = next;
    };
    while high - low > TimeDelta::seconds(1) {
        let middle = low + (high - low) / 2;
        if seconds(zone, middle) == old {
            low = middle;
        } else {
            high = middle;
        }
    }
    // `high` is within a second of the change, which falls on a whole one.
    DateTime::from_timestamp(high.timestamp(), 0)
}

/// By how much the clock is ahead of UTC.
fn seconds(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}
