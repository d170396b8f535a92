use chrono::NaiveDateTime;

use crate::values::Phone;
use crate::values::hours::{Hours, Working};

/// 23 November 2026 is a Monday.
fn at(text: &str, day: u32, time: &str) -> Option<Working> {
    let moment = NaiveDateTime::parse_from_str(&format!("2026-11-{day} {time}"), "%Y-%m-%d %H:%M");
    Hours::read(text).expect(text).at(moment.expect("a moment"))
}

const HOUR: u16 = 60;

#[test]
fn the_usual_ways_to_type_a_working_day_mean_the_same() {
    for text in [
        "9–18",
        "9-18",
        "09:00–18:00",
        "9.00 - 18.00",
        "9-00 до 18-00",
        "с 9 до 18",
        "С 9:00 до 18:00 часов",
        "пн–пт 9-18",
        "Пн-Пт: 9:00–18:00",
        "пн-пт с 9 до 18, сб, вс — выходной",
        "с понедельника по пятницу с 9 до 18",
        "будни 9-18",
        "9-18 без обеда",
    ] {
        assert_eq!(at(text, 23, "08:59"), Some(Working::From(9 * HOUR)), "{text}");
        assert_eq!(at(text, 23, "09:00"), Some(Working::Until(18 * HOUR)), "{text}");
        assert_eq!(at(text, 27, "17:59"), Some(Working::Until(18 * HOUR)), "{text}");
        assert_eq!(at(text, 24, "18:00"), Some(Working::Ended(18 * HOUR)), "{text}");
    }
}

#[test]
fn lunch_and_days_are_minded() {
    let text = "09:00–18:00, обед 13–14";
    assert_eq!(at(text, 23, "12:59"), Some(Working::Until(13 * HOUR)));
    assert_eq!(at(text, 23, "13:30"), Some(Working::From(14 * HOUR)));
    assert_eq!(at(text, 23, "14:00"), Some(Working::Until(18 * HOUR)));
    let text = "пн-чт 9-18, пт 9-17 (обед 12:30-13:15), сб 10:00–15:00";
    assert_eq!(at(text, 26, "17:30"), Some(Working::Until(18 * HOUR)));
    assert_eq!(at(text, 27, "17:30"), Some(Working::Ended(17 * HOUR)));
    assert_eq!(at(text, 27, "13:00"), Some(Working::From(13 * HOUR + 15)));
    assert_eq!(at(text, 28, "11:00"), Some(Working::Until(15 * HOUR)));
    assert_eq!(at(text, 29, "11:00"), Some(Working::DayOff));
    assert_eq!(at("24/7", 29, "03:00"), Some(Working::Until(24 * HOUR)));
    assert_eq!(at("ежедневно 8-20", 29, "19:00"), Some(Working::Until(20 * HOUR)));
}

#[test]
fn a_weekend_of_which_nothing_is_said_is_not_known() {
    assert_eq!(at("9–18", 28, "12:00"), None);
    assert_eq!(at("пн–пт 9–18", 28, "12:00"), Some(Working::DayOff));
}

#[test]
fn what_is_not_understood_to_the_last_word_is_not_understood() {
    for text in [
        "",
        "днём",
        "9",
        "9–18 МСК",
        "по звонку",
        "18–9",
        "25–26",
        "9:75–18",
        "пт–пн 9-18",
        "обед 13-14",
        "пн-пт",
        "9-18, кроме чт",
    ] {
        assert_eq!(Hours::read(text), None, "{text}");
    }
}

#[test]
fn landlines_tell_their_zone_and_mobiles_never_do() {
    for (typed, zone) in [
        ("8 (343) 000-00-01", "Asia/Yekaterinburg"),
        ("+7 495 000-00-01", "Europe/Moscow"),
        ("8 4012 00-00-01 доб. 5", "Europe/Kaliningrad"),
        ("423 000-00-01", "Asia/Vladivostok"),
        ("8 912 345-67-89", ""),
        ("8 800 000-00-01", ""),
        ("+7 727 000-00-01", ""),
        ("+375 17 000-00-01", ""),
        ("200-00-01", ""),
    ] {
        let phone = Phone::read(typed).expect("a phone");
        let found = phone.landline_zone().map(chrono_tz::Tz::name).unwrap_or_default();
        assert_eq!(found, zone, "{typed}");
    }
}
