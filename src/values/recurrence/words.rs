//! A rule in Russian words.

use std::borrow::Cow;

use chrono::{Days, NaiveDateTime, Weekday};

use super::{Day, End, Recurrence, Unit};
use crate::values::{text, time};

/// «каждый вторник», «по вторникам», and the gender of the word.
const WEEKDAYS: [(&str, &str, Gender); 7] = [
    ("понедельник", "понедельникам", Gender::He),
    ("вторник", "вторникам", Gender::He),
    ("среду", "средам", Gender::She),
    ("четверг", "четвергам", Gender::He),
    ("пятницу", "пятницам", Gender::She),
    ("субботу", "субботам", Gender::She),
    ("воскресенье", "воскресеньям", Gender::It),
];

/// «1 марта», «в марте».
const MONTHS: [(&str, &str); 12] = [
    ("января", "январе"),
    ("февраля", "феврале"),
    ("марта", "марте"),
    ("апреля", "апреле"),
    ("мая", "мае"),
    ("июня", "июне"),
    ("июля", "июле"),
    ("августа", "августе"),
    ("сентября", "сентябре"),
    ("октября", "октябре"),
    ("ноября", "ноябре"),
    ("декабря", "декабре"),
];

/// After a day that some months, or some years, do not have.
const IF_THERE: &str = " (если такой день есть)";

#[derive(Clone, Copy)]
enum Gender {
    He,
    She,
    It,
}

impl Recurrence {
    /// «каждый второй вторник, до 01.03.2027». `start` says what the rule leaves to it.
    pub(crate) fn in_words(&self, start: NaiveDateTime) -> String {
        let full = self.said_in_full(start);
        let mut words = match self.unit {
            Unit::Day => step(self.every, Unit::Day),
            Unit::Week => full.weekly(),
            Unit::Month => full.monthly(),
            Unit::Year => full.yearly(),
        };
        if self.week_start != Weekday::Mon {
            words.push_str(", неделя начинается в ");
            words.push_str(accusative(self.week_start));
        }
        match self.end {
            End::Never => (),
            End::Until(last) => {
                // Earlier in the day than the occurrences: that day has none.
                let missed = u64::from(last.time() < start.time());
                let day = last.date().checked_sub_days(Days::new(missed)).unwrap_or(last.date());
                words.push_str(", до ");
                words.push_str(&time::date(day));
            }
            End::Count(times) => {
                words.push_str(", ");
                words.push_str(&text::count(i64::from(times), ["раз", "раза", "раз"]));
            }
        }
        words
    }

    fn weekly(&self) -> String {
        let days = self.days();
        match (self.every, days.as_slice()) {
            (1, [day]) => format!("{} {}", each(*day), accusative(*day)),
            (2, [day]) => format!("{} {} {}", each(*day), ordinal(2, *day), accusative(*day)),
            (1, days) if days.len() == 7 => step(1, Unit::Day),
            (1, days) => on_days(days),
            (every, days) => format!("{} {}", step(every, Unit::Week), on_days(days)),
        }
    }

    fn monthly(&self) -> String {
        let when = self.day_of_month();
        // «в последний день каждого месяца», yet «каждые 2 месяца в последний день».
        let is_alone = self.month_days.is_empty() || self.weekdays.is_empty();
        if self.every == 1 && is_alone && when.starts_with('в') {
            format!("{when} каждого месяца{}", self.note())
        } else {
            format!("{} {when}{}", step(self.every, Unit::Month), self.note())
        }
    }

    /// «15-го числа», «в последний день», «во второй вторник».
    fn day_of_month(&self) -> String {
        if let Some(place) = self.place {
            return self.placed(place);
        }
        if self.weekdays.iter().any(|day| day.nth != 0) {
            return numbered(&self.weekdays);
        }
        if self.month_days.is_empty() {
            return on_days(&self.days());
        }
        let (from_end, plain): (Vec<i8>, Vec<i8>) = self.month_days.iter().partition(|day| **day < 0);
        let mut parts = Vec::new();
        if !plain.is_empty() {
            let plain: Vec<String> = plain.iter().map(|day| format!("{day}-го")).collect();
            parts.push(format!("{} числа", joined(&plain, "и")));
        }
        parts.extend(from_end.iter().rev().map(|day| day_from_end(*day)));
        format!("{}{}", joined(&parts, "и"), if_it_is(&self.days()))
    }

