//! The part of a form that says how something repeats: `templates/components/recurrence.html`.

use chrono::{Datelike, NaiveDateTime, NaiveTime, Weekday};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::layout::Opt;
use crate::error::FieldErrors;
use crate::values::recurrence::{Day, End, Unit};
use crate::values::{Recurrence, time};

/// What was typed and chosen, word for word. It may be flattened into the form of a room.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct RecurrenceForm {
    /// `""`, `day`, `workdays`, `week`, `month`, `year`, or `rule` for what this form has no fields for.
    pub(crate) repeat: String,
    /// Every so many days, weeks …; empty: 1.
    pub(crate) repeat_every: String,
    /// `1` (Monday) … `7`; none: the day of the start.
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) repeat_weekdays: Vec<String>,
    /// `day` of the start, its `nth` day of the week, the `last_weekday` like it, or the `last` day.
    pub(crate) repeat_month: String,
    /// `""` (never), `until` or `count`.
    pub(crate) repeat_end: String,
    /// The last day, that day included.
    pub(crate) repeat_until: String,
    pub(crate) repeat_count: String,
    /// The RRULE of a rule that this form has no fields for.
    pub(crate) repeat_rule: String,
    /// «Переносить с выходных на понедельник»: not of the rule, but asked for beside it.
    pub(crate) repeat_off_weekend: Option<String>,
}

const EVERY: [&str; 7] = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];
const WORKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

impl RecurrenceForm {
    /// The form of a rule as it is; what it has no fields for stays an RRULE.
    pub(crate) fn of(rule: Option<&Recurrence>, start: NaiveDateTime, off_weekend: bool) -> Self {
        let own = Self {
            repeat_off_weekend: off_weekend.then(|| "1".to_owned()),
            ..Self::default()
        };
        let Some(rule) = rule else { return own };
        let guess = Self {
            repeat_off_weekend: own.repeat_off_weekend.clone(),
            ..Self::nearest(rule)
        };
        let mut errors = FieldErrors::default();
        // Whatever says the same may be said by fields; the only judge of that is what they are read as.
        let is_same = guess.read(start, &mut errors).as_ref() == Some(&rule.said_in_full(start));
        if is_same && errors.is_empty() {
            guess
        } else {
            Self {
                repeat: "rule".to_owned(),
                repeat_rule: rule.to_string(),
                ..own
            }
        }
    }

    fn nearest(rule: &Recurrence) -> Self {
        let days: Vec<Weekday> = rule.weekdays.iter().map(|day| day.weekday).collect();
        let repeat = match rule.unit {
            Unit::Day => "day",
            Unit::Week if rule.every == 1 && days == WORKDAYS => "workdays",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        };
        let weekdays = days.iter().map(Weekday::number_from_monday);
        let month = match rule.month_days.as_slice() {
            [-1] => "last",
            _ => match rule.weekdays.as_slice() {
                [] => "day",
                [day] if day.nth == -1 => "last_weekday",
                _ => "nth",
            },
        };
        let (end, until, count) = match rule.end {
            End::Never => ("", String::new(), String::new()),
            End::Until(last) => ("until", last.date().to_string(), String::new()),
            End::Count(times) => ("count", String::new(), times.to_string()),
        };
        Self {
            repeat: repeat.to_owned(),
            repeat_every: rule.every.to_string(),
            repeat_weekdays: match rule.unit {
                Unit::Week => weekdays.map(|number| number.to_string()).collect(),
                _ => Vec::new(),
            },
            repeat_month: month.to_owned(),
            repeat_end: end.to_owned(),
            repeat_until: until,
            repeat_count: count,
            ..Self::default()
        }
    }

    /// The rule that is meant for something due at `start`; a sentence at each field that cannot be meant.
    ///
    /// The rule says in full what it takes from the start, so that it reads the same wherever it stands.
    pub(crate) fn read(&self, start: NaiveDateTime, errors: &mut FieldErrors) -> Option<Recurrence> {
        if self.repeat == "rule" {
            let read = Recurrence::parse(&self.repeat_rule);
            return read.map_err(|sentence| errors.add("repeat_rule", sentence)).ok();
        }
        let unit = match self.repeat.as_str() {
            "" => return None,
            "day" => Unit::Day,
            "workdays" | "week" => Unit::Week,
            "month" => Unit::Month,
            "year" => Unit::Year,
            _ => {
                errors.add("repeat", "Такого повтора нет. Выберите из списка.");
                return None;
            }
        };
        let every = self.every(unit, errors);
        let end = self.end(start, errors);
        let mut rule = Recurrence::of(unit, every?);
        rule.end = end?;
        match self.repeat.as_str() {
            "workdays" => rule.weekdays = WORKDAYS.map(Day::every).to_vec(),
            "week" => rule.weekdays = self.weekdays(errors)?,
            "month" => match self.repeat_month.as_str() {
                "last" => rule.month_days = vec![-1],
                "nth" => rule.weekdays = vec![nth_of(start)],
                "last_weekday" => rule.weekdays = vec![Day::numbered(-1, start.weekday())],
                _ => (),
            },
            _ => (),
        }
        Some(rule.said_in_full(start))
    }

