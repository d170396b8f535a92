//! What a call is, and the rules of its states (`promises` of calls, §2.3).

#![warn(clippy::missing_docs_in_private_items)]

mod report;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(super) use self::report::{Details, Known, Report, Word};

use crate::values::{CallId, CompanyId, ContactId};

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Waits for a phone.
    Pending,
    /// Details to one phone, which has not confirmed it yet.
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

    /// How a call is read to have gone. The first app says «connected» of every call that it made, and only the length tells
    /// that nobody answered; no length proves nothing.
    pub(super) fn of(word: Option<&str>, seconds: Option<i32>) -> Option<Self> {
        match (word.map(Self::read), seconds) {
            (Some(Self::Connected), Some(0)) => Some(Self::InVain),
            (answer, _) => answer,
        }
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
