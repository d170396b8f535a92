//! Dates of tasks as people type them and read them: «завтра 10:00», «пт», «через 2 часа», «01.12 15:30».
//!
//! Everything is on the clock and calendar of one zone, the reader's.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::values::recurrence::to_utc;
use crate::values::{text, time};

/// Until when a task is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The moment; of a whole day its last minute.
    pub(crate) at: DateTime<Utc>,
    /// The day counts, not the time.
    pub(crate) is_all_day: bool,
}

/// What stands under a field whose text cannot be read.
pub(crate) const UNREADABLE: &str =
    "Не понимаем дату. Напишите, например: завтра 10:00, пт, через 2 часа, 15.12 14:30.";
const TOO_FAR: &str = "Дата слишком далеко: не позже 31.12.2099.";

/// The last minute of a day.
const DAY_END: (u32, u32) = (23, 59);
const LATEST_YEAR: i32 = 2099;
const EARLIEST_YEAR: i32 = 2000;

/// The wall clock of a zone at a moment.
pub(crate) fn wall(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// From the first moment of a day to the first one of the next.
pub(crate) fn day_bounds(day: NaiveDate, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    let start = |day: NaiveDate| to_utc(day.and_time(NaiveTime::MIN), zone);
    (start(day), start(next))
}

impl Due {
    /// A whole day.
    pub(crate) fn day(day: NaiveDate, zone: Tz) -> Self {
        let end = NaiveTime::from_hms_opt(DAY_END.0, DAY_END.1, 0).unwrap_or(NaiveTime::MIN);
        Self {
            at: to_utc(day.and_time(end), zone),
            is_all_day: true,
        }
    }

    /// A time of a day.
    pub(crate) fn at(local: NaiveDateTime, zone: Tz) -> Self {
        Self {
            at: to_utc(local, zone),
            is_all_day: false,
        }
    }

    /// The same time, or the whole, of another day.
    pub(crate) fn on(self, day: NaiveDate, zone: Tz) -> Self {
        if self.is_all_day {
            Self::day(day, zone)
        } else {
            Self::at(day.and_time(wall(self.at, zone).time()), zone)
        }
    }

    /// As it is typed into the form: «01.12.2026 10:00», or the day alone.
    pub(crate) fn typed(self, zone: Tz) -> String {
        if self.is_all_day {
            time::date(wall(self.at, zone).date())
        } else {
            time::date_time(self.at, zone)
        }
    }

    /// As lists show it: «сегодня 10:00», «вчера», «пт, 4 дек», «12.11.2025 9:00».
    pub(crate) fn words(self, now: DateTime<Utc>, zone: Tz) -> String {
        let local = wall(self.at, zone);
        let day = day_words(local.date(), wall(now, zone).date());
        if self.is_all_day {
            day
        } else {
            format!("{day} {}", local.format("%-H:%M"))
        }
    }

    /// As it is said in full: «вторник, 1 декабря 2026, 10:00».
    pub(crate) fn in_full(self, zone: Tz) -> String {
        let local = wall(self.at, zone);
        let date = local.date();
        let day = format!(
            "{}, {} {} {}",
            WEEKDAYS[weekday(date)].0,
            date.day(),
            MONTHS[month(date)].1,
            date.year()
        );
        if self.is_all_day {
            day
        } else {
            format!("{day}, {}", local.format("%-H:%M"))
        }
    }
}

/// A day as lists show it.
pub(crate) fn day_words(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        -1 => "вчера".to_owned(),
        0 => "сегодня".to_owned(),
        1 => "завтра".to_owned(),
        _ if day.year() == today.year() || (day - today).num_days().abs() < 60 => weekday_words(day),
        _ => time::date(day),
    }
}

/// The head of a day's column: «вт, 1 дек».
pub(crate) fn weekday_words(day: NaiveDate) -> String {
    format!("{}, {} {}", WEEKDAYS[weekday(day)].1, day.day(), MONTHS[month(day)].2)
}

