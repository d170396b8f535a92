//! What a call is, and the rules of its states (`promises` of calls, §2.3).

#![warn(clippy::missing_docs_in_private_items)]

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::values::{CallId, CompanyId, ContactId};

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Waits for a phone.
    Pending,
    /// Told to one phone, which has not confirmed it yet.
    Delivered,
    /// On that phone.
    Acked,
    /// The phone rings there, or they talk.
    Dialing,
    /// Over, and the phone has said how.
    Ended,
    /// Its time ran out.
    Expired,
    /// A newer click took its place.
    Superseded,
    /// Taken back.
    Cancelled,
}

impl State {
    /// As stored.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Acked => "acked",
            Self::Dialing => "dialing",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
            Self::Cancelled => "cancelled",
        }
    }

    /// From the database.
    pub(super) fn read(code: &str) -> Self {
        match code {
            "delivered" => Self::Delivered,
            "acked" => Self::Acked,
            "dialing" => Self::Dialing,
            "ended" => Self::Ended,
            "expired" => Self::Expired,
            "superseded" => Self::Superseded,
            "cancelled" => Self::Cancelled,
            _ => Self::Pending,
        }
    }

    /// Whether nothing more happens to it by itself.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Expired | Self::Superseded | Self::Cancelled)
    }
}

/// What the phone says came of a call. Later ones say more: of two words the later one counts, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// It does not know.
    Unknown,
    /// Nobody pressed the button.
    NoAction,
    /// It rang in vain.
    InVain,
    /// As the older phones call a call that was missed.
    Missed,
    /// Turned down.
    Rejected,
    /// The line was taken.
    Busy,
    /// They talked.
    Connected,
}

impl Answer {
    /// As stored and as phones write it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NoAction => "no_action",
            Self::InVain => "no_answer",
            Self::Missed => "missed",
            Self::Rejected => "rejected",
            Self::Busy => "busy",
            Self::Connected => "connected",
        }
    }

    /// What a phone writes; a word of a newer app is [`Self::Unknown`].
    pub(super) fn read(code: &str) -> Self {
        let all = [
            Self::NoAction,
            Self::InVain,
            Self::Missed,
            Self::Rejected,
            Self::Busy,
            Self::Connected,
        ];
        all.into_iter()
            .find(|answer| answer.code() == code)
            .unwrap_or(Self::Unknown)
    }

    /// As people read it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Unknown => "Итог неизвестен",
            Self::NoAction => "Не набирали",
            Self::InVain => "Не дозвонился",
            Self::Missed => "Пропущен",
            Self::Rejected => "Отклонён",
            Self::Busy => "Занято",
            Self::Connected => "Дозвонился",
        }
    }
}

/// What the person says a call was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// «Поговорили»
    Talked,
    /// «Не дозвонился»
    InVain,
    /// «Занято»
    Busy,
    /// «Перезвонить»
    CallLater,
    /// «Не тот номер»
    WrongNumber,
    /// «Отказ»
    Refused,
}

impl Outcome {
    /// As the buttons stand.
    pub(super) const ALL: [Self; 6] = [
        Self::Talked,
        Self::InVain,
        Self::Busy,
        Self::CallLater,
        Self::Refused,
        Self::WrongNumber,
    ];

    /// As stored and sent.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Talked => "talked",
            Self::InVain => "no_answer",
            Self::Busy => "busy",
            Self::CallLater => "call_later",
            Self::WrongNumber => "wrong_number",
            Self::Refused => "refused",
        }
    }

    /// From a form or the database.
    pub(super) fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// As people read it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Talked => "Поговорили",
            Self::InVain => "Не дозвонился",
            Self::Busy => "Занято",
            Self::CallLater => "Перезвонить",
            Self::WrongNumber => "Не тот номер",
            Self::Refused => "Отказ",
        }
    }

    /// The colour of its badge.
    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Talked => "done",
            Self::CallLater => "progress",
            Self::InVain | Self::Busy => "neutral",
            Self::WrongNumber | Self::Refused => "danger",
        }
    }
}

/// The shortest life of a request, in seconds; the table knows it too.
pub(super) const SHORTEST_LIFE: i32 = 15;
/// The longest.
pub(super) const LONGEST_LIFE: i32 = 300;

/// How calls go here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// How long a request lives.
    pub(super) ttl_seconds: i32,
    /// Grows with each change.
    pub(super) version: i32,
}

/// Whom to call.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// As the page has it.
    pub(super) phone: String,
    /// On whose card; `None`: nobody's.
    pub(super) company: Option<CompanyId>,
    /// Whose number; `None`: the company's own.
    pub(super) contact: Option<ContactId>,
    /// The same press of a button.
    pub(super) key: Option<Uuid>,
}

/// What became of a click.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The request.
    pub(super) id: CallId,
    /// The number, in E.164.
    pub(super) phone: String,
    /// The click before was meant: nothing new was made.
    pub(super) is_same: bool,
}

/// A request as a phone is told of it.
#[derive(Clone, Debug)]
pub(super) struct Command {
    /// Key.
    pub(super) id: CallId,
    /// E.164.
    pub(super) phone: String,
    /// Digits to dial when somebody answers; may be empty.
    pub(super) extension: String,
    /// Whose card.
    pub(super) company: Option<Uuid>,
    /// Whose number.
    pub(super) contact: Option<Uuid>,
    /// For the phone's history.
    pub(super) note: String,
    /// When the button was pressed.
    pub(super) created_at: DateTime<Utc>,
    /// How long it may still be dialled: the phone needs no right clock.
    pub(super) ttl_ms: i64,
}