    /// «в последний рабочий день»: the one of several days of the week that comes first or last.
    fn placed(&self, place: i8) -> String {
        let days = self.days();
        // Gender of «день».
        let nth = ordinal(place, Weekday::Mon);
        let what = match days.as_slice() {
            [day] => return format!("{} {}", nth_in(place, *day), accusative(*day)),
            days if is_working(days) => "рабочий день".to_owned(),
            [Weekday::Sat, Weekday::Sun] => "выходной".to_owned(),
            days if days.len() == 7 => "день".to_owned(),
            days => {
                let names: Vec<&str> = days.iter().map(|day| nominative(*day)).collect();
                format!("из дней «{}»", names.join(", "))
            }
        };
        format!("{} {nth} {what}", preposition(&nth))
    }

    fn yearly(&self) -> String {
        let year = step(self.every, Unit::Year);
        let genitive: Vec<String> = self.months.iter().map(|month| month_of(*month).0.to_owned()).collect();
        if self.weekdays.iter().any(|day| day.nth != 0) {
            let of = if genitive.is_empty() {
                "года".to_owned()
            } else {
                joined(&genitive, "и")
            };
            return format!("{year} {} {of}{}", numbered(&self.weekdays), self.note());
        }
        let weekdays = self.days();
        if self.month_days.is_empty() {
            let within: Vec<String> = self.months.iter().map(|month| month_of(*month).1.to_owned()).collect();
            return match (self.every, within.as_slice()) {
                (1, []) => on_days(&weekdays),
                (_, []) => format!("{year} {}", on_days(&weekdays)),
                (_, within) => format!("{year} {} в {}", on_days(&weekdays), joined(within, "и")),
            };
        }
        let plain = Self {
            weekdays: Vec::new(),
            ..self.clone()
        };
        let are_few = self.month_days.len() * self.months.len() <= 4;
        let when = if genitive.is_empty() {
            format!("{} каждого месяца", plain.day_of_month())
        } else if are_few && self.month_days.iter().all(|day| *day > 0) {
            let days = |month| self.month_days.iter().map(move |day| format!("{day} {month}"));
            joined(&genitive.iter().flat_map(days).collect::<Vec<_>>(), "и")
        } else {
            format!("{} {}", plain.day_of_month(), joined(&genitive, "и"))
        };
        format!("{year} {when}{}{}", if_it_is(&weekdays), self.note())
    }

    /// Says so when a month, or a year, may be passed over.
    fn note(&self) -> &'static str {
        let sure = self.months.iter().map(|month| always(*month)).min().unwrap_or(28);
        let is_of_month = self.unit == Unit::Month || !self.months.is_empty();
        let most = if is_of_month { 4 } else { 52 };
        let may_miss = self.month_days.iter().any(|day| day.unsigned_abs() > sure)
            || self.weekdays.iter().any(|day| day.nth.abs() > most);
        if may_miss { IF_THERE } else { "" }
    }

    fn days(&self) -> Vec<Weekday> {
        self.weekdays.iter().map(|day| day.weekday).collect()
    }
}

/// «каждый день», «каждые 3 дня», «раз в 21 день».
fn step(every: u16, unit: Unit) -> String {
    let (one, forms) = match unit {
        Unit::Day => ("каждый день", ["день", "дня", "дней"]),
        Unit::Week => ("каждую неделю", ["неделю", "недели", "недель"]),
        Unit::Month => ("каждый месяц", ["месяц", "месяца", "месяцев"]),
        Unit::Year => ("каждый год", ["год", "года", "лет"]),
    };
    let number = i64::from(every);
    let word = text::plural(number, forms);
    match every {
        1 => one.to_owned(),
        // «каждый 21 день» sounds like the 21st of something.
        _ if word == forms[0] => format!("раз в {every} {word}"),
        _ => format!("каждые {every} {word}"),
    }
}

