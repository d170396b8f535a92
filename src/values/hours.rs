//! Working hours as people type them: «9–18», «пн–пт 9:00–18:00, обед 13–14, сб 10–15».
//!
//! What is not understood to its last word is not understood at all: no badge is better than a wrong one.

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};

use super::text::fold;

/// Minutes since midnight, from and until.
type Span = (u16, u16);

const MIDNIGHT: u16 = 24 * 60;
const DAYS: [&str; 7] = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];
const WHOLE_DAYS: [&str; 7] = ["понед", "вторн", "сред", "четв", "пятн", "субб", "воскр"];

/// When somebody works, by the days of the week from Monday; `None`: the text does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hours([Option<Vec<Span>>; 7]);

/// Whether they work at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Working {
    /// Until that minute.
    Until(u16),
    /// They begin, or come back from lunch, at that minute of today.
    From(u16),
    /// They went home at that minute of today.
    Ended(u16),
    /// Not on this day.
    DayOff,
}

impl Hours {
    /// Reads a text; `None` when any of it is not understood.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let squeezed: String = fold(typed).split_whitespace().collect();
        if ["круглосуточно", "24/7", "ежедневнокруглосуточно"].contains(&squeezed.as_str())
        {
            return Some(Self(std::array::from_fn(|_| Some(vec![(0, MIDNIGHT)]))));
        }
        Reader::new(words(typed)?).read()
    }

    /// Whether they work at that moment of their own clock; `None` when the text does not say.
    pub(crate) fn at(&self, moment: NaiveDateTime) -> Option<Working> {
        let day = moment.weekday().num_days_from_monday() as usize;
        let spans = self.0[day].as_ref()?;
        let minute = u16::try_from(moment.hour() * 60 + moment.minute()).ok()?;
        let open = spans.iter().find(|(from, until)| (*from..*until).contains(&minute));
        let next = spans.iter().find(|(from, _)| *from > minute);
        Some(match (open, next, spans.last()) {
            (Some((_, until)), ..) => Working::Until(*until),
            (None, Some((from, _)), _) => Working::From(*from),
            (None, None, Some((_, until))) => Working::Ended(*until),
            (None, None, None) => Working::DayOff,
        })
    }
}

/// «9:05».
pub(crate) fn clock(minute: u16) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Time(u16),
    /// From Monday.
    Day(usize),
    /// «ежедневно» or «будни»: the first so many days.
    Days(usize),
    Dash,
    Stop,
    Lunch,
    Off,
    /// «без», with the word after it.
    Without,
    /// «часов»: nothing is lost without it.
    Filler,
}

/// Cuts a text into words that mean something.
fn words(typed: &str) -> Option<Vec<Word>> {
    let folded = fold(typed);
    let mut rest = folded.trim_start();
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            let (minute, length) = time(rest)?;
            words.push(Word::Time(minute));
            length
        } else if first.is_alphabetic() {
            let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            words.extend(Some(word(&rest[..length])?).filter(|word| *word != Word::Filler));
            length
        } else {
            match first {
                '-' | '–' | '—' | '−' | '‐' | '‑' => words.push(Word::Dash),
                ',' | ';' | '(' | ')' | '/' | '\n' => words.push(Word::Stop),
                ':' | '.' => (),
                _ => return None,
            }
            first.len_utf8()
        };
        rest = rest[length..].trim_start_matches([' ', '\u{a0}', '\t', '\r']);
    }
    Some(words)
}

/// What a word means.
fn word(word: &str) -> Option<Word> {
    let day = DAYS.iter().position(|day| *day == word);
    let whole = WHOLE_DAYS.iter().position(|day| word.starts_with(day));
    if let Some(day) = day.or(whole) {
        return Some(Word::Day(day));
    }
    Some(match word {
        "с" | "со" | "ч" | "час" | "часа" | "часов" | "работаем" | "работают" | "время" => {
            Word::Filler
        }
        "до" | "по" => Word::Dash,
        "и" => Word::Stop,
        "без" => Word::Without,
        "ежедневно" => Word::Days(7),
        "будни" | "будням" | "рабочие" => Word::Days(5),
        _ if word.starts_with("обед") || word.starts_with("перерыв") => Word::Lunch,
        _ if word.starts_with("выходн") || word == "вых" => Word::Off,
        _ => return None,
    })
}

