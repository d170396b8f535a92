use chrono_tz::Tz;

use super::at;
use crate::values::recurrence::{off_weekend, to_utc};

#[test]
fn a_time_of_the_wall_clock_becomes_a_moment() {
    for (zone, local, moment) in [
        (Tz::Europe__Moscow, "2026-12-01T10:00", "2026-12-01T07:00:00Z"),
        (Tz::Asia__Kamchatka, "2026-12-01T10:00", "2026-11-30T22:00:00Z"),
        // Put forward: 02:30 is never shown.
        (Tz::Europe__Berlin, "2026-03-29T01:30", "2026-03-29T00:30:00Z"),
        (Tz::Europe__Berlin, "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        (Tz::Europe__Berlin, "2026-03-29T03:30", "2026-03-29T01:30:00Z"),
        (Tz::America__New_York, "2026-03-08T02:00", "2026-03-08T07:00:00Z"),
        // Put back: shown twice, the first one is meant.
        (Tz::Europe__Berlin, "2026-10-25T01:59", "2026-10-24T23:59:00Z"),
        (Tz::Europe__Berlin, "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        (Tz::Europe__Berlin, "2026-10-25T03:00", "2026-10-25T02:00:00Z"),
        (Tz::America__New_York, "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
        // Moscow's last summer time, and the day on which it went back to winter for good.
        (Tz::Europe__Moscow, "2010-03-28T02:30", "2010-03-27T23:30:00Z"),
        (Tz::Europe__Moscow, "2010-10-31T02:30", "2010-10-30T22:30:00Z"),
        (Tz::Europe__Moscow, "2014-10-26T01:30", "2014-10-25T21:30:00Z"),
        // A day that this island never had.
        (Tz::Pacific__Apia, "2011-12-30T12:00", "2011-12-30T22:00:00Z"),
    ] {
        let expected: chrono::DateTime<chrono::Utc> = moment.parse().expect("a moment");
        assert_eq!(to_utc(at(local), zone), expected, "{zone} {local}");
    }
}

#[test]
fn a_series_keeps_its_hour_across_the_shift() {
    let start = at("2026-03-27T09:00");
    let days = super::rule("FREQ=DAILY").between(start, start, at("2026-03-31T00:00"), 10);
    let moments: Vec<_> = days
        .iter()
        .map(|day| to_utc(*day, Tz::Europe__Berlin).to_rfc3339())
        .collect();
    assert_eq!(
        moments,
        [
            "2026-03-27T08:00:00+00:00",
            "2026-03-28T08:00:00+00:00",
            "2026-03-29T07:00:00+00:00",
            "2026-03-30T07:00:00+00:00",
        ]
    );
}

#[test]
fn weekends_are_left_for_monday() {
    for (day, moved) in [
        ("2026-12-04T10:00", "2026-12-04T10:00"),
        ("2026-12-05T10:00", "2026-12-07T10:00"),
        ("2026-12-06T23:59", "2026-12-07T23:59"),
        ("2026-12-07T00:00", "2026-12-07T00:00"),
        ("2027-01-30T09:00", "2027-02-01T09:00"),
    ] {
        assert_eq!(off_weekend(at(day)), at(moved), "{day}");
    }
}