/// Full name, short name, in accusative.
const WEEKDAYS: [(&str, &str, &str); 7] = [
    ("понедельник", "пн", "понедельник"),
    ("вторник", "вт", "вторник"),
    ("среда", "ср", "среду"),
    ("четверг", "чт", "четверг"),
    ("пятница", "пт", "пятницу"),
    ("суббота", "сб", "субботу"),
    ("воскресенье", "вс", "воскресенье"),
];

/// First letters by which a typed month is known, genitive, short.
const MONTHS: [(&str, &str, &str); 12] = [
    ("янв", "января", "янв"),
    ("фев", "февраля", "фев"),
    ("мар", "марта", "мар"),
    ("апр", "апреля", "апр"),
    ("ма", "мая", "мая"),
    ("июн", "июня", "июн"),
    ("июл", "июля", "июл"),
    ("авг", "августа", "авг"),
    ("сен", "сентября", "сен"),
    ("окт", "октября", "окт"),
    ("ноя", "ноября", "ноя"),
    ("дек", "декабря", "дек"),
];

fn weekday(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

fn month(day: NaiveDate) -> usize {
    day.month0() as usize
}

/// Reads what was typed; an empty text is no date.
///
/// # Errors
/// A sentence for the field.
pub(crate) fn read(typed: &str, now: DateTime<Utc>, zone: Tz) -> Result<Option<Due>, &'static str> {
    let folded = text::fold(typed).replace(',', " ");
    let words: Vec<&str> = folded
        .split_whitespace()
        .filter(|word| !matches!(*word, "в" | "во" | "к" | "до" | "на"))
        .collect();
    if words.is_empty() {
        return Ok(None);
    }
    let local = wall(now, zone);
    let due = after_a_while(&words, local, zone).or_else(|| {
        let (day, rest) = read_day(&words, local.date())?;
        match read_time(rest)? {
            None => Some(Due::day(day?, zone)),
            Some(time) => Some(Due::at(
                day.unwrap_or_else(|| next_time(time, local)).and_time(time),
                zone,
            )),
        }
    });
    let due = due.ok_or(UNREADABLE)?;
    let year = wall(due.at, zone).year();
    if year > LATEST_YEAR {
        return Err(TOO_FAR);
    }
    if year < EARLIEST_YEAR {
        return Err(UNREADABLE);
    }
    Ok(Some(due))
}

/// A bare time is the next such time.
fn next_time(time: NaiveTime, now: NaiveDateTime) -> NaiveDate {
    let today = now.date();
    if time > now.time() {
        today
    } else {
        today.checked_add_days(Days::new(1)).unwrap_or(today)
    }
}

/// «через 2 часа», «через неделю», «через 3 дня 15:00», «+2д».
fn after_a_while(words: &[&str], now: NaiveDateTime, zone: Tz) -> Option<Due> {
    let (first, mut rest) = words.split_first()?;
    if *first != "через" {
        return None;
    }
    let mut count = 1;
    if let Some((number, others)) = rest.split_first()
        && let Ok(number) = number.parse::<u32>()
    {
        (count, rest) = (number, others);
    }
    if count > 10_000 {
        return None;
    }
    let (unit, rest) = rest.split_first()?;
    let today = now.date();
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| unit.starts_with(beginning));
    if starts(&["мин", "час"]) {
        let step = if starts(&["мин"]) {
            TimeDelta::minutes(count.into())
        } else {
            TimeDelta::hours(count.into())
        };
        let at = now.checked_add_signed(step)?;
        return rest.is_empty().then(|| Due::at(whole_minute(at), zone));
    }
    let day = if starts(&["ден", "дн", "сут"]) {
        today.checked_add_days(Days::new(count.into()))?
    } else if starts(&["нед"]) {
        today.checked_add_days(Days::new(u64::from(count) * 7))?
    } else if starts(&["мес"]) {
        today.checked_add_months(Months::new(count))?
    } else if starts(&["год", "лет"]) {
        today.checked_add_months(Months::new(count.checked_mul(12)?))?
    } else {
        return None;
    };
    Some(match read_time(rest)? {
        None => Due::day(day, zone),
        Some(time) => Due::at(day.and_time(time), zone),
    })
}

fn whole_minute(at: NaiveDateTime) -> NaiveDateTime {
    use chrono::Timelike as _;
    at.with_second(0).and_then(|at| at.with_nanosecond(0)).unwrap_or(at)
}