/// «9», «09:00», «9.30», «9-00» and how long it is.
fn time(text: &str) -> Option<(u16, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let hour: u16 = text[..digits].parse().ok().filter(|_| digits <= 2)?;
    let rest = &text[digits..];
    let is_two = |part: &str| {
        let count = part.bytes().take_while(u8::is_ascii_digit).count();
        (count == 2).then(|| part[..2].parse::<u16>().ok())?
    };
    let after = rest.strip_prefix([':', '.']).and_then(is_two);
    // «9-00» is nine o'clock, «9-18» is a day.
    let dashed = rest
        .strip_prefix('-')
        .and_then(is_two)
        .filter(|minutes| *minutes == 0 || *minutes > 24);
    let (minutes, length) = match after.or(dashed) {
        Some(minutes) => (minutes, digits + 3),
        None => (0, digits),
    };
    let minute = hour * 60 + minutes;
    (minutes < 60 && minute <= MIDNIGHT).then_some((minute, length))
}

struct Reader {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
    week: [Option<Vec<Span>>; 7],
    /// Days that the times being read belong to; empty: nobody has named any.
    days: Vec<usize>,
    names_days: bool,
    has_times: bool,
}

impl Reader {
    fn new(words: Vec<Word>) -> Self {
        Self {
            words: words.into_iter().peekable(),
            week: Default::default(),
            days: Vec::new(),
            names_days: false,
            has_times: false,
        }
    }

    fn read(mut self) -> Option<Hours> {
        while let Some(word) = self.words.next() {
            match word {
                Word::Stop | Word::Dash | Word::Filler => (),
                Word::Day(day) => self.name_days(day)?,
                Word::Days(count) => self.set_days((0..count).collect()),
                Word::Off => {
                    for day in self.chosen() {
                        self.week[day] = Some(Vec::new());
                    }
                    self.has_times |= self.names_days;
                }
                Word::Without => {
                    let next = self.words.next();
                    if !matches!(next, Some(Word::Lunch | Word::Off)) {
                        return None;
                    }
                }
                Word::Lunch => {
                    let lunch = self.span(None)?;
                    self.take_out(lunch);
                }
                Word::Time(from) => {
                    let span = self.span(Some(from))?;
                    for day in self.chosen() {
                        self.week[day].get_or_insert_default().push(span);
                    }
                    self.has_times = true;
                }
            }
        }
        if self.names_days {
            // Whoever names days means no others.
            self.week.iter_mut().for_each(|day| _ = day.get_or_insert_default());
        }
        for spans in self.week.iter_mut().flatten() {
            spans.sort_unstable();
        }
        self.has_times.then_some(Hours(self.week))
    }

    /// «пн», «пн–пт», «пн, ср и пт».
    fn name_days(&mut self, first: usize) -> Option<()> {
        let mut days = Vec::new();
        let mut from = first;
        loop {
            let mut to = from;
            if self.words.peek() == Some(&Word::Dash) {
                let mut ahead = self.words.clone();
                ahead.next();
                if let Some(Word::Day(day)) = ahead.next() {
                    to = day;
                    self.words = ahead;
                }
            }
            if to < from {
                return None;
            }
            days.extend(from..=to);
            let mut ahead = self.words.clone();
            match (ahead.next(), ahead.next()) {
                (Some(Word::Stop), Some(Word::Day(day))) => {
                    from = day;
                    self.words = ahead;
                }
                _ => break,
            }
        }
        self.set_days(days);
        Some(())
    }

    fn set_days(&mut self, days: Vec<usize>) {
        self.days = days;
        self.names_days = true;
    }

    /// Days named last; when none are, the working ones.
    fn chosen(&self) -> Vec<usize> {
        if self.days.is_empty() {
            (0..5).collect()
        } else {
            self.days.clone()
        }
    }

    fn span(&mut self, from: Option<u16>) -> Option<Span> {
        let from = match from {
            Some(from) => from,
            None => match self.words.find(|word| *word != Word::Dash)? {
                Word::Time(from) => from,
                _ => return None,
            },
        };
        match (self.words.next(), self.words.next()) {
            (Some(Word::Dash), Some(Word::Time(until))) if until > from => Some((from, until)),
            _ => None,
        }
    }

    /// Lunch is no time to call.
    fn take_out(&mut self, lunch: Span) {
        for day in self.chosen() {
            let Some(spans) = &mut self.week[day] else { continue };
            let cut = spans.iter().flat_map(|(from, until)| {
                let parts = [(*from, (*until).min(lunch.0)), ((*from).max(lunch.1), *until)];
                parts.into_iter().filter(|(from, until)| from < until)
            });
            *spans = cut.collect();
        }
    }
}
