//! A text becomes a rule, or a sentence says why not.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::{Day, End, LONGEST, MOST_EVERY, MOST_TIMES, Recurrence, Unit};

type Refusal = &'static str;

/// The parts of an RRULE that we read.
const PARTS: [&str; 9] = [
    "FREQ",
    "INTERVAL",
    "BYMONTH",
    "BYMONTHDAY",
    "BYDAY",
    "BYSETPOS",
    "COUNT",
    "UNTIL",
    "WKST",
];

impl Recurrence {
    /// Reads «FREQ=WEEKLY;BYDAY=TU», with or without «RRULE:» in front; the error is a sentence for the form.
    ///
    /// Rules that mean the same are made the same where it is cheap: lists are sorted, every day from Monday to Sunday
    /// picked by BYDAY is a weekly rule. UNTIL without a time means the whole of that day. A zone mark (`Z`) is read as
    /// the clock on the wall, since nothing of a rule has a zone here.
    pub(crate) fn parse(typed: &str) -> Result<Self, Refusal> {
        if typed.len() > LONGEST {
            return Err("Правило повтора длиннее 500 знаков.");
        }
        let typed = typed.trim().to_ascii_uppercase();
        let parts = parts(typed.strip_prefix("RRULE:").unwrap_or(&typed))?;
        let part = |name: &str| parts.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
        let unit = match part("FREQ") {
            Some("DAILY") => Unit::Day,
            Some("WEEKLY") => Unit::Week,
            Some("MONTHLY") => Unit::Month,
            Some("YEARLY") => Unit::Year,
            Some("HOURLY" | "MINUTELY" | "SECONDLY") => return Err("Чаще раза в день задачи не повторяются."),
            _ => return Err("Укажите в правиле, как часто: FREQ=DAILY, WEEKLY, MONTHLY или YEARLY."),
        };
        let every = part("INTERVAL").map_or(Some(1), |value| number(value, 1..=MOST_EVERY));
        let mut rule = Self::of(unit, every.ok_or("Шаг повтора (INTERVAL) — целое число от 1 до 999.")?);
        if unit == Unit::Year && rule.every > 100 {
            return Err("Реже раза в сто лет задачи не повторяются.");
        }
        rule.months =
            list(part("BYMONTH"), |value| number(value, 1..=12)).ok_or("Месяцы (BYMONTH) — числа от 1 до 12.")?;
        rule.month_days = list(part("BYMONTHDAY"), month_day)
            .ok_or("Дни месяца (BYMONTHDAY) — числа от 1 до 31 или от −31 до −1, если считать с конца.")?;
        rule.weekdays =
            list(part("BYDAY"), day).ok_or("Дни недели (BYDAY) пишутся так: MO, TU, WE, TH, FR, SA, SU.")?;
        if let Some(value) = part("BYSETPOS") {
            let place = signed(value, 4).ok_or("Место по счёту (BYSETPOS) — одно число от 1 до 4 или от −4 до −1.")?;
            rule.place = Some(place);
        }
        if let Some(value) = part("WKST") {
            rule.week_start = weekday(value).ok_or("Начало недели (WKST) — один из дней MO … SU.")?;
        }
        rule.end = end(part("COUNT"), part("UNTIL"))?;
        rule.tidied()?.checked()
    }

    /// One way of writing for what is the same.
    fn tidied(mut self) -> Result<Self, Refusal> {
        self.months.sort_unstable();
        self.months.dedup();
        self.month_days.sort_unstable_by_key(|day| (*day < 0, *day));
        self.month_days.dedup();
        self.weekdays
            .sort_unstable_by_key(|day| (day.nth < 0, day.nth, day.weekday.num_days_from_monday()));
        self.weekdays.dedup();
        if self.unit == Unit::Day && !self.weekdays.is_empty() {
            if self.every > 1 {
                return Err("Дни недели (BYDAY) нельзя сочетать с шагом в несколько дней: выберите повтор по неделям.");
            }
            self.unit = Unit::Week;
        }
        if self.unit != Unit::Week || self.every == 1 {
            self.week_start = Weekday::Mon;
        }
        Ok(self)
    }