    /// Names and values of everything that is typed and chosen, for a form that carries it along unseen.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let single = [
            ("repeat", &self.repeat),
            ("repeat_every", &self.repeat_every),
            ("repeat_month", &self.repeat_month),
            ("repeat_end", &self.repeat_end),
            ("repeat_until", &self.repeat_until),
            ("repeat_count", &self.repeat_count),
            ("repeat_rule", &self.repeat_rule),
        ];
        let single = single.into_iter().map(|(name, value)| (name, value.clone()));
        let days = self.repeat_weekdays.iter().map(|day| ("repeat_weekdays", day.clone()));
        let off = self
            .repeat_off_weekend
            .iter()
            .map(|off| ("repeat_off_weekend", off.clone()));
        single.chain(days).chain(off).collect()
    }

    /// Whether occurrences are to leave Saturdays and Sundays.
    pub(crate) fn moves_off_weekends(&self) -> bool {
        self.repeat_off_weekend.is_some()
    }

    fn every(&self, unit: Unit, errors: &mut FieldErrors) -> Option<u16> {
        let typed = self.repeat_every.trim();
        if typed.is_empty() || self.repeat == "workdays" {
            return Some(1);
        }
        let most = if unit == Unit::Year { 100 } else { 999 };
        let every = typed.parse().ok().filter(|every| (1..=most).contains(every));
        if every.is_none() {
            errors.add("repeat_every", format!("Шаг — целое число от 1 до {most}."));
        }
        every
    }

    fn weekdays(&self, errors: &mut FieldErrors) -> Option<Vec<Day>> {
        let number = |typed: &String| typed.parse::<u8>().ok().filter(|number| (1..=7).contains(number));
        let numbers: Option<Vec<u8>> = self.repeat_weekdays.iter().map(number).collect();
        if numbers.is_none() {
            errors.add("repeat_weekdays", "Такого дня недели нет.");
        }
        let mut numbers = numbers?;
        numbers.sort_unstable();
        numbers.dedup();
        let days = numbers
            .into_iter()
            .filter_map(|number| Weekday::try_from(number - 1).ok());
        Some(days.map(Day::every).collect())
    }

    fn end(&self, start: NaiveDateTime, errors: &mut FieldErrors) -> Option<End> {
        match self.repeat_end.as_str() {
            "until" => {
                let Some(day) = time::parse_date(&self.repeat_until) else {
                    errors.add("repeat_until", "Укажите последний день, например 01.03.2027.");
                    return None;
                };
                if day < start.date() {
                    errors.add("repeat_until", "Последний день раньше первого срока.");
                    return None;
                }
                Some(End::Until(day.and_time(NaiveTime::from_hms_opt(23, 59, 59)?)))
            }
            "count" => {
                let times = self.repeat_count.trim().parse().ok();
                let times = times.filter(|times| (1..=1000).contains(times));
                if times.is_none() {
                    errors.add("repeat_count", "Сколько раз — целое число от 1 до 1000.");
                }
                times.map(End::Count)
            }
            _ => Some(End::Never),
        }
    }

    /// What the list «Повтор» holds.
    pub(crate) fn kinds(&self) -> Vec<Opt> {
        let mut kinds = vec![
            ("", "Не повторяется"),
            ("day", "По дням"),
            ("workdays", "По будням"),
            ("week", "По неделям"),
            ("month", "По месяцам"),
            ("year", "По годам"),
        ];
        if self.is_rule() {
            kinds.push(("rule", "Особое правило"));
        }
        options(&kinds, &self.repeat)
    }

    /// Whether the rule is one that has no fields.
    pub(crate) fn is_rule(&self) -> bool {
        self.repeat == "rule"
    }

    /// «пн» … «вс».
    pub(crate) fn weekday_choices(&self) -> Vec<Opt> {
        let choice = |(number, label): (usize, &&str)| {
            let value = number.to_string();
            let is_chosen = self.repeat_weekdays.contains(&value);
            Opt::new(value, *label, is_chosen)
        };
        (1..).zip(&EVERY).map(choice).collect()
    }

    /// Which day of a month.
    pub(crate) fn month_choices(&self) -> Vec<Opt> {
        let chosen = if self.repeat_month.is_empty() {
            "day"
        } else {
            &self.repeat_month
        };
        let choices = [
            ("day", "Того же числа"),
            ("nth", "В тот же день недели, например во второй вторник"),
            ("last_weekday", "В последний такой день недели"),
            ("last", "В последний день месяца"),
        ];
        options(&choices, chosen)
    }

    /// Where it ends.
    pub(crate) fn ends(&self) -> Vec<Opt> {
        let choices = [("", "Без конца"), ("until", "До даты"), ("count", "Несколько раз")];
        options(&choices, &self.repeat_end)
    }

    /// The step as its field shows it.
    pub(crate) fn every_value(&self) -> &str {
        if self.repeat_every.is_empty() {
            "1"
        } else {
            &self.repeat_every
        }
    }

    /// The last day as a date field takes it; what is no date stays as typed.
    pub(crate) fn until_value(&self) -> String {
        time::parse_date(&self.repeat_until).map_or_else(|| self.repeat_until.clone(), |day| day.to_string())
    }
}

/// The second Tuesday of a month is its second one in every month; a fifth one is the last.
fn nth_of(start: NaiveDateTime) -> Day {
    let nth = i8::try_from(start.day0() / 7 + 1).unwrap_or(1);
    Day::numbered(if nth > 4 { -1 } else { nth }, start.weekday())
}

fn options(choices: &[(&str, &str)], chosen: &str) -> Vec<Opt> {
    let option = |(value, label): &(&str, &str)| Opt::new(value, *label, *value == chosen);
    choices.iter().map(option).collect()
}

/// One value or several: inside a flattened form serde no longer knows that a list is wanted.
fn one_or_many<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;
    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("one text or several")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(text) = texts.next_element()? {
                all.push(text);
            }
            Ok(all)
        }
    }
    value.deserialize_any(OneOrMany)
}
