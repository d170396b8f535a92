//! Dates in words.

use chrono::{TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::tasks::due::{Due, read};

const MOSCOW: Tz = chrono_tz::Europe::Moscow;

/// Monday, 23 November 2026, 12:00 in Moscow.
fn noon() -> chrono::DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).single().unwrap()
}

fn shown(typed: &str) -> String {
    match read(typed, noon(), MOSCOW) {
        Ok(Some(due)) => due.typed(MOSCOW),
        Ok(None) => "нет".to_owned(),
        Err(_) => "?".to_owned(),
    }
}

#[test]
fn a_date_is_read_as_people_say_it() {
    let cases = [
        ("", "нет"),
        ("завтра 10:00", "24.11.2026 10:00"),
        ("Завтра, в 10", "24.11.2026 10:00"),
        ("сегодня", "23.11.2026"),
        ("послезавтра 9.30", "25.11.2026 09:30"),
        ("15:00", "23.11.2026 15:00"),
        ("9:00", "24.11.2026 09:00"),
        ("пн", "30.11.2026"),
        ("в пятницу в 15", "27.11.2026 15:00"),
        ("среда 9 утра", "25.11.2026 09:00"),
        ("завтра в 3 дня", "24.11.2026 15:00"),
        ("завтра в 7 вечера", "24.11.2026 19:00"),
        ("через 2 часа", "23.11.2026 14:00"),
        ("через час", "23.11.2026 13:00"),
        ("через 90 минут", "23.11.2026 13:30"),
        ("через неделю", "30.11.2026"),
        ("через 3 дня 15:00", "26.11.2026 15:00"),
        ("через 2 месяца", "23.01.2027"),
        ("через год", "23.11.2027"),
        ("15.12 14:30", "15.12.2026 14:30"),
        ("1.2", "01.02.2027"),
        ("01.12.2026", "01.12.2026"),
        ("1 декабря 10:00", "01.12.2026 10:00"),
        ("8 марта", "08.03.2027"),
        ("1 мая 2027", "01.05.2027"),
        ("2026-12-01", "01.12.2026"),
        ("2026-12-01T10:30", "01.12.2026 10:30"),
        ("29.02", "29.02.2028"),
        ("31.02", "?"),
        ("когда-нибудь", "?"),
        ("завтра 25:00", "?"),
        ("через 99999999 дней", "?"),
        ("01.01.9999", "?"),
        ("завтра завтра", "?"),
    ];
    for (typed, expected) in cases {
        assert_eq!(shown(typed), expected, "«{typed}»");
    }
}

#[test]
fn what_is_shown_in_the_form_is_read_as_the_same() {
    for typed in ["завтра 10:00", "пт", "через 2 часа"] {
        let due = read(typed, noon(), MOSCOW).unwrap().unwrap();
        assert_eq!(read(&due.typed(MOSCOW), noon(), MOSCOW), Ok(Some(due)));
    }
}

#[test]
fn a_date_is_told_by_the_readers_calendar() {
    let due = |hour| Due {
        at: Utc.with_ymd_and_hms(2026, 11, 23, hour, 0, 0).single().unwrap(),
        is_all_day: false,
    };
    assert_eq!(due(12).words(noon(), MOSCOW), "сегодня 15:00");
    assert_eq!(due(12).words(noon(), chrono_tz::Asia::Kamchatka), "завтра 0:00");
    assert_eq!(due(12).in_full(MOSCOW), "понедельник, 23 ноября 2026, 15:00");
}
