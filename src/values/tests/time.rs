use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::values::time::{RUSSIAN_ZONES, date, date_time, parse_date, relative, zone};

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment in the test")
}

#[test]
fn dates_are_read_in_russian_and_machine_order() {
    for (typed, expected) in [
        ("23.11.2026", Some("2026-11-23")),
        (" 3.1.26 ", Some("2026-01-03")),
        ("31.12.85", Some("1985-12-31")),
        ("2026-11-23", Some("2026-11-23")),
        ("29.02.2024", Some("2024-02-29")),
        ("29.02.2023", None),
        ("32.01.2026", None),
        ("1.1.126", None),
        ("11/23/2026", None),
        ("завтра", None),
        ("", None),
    ] {
        assert_eq!(
            parse_date(typed).map(|date| date.to_string()).as_deref(),
            expected,
            "{typed}"
        );
    }
}

#[test]
fn a_moment_is_told_by_the_clock_of_the_reader() {
    let now = moment("2026-11-23T20:30:00Z");
    let yekaterinburg = zone("Asia/Yekaterinburg").expect("a Russian zone");
    assert_eq!(date_time(now, yekaterinburg), "24.11.2026 01:30");
    for (then, text) in [
        ("2026-11-23T19:05:00Z", "сегодня 0:05"),
        ("2026-11-23T18:59:00Z", "вчера 23:59"),
        ("2026-11-23T04:05:00Z", "вчера 9:05"),
        ("2026-11-22T18:59:00Z", "22.11.2026 23:59"),
        ("2026-11-24T19:00:00Z", "25.11.2026 00:00"),
    ] {
        assert_eq!(relative(moment(then), now, yekaterinburg), text, "{then}");
    }
}

#[test]
fn every_zone_is_known_and_its_label_tells_the_truth() {
    let winter = moment("2026-01-15T00:00:00Z").naive_utc();
    let moscow = 3;
    for (name, label) in RUSSIAN_ZONES {
        let zone = zone(name).expect(name);
        let local = zone.from_utc_datetime(&winter).naive_local();
        let distance = (local - winter).num_hours() - moscow;
        let shown = match distance {
            0 => "(МСК)".to_owned(),
            1.. => format!("(МСК+{distance})"),
            _ => format!("(МСК−{})", -distance),
        };
        assert!(label.ends_with(&shown), "{label}: {shown}");
    }
    assert_eq!(RUSSIAN_ZONES.len(), 27);
    assert_eq!(zone("Europe/Paris"), None::<Tz>);
}

proptest! {
    #[test]
    fn any_text_is_tried_as_a_date(typed in "\\PC{0,20}|[0-9.-]{0,12}") {
        parse_date(&typed);
    }

    #[test]
    fn a_shown_date_reads_the_same(days in 0_i32..100_000) {
        let shown = NaiveDate::from_epoch_days(days).expect("a date in range");
        prop_assert_eq!(parse_date(&date(shown)), Some(shown));
    }
}
