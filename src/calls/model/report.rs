//! What phones say of a call, and what is known after it. Reports come twice, late and in any order, and the end is the same.

#![warn(clippy::missing_docs_in_private_items)]

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Answer, State};

/// What a phone says of a call.
#[derive(Clone, Debug, Default)]
pub(in crate::calls) struct Report {
    /// `None`: nothing about how it went.
    pub(in crate::calls) word: Option<Word>,
    /// Grows with each report of newer apps; older ones send none.
    pub(in crate::calls) seq: i64,
    /// When it began to ring, or the talk began.
    pub(in crate::calls) started_at: Option<DateTime<Utc>>,
    /// How long they talked.
    pub(in crate::calls) duration: Option<i32>,
    /// When it was over.
    pub(in crate::calls) finished_at: Option<DateTime<Utc>>,
    /// How the app found out; empty: it does not say.
    pub(in crate::calls) direction: String,
    /// As above.
    pub(in crate::calls) resolve_method: String,
    /// As above.
    pub(in crate::calls) action_source: String,
    /// As above.
    pub(in crate::calls) attempts: Option<i32>,
}

impl Report {
    /// The step that it is in the history of the call.
    pub(in crate::calls) fn step(&self) -> String {
        match self.word {
            None => "report".to_owned(),
            Some(Word::Dialing) => "dialing".to_owned(),
            Some(Word::Talking) => "talking".to_owned(),
            Some(Word::Over(answer)) => format!("report_{}", answer.code()),
        }
    }
}

/// How a call goes, by a phone's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::calls) enum Word {
    /// It rings.
    Dialing,
    /// They talk.
    Talking,
    /// It is over.
    Over(Answer),
}

impl Word {
    /// What phones write.
    pub(in crate::calls) fn read(code: &str) -> Self {
        match code {
            "dialing" => Self::Dialing,
            "talking" => Self::Talking,
            code => Self::Over(Answer::read(code)),
        }
    }
}

/// How much a report counts beside others of its call: something known beats nothing known, then the higher number counts,
/// then the word that says more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Rank(bool, i64, u8);

impl Rank {
    /// Of a report with this word and number.
    fn of(word: Option<Word>, seq: i64) -> Self {
        match word {
            None => Self(false, seq, 0),
            Some(Word::Dialing) => Self(false, seq, 1),
            Some(Word::Talking) => Self(false, seq, 2),
            Some(Word::Over(answer)) => Self(answer > Answer::NoAction, seq, 3 + answer as u8),
        }
    }
}

/// A field by the report that counts most of those that say it, and of equal ones by the greater value; `None`: none says
/// it. So the order in which they come does not matter: the greatest of many is the greatest in any order.
type Field<T> = Option<(Rank, T)>;

/// What reports say besides their word, field by field: what one of them leaves open another one fills.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::calls) struct Details {
    /// See [`Report`], like all that follow.
    started_at: Field<DateTime<Utc>>,
    /// As above.
    duration: Field<i32>,
    /// As above.
    finished_at: Field<DateTime<Utc>>,
    /// As above.
    direction: Field<String>,
    /// As above.
    resolve_method: Field<String>,
    /// As above.
    action_source: Field<String>,
    /// As above.
    attempts: Field<i32>,
}

impl Details {
    /// What one report says.
    fn by(report: &Report) -> Self {
        let rank = Rank::of(report.word, report.seq);
        let is_answered = report.word == Some(Word::Over(Answer::Connected));
        let text = |said: &str| match said {
            "" => None,
            // Any other word says more.
            "unknown" => Some((Rank::default(), said.to_owned())),
            said => Some((rank, said.to_owned())),
        };
        Self {
            started_at: report.started_at.map(|at| (rank, at)),
            // That a call in vain took no time says nothing of one that was answered.
            duration: report
                .duration
                .filter(|seconds| is_answered || *seconds > 0)
                .map(|seconds| (rank, seconds)),
            finished_at: report.finished_at.map(|at| (rank, at)),
            direction: text(&report.direction),
            resolve_method: text(&report.resolve_method),
            action_source: text(&report.action_source),
            attempts: report.attempts.map(|number| (rank, number)),
        }
    }

    /// Both together.
    fn join(self, other: Self) -> Self {
        Self {
            started_at: self.started_at.max(other.started_at),
            duration: self.duration.max(other.duration),
            finished_at: self.finished_at.max(other.finished_at),
            direction: self.direction.max(other.direction),
            resolve_method: self.resolve_method.max(other.resolve_method),
            action_source: self.action_source.max(other.action_source),
            attempts: self.attempts.max(other.attempts),
        }
    }

    /// See [`Report`], like all that follow.
    pub(in crate::calls) fn started_at(&self) -> Option<DateTime<Utc>> {
        self.started_at.map(|(_, at)| at)
    }