/// «по будням», «по вторникам и четвергам».
fn on_days(days: &[Weekday]) -> String {
    match days {
        days if is_working(days) => "по будням".to_owned(),
        [Weekday::Sat, Weekday::Sun] => "по выходным".to_owned(),
        days => {
            let names: Vec<String> = days.iter().map(|day| name_of(*day).1.to_owned()).collect();
            format!("по {}", joined(&names, "и"))
        }
    }
}

/// «в первый и третий понедельник», «в первый понедельник и последнюю пятницу».
fn numbered(days: &[Day]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (at, day) in days.iter().enumerate() {
        let nth = ordinal(day.nth, day.weekday);
        // The name is said once after several numbers of one day.
        let is_last = days.get(at + 1).is_none_or(|next| next.weekday != day.weekday);
        parts.push(if is_last {
            format!("{nth} {}", accusative(day.weekday))
        } else {
            nth.into_owned()
        });
    }
    let words = joined(&parts, "и");
    format!("{} {words}", preposition(&words))
}

/// «в последний день», «в 3-й день с конца».
fn day_from_end(day: i8) -> String {
    match day {
        -1 => "в последний день".to_owned(),
        -2 => "в предпоследний день".to_owned(),
        day => format!("в {}-й день с конца", day.unsigned_abs()),
    }
}

/// «, если это пятница или суббота».
fn if_it_is(weekdays: &[Weekday]) -> String {
    if weekdays.is_empty() {
        return String::new();
    }
    let names: Vec<String> = weekdays.iter().map(|day| nominative(*day).to_owned()).collect();
    format!(", если это {}", joined(&names, "или"))
}

fn nth_in(nth: i8, weekday: Weekday) -> String {
    let word = ordinal(nth, weekday);
    format!("{} {word}", preposition(&word))
}

/// «во второй», else «в».
fn preposition(word: &str) -> &'static str {
    if word.starts_with("втор") { "во" } else { "в" }
}

/// «второй вторник», «вторую среду», «второе воскресенье»: the number in the gender of its day.
fn ordinal(nth: i8, weekday: Weekday) -> Cow<'static, str> {
    let gender = name_of(weekday).2;
    let of = |forms: [&'static str; 3]| match gender {
        Gender::He => forms[0],
        Gender::She => forms[1],
        Gender::It => forms[2],
    };
    match nth {
        1 => of(["первый", "первую", "первое"]).into(),
        2 => of(["второй", "вторую", "второе"]).into(),
        3 => of(["третий", "третью", "третье"]).into(),
        4 => of(["четвёртый", "четвёртую", "четвёртое"]).into(),
        5 => of(["пятый", "пятую", "пятое"]).into(),
        -1 => of(["последний", "последнюю", "последнее"]).into(),
        -2 => of(["предпоследний", "предпоследнюю", "предпоследнее"]).into(),
        nth if nth < 0 => format!("{}-{} с конца", nth.unsigned_abs(), of(["й", "ю", "е"])).into(),
        nth => format!("{nth}-{}", of(["й", "ю", "е"])).into(),
    }
}

fn each(weekday: Weekday) -> &'static str {
    match name_of(weekday).2 {
        Gender::He => "каждый",
        Gender::She => "каждую",
        Gender::It => "каждое",
    }
}

fn name_of(weekday: Weekday) -> (&'static str, &'static str, Gender) {
    WEEKDAYS[weekday.num_days_from_monday() as usize]
}

fn accusative(weekday: Weekday) -> &'static str {
    name_of(weekday).0
}

fn nominative(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Wed => "среда",
        Weekday::Fri => "пятница",
        Weekday::Sat => "суббота",
        other => accusative(other),
    }
}

fn month_of(month: u8) -> (&'static str, &'static str) {
    MONTHS[usize::from(month.clamp(1, 12)) - 1]
}

/// How many days a month has at least.
fn always(month: u8) -> u8 {
    match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_working(days: &[Weekday]) -> bool {
    use Weekday::{Fri, Mon, Thu, Tue, Wed};
    days == [Mon, Tue, Wed, Thu, Fri]
}

/// «один, два и три».
fn joined(parts: &[String], and: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} {and} {last}", head.join(", ")),
    }
}