    /// What may stand together. The rest is rare, has different readings in different programs, or never comes.
    fn checked(self) -> Result<Self, Refusal> {
        let has_numbers = self.weekdays.iter().any(|day| day.nth != 0);
        if !self.months.is_empty() && self.unit != Unit::Year {
            return Err("Месяцы (BYMONTH) указываются только в правиле по годам.");
        }
        if !self.month_days.is_empty() && matches!(self.unit, Unit::Day | Unit::Week) {
            return Err("Дни месяца (BYMONTHDAY) указываются только в правиле по месяцам или годам.");
        }
        if has_numbers && matches!(self.unit, Unit::Day | Unit::Week) {
            return Err("Номер дня недели («второй вторник») указывается только в правиле по месяцам или годам.");
        }
        if has_numbers && self.weekdays.iter().any(|day| day.nth == 0) {
            return Err("Дни недели с номером и без номера нельзя указать вместе.");
        }
        if has_numbers && !self.month_days.is_empty() {
            return Err("Дни недели с номером нельзя сочетать с днями месяца.");
        }
        let is_of_month = self.unit == Unit::Month || !self.months.is_empty();
        if is_of_month && self.weekdays.iter().any(|day| day.nth.abs() > 5) {
            return Err("В месяце не больше пяти одинаковых дней недели.");
        }
        if self.place.is_some() {
            let is_simple =
                self.unit == Unit::Month && !self.weekdays.is_empty() && !has_numbers && self.month_days.is_empty();
            if !is_simple {
                return Err("Место по счёту (BYSETPOS) указывается только с днями недели в правиле по месяцам.");
            }
        }
        let longest = self.months.iter().map(|month| longest_month(*month)).max();
        let is_there = |day: &i8| longest.is_none_or(|longest| day.unsigned_abs() <= longest);
        if !self.month_days.is_empty() && !self.month_days.iter().any(is_there) {
            return Err("Такого дня в этом месяце не бывает.");
        }
        Ok(self)
    }
}

/// `NAME=VALUE` pairs, each name once and known.
fn parts(text: &str) -> Result<Vec<(&str, &str)>, Refusal> {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    for piece in text.split(';').filter(|piece| !piece.trim().is_empty()) {
        let (name, value) = piece
            .split_once('=')
            .ok_or("Правило повтора пишется так: FREQ=WEEKLY;BYDAY=TU.")?;
        let (name, value) = (name.trim(), value.trim());
        if !PARTS.contains(&name) {
            return Err("В правиле повтора есть часть, которую CRM не поддерживает.");
        }
        if parts.iter().any(|(own, _)| *own == name) {
            return Err("В правиле повтора одна и та же часть указана дважды.");
        }
        parts.push((name, value));
    }
    Ok(parts)
}

/// Digits only, so that «+5» and «٥» are no numbers.
fn number<T: std::str::FromStr + PartialOrd>(text: &str, range: std::ops::RangeInclusive<T>) -> Option<T> {
    let is_plain = (1..=4).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    let number = is_plain.then(|| text.parse().ok())??;
    range.contains(&number).then_some(number)
}

/// A number from 1 to `most`, or from −`most` to −1.
fn signed(text: &str, most: i8) -> Option<i8> {
    match text.strip_prefix('-') {
        Some(digits) => number(digits, 1..=most).map(|n| -n),
        None => number(text.strip_prefix('+').unwrap_or(text), 1..=most),
    }
}

fn list<T>(text: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let Some(text) = text else { return Some(Vec::new()) };
    text.split(',').map(|piece| read(piece.trim())).collect()
}

fn month_day(text: &str) -> Option<i8> {
    signed(text, 31)
}

/// «TU», «2TU», «-1FR».
fn day(text: &str) -> Option<Day> {
    let at = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at))?;
    let (nth, name) = text.split_at(at);
    let weekday = weekday(name)?;
    let nth = if nth.is_empty() { 0 } else { signed(nth, 52)? };
    Some(Day { nth, weekday })
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

fn end(count: Option<&str>, until: Option<&str>) -> Result<End, Refusal> {
    match (count, until) {
        (Some(_), Some(_)) => Err("Укажите либо число повторов (COUNT), либо последний день (UNTIL)."),
        (Some(count), None) => number(count, 1..=MOST_TIMES)
            .map(End::Count)
            .ok_or("Число повторов (COUNT) — от 1 до 1000."),
        (None, Some(until)) => moment(until)
            .map(End::Until)
            .ok_or("Последний день (UNTIL) пишется так: 20270301 или 20270301T180000."),
        (None, None) => Ok(End::Never),
    }
}

/// «20270301», «20270301T180000», «20270301T180000Z».
fn moment(text: &str) -> Option<NaiveDateTime> {
    if !text.is_ascii() {
        return None;
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time.strip_suffix('Z').unwrap_or(time))),
        None => (text, None),
    };
    let digits = |text: &str, from: usize, to: usize| number::<u32>(text.get(from..to)?, 0..=9999);
    if date.len() != 8 || time.is_some_and(|time| time.len() != 6) {
        return None;
    }
    let year = i32::try_from(digits(date, 0, 4)?).ok().filter(|year| *year >= 1000)?;
    let date = NaiveDate::from_ymd_opt(year, digits(date, 4, 6)?, digits(date, 6, 8)?)?;
    let time = match time {
        Some(time) => NaiveTime::from_hms_opt(digits(time, 0, 2)?, digits(time, 2, 4)?, digits(time, 4, 6)?)?,
        None => NaiveTime::from_hms_opt(23, 59, 59)?,
    };
    Some(date.and_time(time))
}

/// How many days a month has at most.
fn longest_month(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