    /// As above.
    pub(in crate::calls) fn duration(&self) -> Option<i32> {
        self.duration.map(|(_, seconds)| seconds)
    }

    /// Computed when the talk had a length and its end is not said.
    pub(in crate::calls) fn finished_at(&self) -> Option<DateTime<Utc>> {
        let talk = self
            .started_at()
            .zip(self.duration())
            .filter(|(_, seconds)| *seconds > 0);
        let computed = talk.and_then(|(from, seconds)| from.checked_add_signed(TimeDelta::seconds(seconds.into())));
        self.finished_at.map(|(_, at)| at).or(computed)
    }

    /// Empty: not said.
    pub(in crate::calls) fn direction(&self) -> &str {
        self.direction.as_ref().map_or("", |(_, word)| word.as_str())
    }

    /// As above.
    pub(in crate::calls) fn resolve_method(&self) -> &str {
        self.resolve_method.as_ref().map_or("", |(_, word)| word.as_str())
    }

    /// As above.
    pub(in crate::calls) fn action_source(&self) -> &str {
        self.action_source.as_ref().map_or("", |(_, word)| word.as_str())
    }

    /// How often the app looked.
    pub(in crate::calls) fn attempts(&self) -> Option<i32> {
        self.attempts.map(|(_, number)| number)
    }
}

/// What is known of a call by its phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::calls) struct Known {
    /// How far it has come.
    pub(in crate::calls) state: State,
    /// The best word so far.
    pub(in crate::calls) answer: Option<Answer>,
    /// The newest number so far.
    pub(in crate::calls) seq: i64,
    /// The phone said that it rang.
    pub(in crate::calls) has_rung: bool,
    /// The phone said that they talked.
    pub(in crate::calls) has_talked: bool,
    /// All else that it said.
    pub(in crate::calls) details: Details,
}

impl Known {
    /// What is known after a report; the same when it says nothing new.
    pub(in crate::calls) fn after(&self, report: &Report) -> Self {
        let (state, answer, seq) = match report.word {
            None => (self.state, self.answer, self.seq),
            Some(word) => self.outcome(word, report.seq),
        };
        Self {
            state,
            answer,
            seq,
            has_rung: self.has_rung || report.word == Some(Word::Dialing),
            has_talked: self.has_talked || report.word == Some(Word::Talking),
            details: self.details.clone().join(Details::by(report)),
        }
    }

    /// How the call stands after a word.
    fn outcome(&self, word: Word, seq: i64) -> (State, Option<Answer>, i64) {
        let rank = |answer: Answer, seq: i64| Rank::of(Some(Word::Over(answer)), seq);
        let is_newer = match word {
            Word::Over(answer) => self.answer.is_none_or(|best| rank(answer, seq) > rank(best, self.seq)),
            // What has ended does not begin again.
            Word::Dialing | Word::Talking => !self.state.is_over() && seq >= self.seq,
        };
        match word {
            Word::Over(answer) if is_newer => (State::Ended, Some(answer), seq),
            Word::Dialing | Word::Talking if is_newer => (State::Dialing, self.answer, seq),
            _ => (self.state, self.answer, self.seq),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applies reports in this order and answers all that is known at the end.
    fn apply<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Known {
        let known = Known {
            state: State::Acked,
            answer: None,
            seq: 0,
            has_rung: false,
            has_talked: false,
            details: Details::default(),
        };
        reports.into_iter().fold(known, |known, report| known.after(report))
    }

    fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
        if items.len() < 2 {
            return vec![items.to_vec()];
        }
        let mut all = Vec::new();
        for at in 0..items.len() {
            let mut rest = items.to_vec();
            let first = rest.remove(at);
            for mut order in orders(&rest) {
                order.insert(0, first.clone());
                all.push(order);
            }
        }
        all
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_428_000 + second, 0).unwrap()
    }

    fn over(answer: Answer, seq: i64) -> Report {
        Report {
            word: Some(Word::Over(answer)),
            seq,
            ..Report::default()
        }
    }

    fn going(word: Word, seq: i64) -> Report {
        Report {
            word: Some(word),
            seq,
            ..Report::default()
        }
    }

