//! Dates and clock times as people in Russia read and type them.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

/// The country's time zones with their distance from Moscow, from west to east.
pub(crate) const RUSSIAN_ZONES: &[(&str, &str)] = &[
    ("Europe/Kaliningrad", "Калининград (МСК−1)"),
    ("Europe/Moscow", "Москва (МСК)"),
    ("Europe/Kirov", "Киров (МСК)"),
    ("Europe/Simferopol", "Симферополь (МСК)"),
    ("Europe/Volgograd", "Волгоград (МСК)"),
    ("Europe/Astrakhan", "Астрахань (МСК+1)"),
    ("Europe/Samara", "Самара (МСК+1)"),
    ("Europe/Saratov", "Саратов (МСК+1)"),
    ("Europe/Ulyanovsk", "Ульяновск (МСК+1)"),
    ("Asia/Yekaterinburg", "Екатеринбург (МСК+2)"),
    ("Asia/Omsk", "Омск (МСК+3)"),
    ("Asia/Barnaul", "Барнаул (МСК+4)"),
    ("Asia/Krasnoyarsk", "Красноярск (МСК+4)"),
    ("Asia/Novokuznetsk", "Новокузнецк (МСК+4)"),
    ("Asia/Novosibirsk", "Новосибирск (МСК+4)"),
    ("Asia/Tomsk", "Томск (МСК+4)"),
    ("Asia/Irkutsk", "Иркутск (МСК+5)"),
    ("Asia/Chita", "Чита (МСК+6)"),
    ("Asia/Khandyga", "Хандыга (МСК+6)"),
    ("Asia/Yakutsk", "Якутск (МСК+6)"),
    ("Asia/Ust-Nera", "Усть-Нера (МСК+7)"),
    ("Asia/Vladivostok", "Владивосток (МСК+7)"),
    ("Asia/Magadan", "Магадан (МСК+8)"),
    ("Asia/Sakhalin", "Южно-Сахалинск (МСК+8)"),
    ("Asia/Srednekolymsk", "Среднеколымск (МСК+8)"),
    ("Asia/Anadyr", "Анадырь (МСК+9)"),
    ("Asia/Kamchatka", "Петропавловск-Камчатский (МСК+9)"),
];

/// The zone of that IANA name, when it is one of the list above.
pub(crate) fn zone(name: &str) -> Option<Tz> {
    RUSSIAN_ZONES
        .iter()
        .find(|(iana, _)| *iana == name)
        .and_then(|(iana, _)| iana.parse().ok())
}

/// A moment written as microseconds since 1970, when Postgres can compare it with what it keeps: addresses are typed by
/// anybody, and chrono's years go further back than those of Postgres.
pub(crate) fn from_micros(text: &str) -> Option<DateTime<Utc>> {
    let moment = text.parse().ok().and_then(DateTime::from_timestamp_micros)?;
    (1..=9999).contains(&moment.year()).then_some(moment)
}

/// RFC 3339 in UTC, as JSON carries it: «2026-11-23T09:00:00.000000Z».
pub(crate) fn rfc3339(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// From RFC 3339 with any offset; `None` for anything else.
pub(crate) fn from_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(text.trim()).ok()?.with_timezone(&Utc);
    (1..=9999).contains(&moment.year()).then_some(moment)
}

/// «9:05» on the clock of that zone.
pub(crate) fn clock(moment: DateTime<Utc>, zone: Tz) -> String {
    local(moment, zone).format("%-H:%M").to_string()
}

/// «ДД.ММ.ГГГГ».
pub(crate) fn date(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

/// «ДД.ММ.ГГГГ ЧЧ:ММ» on the clock of that zone.
pub(crate) fn date_time(moment: DateTime<Utc>, zone: Tz) -> String {
    local(moment, zone).format("%d.%m.%Y %H:%M").to_string()
}

/// «сегодня 12:30», «вчера 9:05»; older and future days in full.
pub(crate) fn relative(moment: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let then = local(moment, zone);
    let today = local(now, zone).date_naive();
    if then.date_naive() == today {
        then.format("сегодня %-H:%M").to_string()
    } else if Some(then.date_naive()) == today.checked_sub_days(Days::new(1)) {
        then.format("вчера %-H:%M").to_string()
    } else {
        date_time(moment, zone)
    }
}

/// Reads «ДД.ММ.ГГГГ», «Д.М.ГГ» and «ГГГГ-ММ-ДД».
pub(crate) fn parse_date(typed: &str) -> Option<NaiveDate> {
    let typed = typed.trim();
    if let Some((year, rest)) = typed.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        return (year.len() == 4).then(|| from_parts(year, month, day))?;
    }
    let (day, rest) = typed.split_once('.')?;
    let (month, year) = rest.split_once('.')?;
    from_parts(year, month, day)
}

fn from_parts(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |part: &str, longest: usize| {
        let fits = part.len() <= longest && part.bytes().all(|c| c.is_ascii_digit());
        fits.then(|| part.parse::<u32>().ok())?
    };
    let typed_year = i32::try_from(number(year, 4)?).ok()?;
    let year = match year.len() {
        4 => typed_year,
        2 => full_year(typed_year),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?).filter(|date| date.year() >= 1000)
}

/// Two digits of a year: contracts and birthdays lie between 1950 and 2049.
fn full_year(short: i32) -> i32 {
    if short < 50 { 2000 + short } else { 1900 + short }
}

fn local(moment: DateTime<Utc>, zone: Tz) -> DateTime<Tz> {
    zone.from_utc_datetime(&moment.naive_utc())
}