/// What a phone says of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    /// `None`: nothing about how it went.
    pub(super) word: Option<Word>,
    /// Grows with each report of newer apps; older ones send none.
    pub(super) seq: i64,
    /// When it began to ring, or the talk began.
    pub(super) started_at: Option<DateTime<Utc>>,
    /// How long they talked.
    pub(super) duration: Option<i32>,
    /// When it was over; made of the two before when it is not sent.
    pub(super) finished_at: Option<DateTime<Utc>>,
    /// How the app found out.
    pub(super) direction: String,
    /// As above.
    pub(super) resolve_method: String,
    /// As above.
    pub(super) action_source: String,
    /// As above.
    pub(super) attempts: Option<i32>,
}

/// How a call goes, by a phone's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It rings.
    Dialing,
    /// They talk.
    Talking,
    /// It is over.
    Over(Answer),
}

impl Word {
    /// What phones write.
    pub(super) fn read(code: &str) -> Self {
        match code {
            "dialing" => Self::Dialing,
            "talking" => Self::Talking,
            code => Self::Over(Answer::read(code)),
        }
    }
}

/// What stands in the row when a report comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// How far it has come.
    pub(super) state: State,
    /// The best word so far.
    pub(super) answer: Option<Answer>,
    /// The newest number so far.
    pub(super) seq: i64,
}

impl Known {
    /// What is known after a report; `None`: nothing new. Reports come twice, late and in any order, and the end is the same:
    /// something known beats nothing known, then the higher number counts, then the word that says more.
    pub(super) fn after(self, word: Word, seq: i64) -> Option<Self> {
        let rank = |answer: Answer, seq: i64| (answer > Answer::NoAction, seq, answer);
        match word {
            Word::Over(answer) => {
                let is_newer = self
                    .answer
                    .is_none_or(|before| rank(answer, seq) > rank(before, self.seq));
                is_newer.then_some(Self {
                    state: State::Ended,
                    answer: Some(answer),
                    seq,
                })
            }
            // What has ended does not begin again.
            Word::Dialing | Word::Talking => (!self.state.is_over() && seq >= self.seq).then_some(Self {
                state: State::Dialing,
                seq,
                ..self
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applies reports in this order and answers what is known at the end.
    fn apply(reports: &[(Word, i64)]) -> (State, Option<Answer>) {
        let known = Known {
            state: State::Acked,
            answer: None,
            seq: 0,
        };
        let told = reports.iter().copied();
        let known = told.fold(known, |known, (word, seq)| known.after(word, seq).unwrap_or(known));
        (known.state, known.answer)
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

    #[test]
    fn reports_in_any_order_and_twice_come_to_the_same_end() {
        let over = |answer, seq| (Word::Over(answer), seq);
        for (reports, expected) in [
            // Without numbers, as older phones send them.
            (
                vec![over(Answer::InVain, 0), over(Answer::Connected, 0)],
                Answer::Connected,
            ),
            (vec![over(Answer::Unknown, 0), over(Answer::Busy, 0)], Answer::Busy),
            // By their numbers.
            (
                vec![(Word::Dialing, 1), over(Answer::Connected, 2), over(Answer::InVain, 3)],
                Answer::InVain,
            ),
            // «unknown» replaces no result, however new.
            (
                vec![over(Answer::Rejected, 1), over(Answer::Unknown, 9)],
                Answer::Rejected,
            ),
            (
                vec![
                    (Word::Dialing, 1),
                    (Word::Talking, 2),
                    over(Answer::Connected, 3),
                    over(Answer::NoAction, 4),
                ],
                Answer::Connected,
            ),
        ] {
            let twice: Vec<_> = reports.iter().chain(&reports).copied().collect();
            for order in orders(&reports).into_iter().chain([twice]) {
                assert_eq!(apply(&order), (State::Ended, Some(expected)), "{order:?}");
            }
        }
    }

    /// All that phones say, three at a time: without numbers, as older apps do, and with numbers that grow, as newer ones.
    #[test]
    fn whatever_phones_say_every_order_comes_to_the_same_end() {
        let words = [
            Word::Dialing,
            Word::Talking,
            Word::Over(Answer::Unknown),
            Word::Over(Answer::NoAction),
            Word::Over(Answer::InVain),
            Word::Over(Answer::Missed),
            Word::Over(Answer::Rejected),
            Word::Over(Answer::Busy),
            Word::Over(Answer::Connected),
        ];
        for (one, two, three) in words
            .iter()
            .flat_map(|one| words.iter().map(move |two| (one, two)))
            .flat_map(|(one, two)| words.iter().map(move |three| (*one, *two, *three)))
        {
            for numbers in [[0, 0, 0], [1, 2, 3], [0, 2, 2]] {
                let reports = [(one, numbers[0]), (two, numbers[1]), (three, numbers[2])];
                let twice = [reports, reports].concat();
                let end = apply(&reports);
                for order in orders(&reports).into_iter().chain([twice]) {
                    assert_eq!(apply(&order), end, "{order:?} and {reports:?}");
                }
            }
        }
    }
}