    #[test]
    fn reports_in_any_order_and_twice_come_to_the_same_end() {
        for (reports, expected) in [
            // Without numbers, as older phones send them.
            (
                vec![over(Answer::InVain, 0), over(Answer::Connected, 0)],
                Answer::Connected,
            ),
            (vec![over(Answer::Unknown, 0), over(Answer::Busy, 0)], Answer::Busy),
            // By their numbers.
            (
                vec![
                    going(Word::Dialing, 1),
                    over(Answer::Connected, 2),
                    over(Answer::InVain, 3),
                ],
                Answer::InVain,
            ),
            // «unknown» replaces no result, however new.
            (
                vec![over(Answer::Rejected, 1), over(Answer::Unknown, 9)],
                Answer::Rejected,
            ),
            (
                vec![
                    going(Word::Dialing, 1),
                    going(Word::Talking, 2),
                    over(Answer::Connected, 3),
                    over(Answer::NoAction, 4),
                ],
                Answer::Connected,
            ),
        ] {
            let twice: Vec<_> = reports.iter().chain(&reports).cloned().collect();
            for order in orders(&reports).into_iter().chain([twice]) {
                let end = apply(&order);
                assert_eq!((end.state, end.answer), (State::Ended, Some(expected)), "{order:?}");
            }
        }
    }

    #[test]
    fn what_one_report_leaves_open_another_one_fills_and_none_makes_worse() {
        let bare = over(Answer::Connected, 0);
        let whole = Report {
            duration: Some(75),
            ..bare.clone()
        };
        let rings = Report {
            started_at: Some(at(0)),
            ..going(Word::Dialing, 0)
        };
        let vain = Report {
            duration: Some(0),
            started_at: Some(at(50)),
            direction: "unknown".to_owned(),
            ..over(Answer::InVain, 0)
        };
        for order in orders(&[bare.clone(), whole, rings.clone()]) {
            let details = apply(&order).details;
            assert_eq!(
                (details.started_at(), details.duration(), details.finished_at()),
                (Some(at(0)), Some(75), Some(at(75))),
                "{order:?}"
            );
        }
        // The length of a call in vain is not that of a talk.
        for order in orders(&[bare, vain, rings]) {
            let end = apply(&order);
            assert_eq!((end.answer, end.details.duration()), (Some(Answer::Connected), None));
            assert_eq!(
                (end.details.started_at(), end.details.direction()),
                (Some(at(50)), "unknown"),
                "{order:?}"
            );
        }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let details = Details::by(&Report {
            started_at: Some(at(0)),
            duration: Some(7),
            direction: "outgoing".to_owned(),
            ..over(Answer::Connected, i64::MAX)
        });
        let stored = serde_json::to_value(&details).unwrap();
        assert_eq!(serde_json::from_value::<Details>(stored).unwrap(), details);
    }

    /// What reports carry besides their word, each of three something else.
    fn carrying(report: Report, pattern: usize, place: i32) -> Report {
        let nth = |shift: usize| (pattern >> shift) % 2 == 1;
        let word = |of: [&str; 3]| of[usize::try_from(place).unwrap()].to_owned();
        Report {
            started_at: nth(0).then(|| at(i64::from(place))),
            duration: nth(1).then_some((place * 40) % 70),
            finished_at: nth(2).then(|| at(100 - i64::from(place))),
            direction: word(["", "unknown", "outgoing"]),
            resolve_method: word(["observer", "", "retry"]),
            action_source: word(["unknown", "history", "manual"]),
            attempts: (nth(0) != nth(1)).then_some(place),
            ..report
        }
    }

    /// All that phones say, three at a time: without numbers, as older apps do, and with numbers that grow, as newer ones;
    /// with all, some and none of what goes with a word. Everything that is stored is the same at the end.
    #[test]
    fn whatever_phones_say_every_order_comes_to_the_same_end() {
        let words = [
            None,
            Some(Word::Dialing),
            Some(Word::Talking),
            Some(Word::Over(Answer::Unknown)),
            Some(Word::Over(Answer::NoAction)),
            Some(Word::Over(Answer::InVain)),
            Some(Word::Over(Answer::Missed)),
            Some(Word::Over(Answer::Rejected)),
            Some(Word::Over(Answer::Busy)),
            Some(Word::Over(Answer::Connected)),
        ];
        for (one, two, three) in words
            .iter()
            .flat_map(|one| words.iter().map(move |two| (one, two)))
            .flat_map(|(one, two)| words.iter().map(move |three| (*one, *two, *three)))
        {
            for (numbers, patterns) in [
                ([0, 0, 0], [7, 7, 7]),
                ([0, 0, 0], [2, 1, 6]),
                ([1, 2, 3], [7, 2, 0]),
                ([1, 2, 3], [1, 6, 3]),
                ([0, 2, 2], [0, 5, 2]),
            ] {
                let said = |word, at: usize| {
                    let report = Report {
                        word,
                        seq: numbers[at],
                        ..Report::default()
                    };
                    carrying(report, patterns[at], i32::try_from(at).unwrap())
                };
                let reports = [said(one, 0), said(two, 1), said(three, 2)];
                let twice: Vec<_> = reports.iter().chain(&reports).cloned().collect();
                let end = apply(&reports);
                for order in orders(&reports).into_iter().chain([twice]) {
                    assert_eq!(apply(&order), end, "{order:?} and {reports:?}");
                }
            }
        }
    }
}