/// The day that the first words name, and the words behind it; no day when they begin with a time.
fn read_day<'a>(words: &'a [&'a str], today: NaiveDate) -> Option<(Option<NaiveDate>, &'a [&'a str])> {
    let (first, rest) = words.split_first()?;
    let ahead = |days: u64| today.checked_add_days(Days::new(days));
    let named = match *first {
        "сегодня" => Some(today),
        "завтра" => ahead(1),
        "послезавтра" => ahead(2),
        _ => None,
    };
    if let Some(day) = named.or_else(|| next_weekday(first, today)) {
        return Some((Some(day), rest));
    }
    if let Some(day) = read_date(first, today) {
        return Some((Some(day), rest));
    }
    if let Some((day, left)) = day_and_month(words, today) {
        return Some((Some(day), left));
    }
    // As the browser's own field of date and time sends it.
    if let Some((date, _)) = first.split_once('t')
        && let Some(day) = time::parse_date(date)
    {
        return Some((Some(day), words));
    }
    Some((None, words))
}

/// «пт», «пятница», «в пятницу»: the next such day after today.
fn next_weekday(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    let place = WEEKDAYS
        .iter()
        .position(|(full, short, whom)| word == *full || word == *short || word == *whom)?;
    let wanted = Weekday::try_from(u8::try_from(place).ok()?).ok()?;
    (1..=7)
        .filter_map(|days| today.checked_add_days(Days::new(days)))
        .find(|day| day.weekday() == wanted)
}

/// «01.12.2026», «1.12.26», «2026-12-01», and «01.12»: the next such day.
fn read_date(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Some(date) = time::parse_date(word) {
        return Some(date);
    }
    let (day, month) = word.trim_end_matches('.').split_once('.')?;
    next_date(day.parse().ok()?, month.parse().ok()?, today)
}

/// «1 декабря», «1 дек 2026».
fn day_and_month<'a>(words: &'a [&'a str], today: NaiveDate) -> Option<(NaiveDate, &'a [&'a str])> {
    let [day, name, rest @ ..] = words else {
        return None;
    };
    let day: u32 = day.parse().ok()?;
    let place = MONTHS.iter().position(|(stem, ..)| name.starts_with(stem))?;
    let month = u32::try_from(place).ok()? + 1;
    if let Some((year, left)) = rest.split_first()
        && year.len() == 4
        && let Ok(year) = year.parse()
    {
        return Some((NaiveDate::from_ymd_opt(year, month, day)?, left));
    }
    Some((next_date(day, month, today)?, rest))
}

/// This day of the present year, or of the next one when it is past.
fn next_date(day: u32, month: u32, today: NaiveDate) -> Option<NaiveDate> {
    (0..=8)
        .filter_map(|ahead| NaiveDate::from_ymd_opt(today.year() + ahead, month, day))
        .find(|date| *date >= today)
}

/// The rest as a time: nothing, «10», «10:30», «10.30», «t10:30»; `None`: it is something else.
#[expect(clippy::option_option, reason = "no time and no sense are different things")]
fn read_time(rest: &[&str]) -> Option<Option<NaiveTime>> {
    let word = match rest {
        [] => return Some(None),
        [word] | [word, "час" | "часа" | "часов" | "ч" | "утра"] => *word,
        [word, "вечера" | "дня"] => {
            let time = clock(word)?;
            return Some(Some(if time < NaiveTime::from_hms_opt(12, 0, 0)? {
                time + TimeDelta::hours(12)
            } else {
                time
            }));
        }
        _ => return None,
    };
    clock(word.split_once('t').map_or(word, |(_, time)| time)).map(Some)
}

fn clock(word: &str) -> Option<NaiveTime> {
    let digits = |part: &str| -> Option<u32> {
        let fits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse().ok())?
    };
    let Some((hour, minute)) = word.split_once([':', '.', '-']) else {
        return NaiveTime::from_hms_opt(digits(word)?, 0, 0);
    };
    let minute = minute.split_once(':').map_or(minute, |(minute, _)| minute);
    NaiveTime::from_hms_opt(digits(hour)?, digits(minute)?, 0)
}
