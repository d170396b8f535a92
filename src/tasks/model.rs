//! Tasks: types and pure rules.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::due::{self, Due};
use crate::db::Cursor;
use crate::files::StoredFile;
use crate::policy::{Action, Actor, Ties};
use crate::values::{BranchId, CommentId, CompanyId, SeriesId, TaskId, TaskTypeId, UserId};

/// The longest title, in characters.
pub(crate) const LONGEST_TITLE: usize = 255;
/// The longest description.
pub(crate) const LONGEST_DESCRIPTION: usize = 10_000;
/// The longest result.
pub(crate) const LONGEST_RESULT: usize = 2_000;
/// The longest comment.
pub(crate) const LONGEST_COMMENT: usize = 5_000;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// «Новая»
    New,
    /// «В работе»
    InProgress,
    /// «Выполнена»
    Done,
    /// «Отменена»
    Cancelled,
}

impl Status {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::New, Self::InProgress, Self::Done, Self::Cancelled];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::New => "Новая",
            Self::InProgress => "В работе",
            Self::Done => "Выполнена",
            Self::Cancelled => "Отменена",
        }
    }

    /// Tone of its badge.
    pub(crate) fn tone(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "progress",
            Self::Done => "done",
            Self::Cancelled => "neutral",
        }
    }

    /// Whether there is still something to do.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::New | Self::InProgress)
    }
}

/// A task as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Key.
    pub(crate) id: TaskId,
    /// What is to be done.
    pub(crate) title: String,
    /// More about it.
    pub(crate) description: String,
    /// Where it stands.
    pub(crate) status: Status,
    /// Before others.
    pub(crate) is_urgent: bool,
    /// With whom; `None`: nobody in the base.
    pub(crate) company: Option<CompanyId>,
    /// That company's name; empty: none.
    pub(crate) company_name: String,
    /// Where that company belongs: its branch, or its responsible's.
    pub(crate) company_branch: Option<BranchId>,
    /// Its kind.
    pub(crate) kind: Option<TaskTypeId>,
    /// Who set it.
    pub(crate) author: Option<UserId>,
    /// «Имя Фамилия»; empty: the system.
    pub(crate) author_name: String,
    /// Who does it.
    pub(crate) assignee: UserId,
    /// «Имя Фамилия».
    pub(crate) assignee_name: String,
    /// Where that person works.
    pub(crate) assignee_branch: Option<BranchId>,
    /// Until when.
    pub(crate) due: Option<Due>,
    /// When it was finished or called off.
    pub(crate) closed_at: Option<DateTime<Utc>>,
    /// What came of it.
    pub(crate) result: String,
    /// The series it is an occurrence of, and which one.
    pub(crate) occurrence: Option<(SeriesId, NaiveDateTime)>,
    /// When it was set.
    pub(crate) created_at: DateTime<Utc>,
    /// When it was changed.
    pub(crate) updated_at: DateTime<Utc>,
    /// Grows with each change.
    pub(crate) version: i32,
}

impl Task {
    /// How the actor is tied to it, as `action` has it (the older CRM's §2.2).
    pub(crate) fn ties(&self, actor: &Actor, action: Action) -> Ties {
        let is_doer = actor.is(Some(self.assignee));
        let is_author = actor.is(self.author);
        let company = self.company.and(self.company_branch);
        match action {
            Action::WorkTask => Ties {
                own: is_doer,
                branch: actor.is_of(company.or(self.assignee_branch)),
            },
            Action::MoveTask => Ties {
                own: is_doer || is_author,
                branch: actor.is_of(company.or(self.assignee_branch)),
            },
            _ => Ties {
                own: is_author,
                branch: actor.is_of(company),
            },
        }
    }

    /// How its date stands on the reader's calendar.
    pub(crate) fn urgency(&self, now: DateTime<Utc>, zone: Tz) -> Urgency {
        urgency(self.due.filter(|_| self.status.is_open()), now, zone)
    }

    /// Its place in a list of this order.
    pub(crate) fn cursor(&self, order: Order) -> Cursor {
        let key = match order {
            Order::Due => self.due.map(|due| due.at),
            Order::Closed => self.closed_at,
            Order::Set => Some(self.created_at),
        };
        Cursor {
            key: key.map_or_else(|| "infinity".to_owned(), |at| at.timestamp_micros().to_string()),
            id: self.id.0,
        }
    }

    /// What may be changed of it.
    pub(crate) fn fields(&self) -> Fields {
        Fields {
            title: self.title.clone(),
            description: self.description.clone(),
            is_urgent: self.is_urgent,
            company: self.company,
            kind: self.kind,
            assignee: self.assignee,
            due: self.due,
        }
    }
}

/// How near a task's date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Its day is over.
    Overdue,
    /// Its time is over, its day is not.
    Late,
    /// Its day is today.
    Today,
    /// It is later, has no date, or nothing is left to do.
    Calm,
}

impl Urgency {
    /// The class of its row and date.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Late => "late",
            Self::Today => "today",
            Self::Calm => "calm",
        }
    }
}

/// How a date stands on the calendar of this zone.
pub(crate) fn urgency(due: Option<Due>, now: DateTime<Utc>, zone: Tz) -> Urgency {
    let Some(due) = due else {
        return Urgency::Calm;
    };
    let (start, end) = due::day_bounds(due::wall(now, zone).date(), zone);
    if due.at < start {
        Urgency::Overdue
    } else if due.at >= end {
        Urgency::Calm
    } else if due.at < now && !due.is_all_day {
        Urgency::Late
    } else {
        Urgency::Today
    }
}

/// What a task says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    /// See [`Task`].
    pub(crate) title: String,
    /// See [`Task`].
    pub(crate) description: String,
    /// See [`Task`].
    pub(crate) is_urgent: bool,
    /// See [`Task`].
    pub(crate) company: Option<CompanyId>,
    /// See [`Task`].
    pub(crate) kind: Option<TaskTypeId>,
    /// See [`Task`].
    pub(crate) assignee: UserId,
    /// See [`Task`].
    pub(crate) due: Option<Due>,
}

/// What somebody wrote at a task.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// Key.
    pub(crate) id: CommentId,
    /// Who; `None`: the system.
    pub(crate) author: Option<UserId>,
    /// «Имя Фамилия»; empty: the system.
    pub(crate) author_name: String,
    /// What; empty: files alone.
    pub(crate) text: String,
    /// What was put to it.
    pub(crate) files: Vec<StoredFile>,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
}

/// A comment that is being written.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommentDraft {
    /// As typed.
    pub(crate) text: String,
    /// Sent with it, or before it.
    pub(crate) files: Vec<StoredFile>,
    /// Told twice by a form that is sent twice.
    pub(crate) form_key: Option<Uuid>,
}

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// The nearest date first.
    #[default]
    Due,
    /// The latest finished first.
    Closed,
    /// The latest set first.
    Set,
}

impl Order {
    /// What it goes by.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Due => "due_key",
            Self::Closed => "closed_at",
            Self::Set => "created_at",
        }
    }

    /// Dates to come rise, days gone by fall.
    pub(crate) fn rises(self) -> bool {
        self == Self::Due
    }

    /// As people read it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Due => "Сначала ближайшие",
            Self::Closed => "Сначала закрытые недавно",
            Self::Set => "Сначала поставленные недавно",
        }
    }
}

/// Whose tasks are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Those for the reader.
    #[default]
    Mine,
    /// Those that the reader set for others.
    Given,
    /// Those for people of the reader's branch.
    Branch,
    /// Everybody's.
    All,
}

impl Scope {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Mine, Self::Given, Self::Branch, Self::All];

    /// In an address.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Given => "given",
            Self::Branch => "branch",
            Self::All => "all",
        }
    }

    /// On a tab.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Mine => "Мои",
            Self::Given => "Поставил я",
            Self::Branch => "Филиал",
            Self::All => "Все",
        }
    }
}

/// Which dates are shown, on the reader's calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum When {
    /// Any, and none.
    #[default]
    Any,
    /// Days that are over.
    Overdue,
    /// Today.
    Today,
    /// From tomorrow to the end of the seventh day from today.
    Week,
    /// After that.
    Later,
    /// Without a date.
    Never,
    /// One day, or several from one to another.
    Days(NaiveDate, NaiveDate),
}

impl When {
    /// Those that have a name.
    pub(crate) const NAMED: [(Self, &'static str, &'static str); 5] = [
        (Self::Overdue, "overdue", "Просрочено"),
        (Self::Today, "today", "Сегодня"),
        (Self::Week, "week", "Неделя"),
        (Self::Later, "later", "Позже"),
        (Self::Never, "none", "Без срока"),
    ];

    /// From the first moment to before the second, when there are such bounds.
    pub(crate) fn bounds(self, today: NaiveDate, zone: Tz) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let start = |day: NaiveDate| due::day_bounds(day, zone).0;
        let end = |day: NaiveDate| due::day_bounds(day, zone).1;
        let ahead = |days: u64| today.checked_add_days(Days::new(days)).unwrap_or(today);
        match self {
            Self::Any | Self::Never => (None, None),
            Self::Overdue => (None, Some(start(today))),
            Self::Today => (Some(start(today)), Some(end(today))),
            Self::Week => (Some(start(ahead(1))), Some(end(ahead(7)))),
            Self::Later => (Some(end(ahead(7))), None),
            Self::Days(from, to) => (Some(start(from)), Some(end(to))),
        }
    }
}

/// Which statuses are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// What is still to be done.
    #[default]
    Open,
    /// One status.
    One(Status),
    /// All.
    All,
}

impl Standing {
    /// In an address.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::One(status) => status.code(),
            Self::All => "all",
        }
    }

    /// From an address.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        match code {
            "open" => Some(Self::Open),
            "all" => Some(Self::All),
            code => Status::from_code(code).map(Self::One),
        }
    }

    /// As people choose it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Open => "Открытые",
            Self::One(status) => status.label(),
            Self::All => "Все статусы",
        }
    }
}

/// Which tasks are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Whose.
    pub(crate) scope: Scope,
    /// In which statuses.
    pub(crate) standing: Standing,
    /// With which dates.
    pub(crate) when: When,
    /// Of these kinds; empty: all.
    pub(crate) kinds: Vec<TaskTypeId>,
    /// For these people; empty: all of the scope.
    pub(crate) people: Vec<UserId>,
    /// At this company.
    pub(crate) company: Option<CompanyId>,
    /// Only urgent ones.
    pub(crate) is_urgent: bool,
    /// Only those that were set by somebody else than who they are for.
    pub(crate) is_from_others: bool,
    /// Words of the title.
    pub(crate) q: String,
}

impl Filter {
    /// «Новые назначения»: what others gave the reader, and the reader has not begun.
    pub(crate) fn new_for_me() -> Self {
        Self {
            standing: Standing::One(Status::New),
            is_from_others: true,
            ..Self::default()
        }
    }

    /// Closed ones and new ones from others are read from the latest back.
    pub(crate) fn order(&self) -> Order {
        match self.standing {
            Standing::One(Status::Done | Status::Cancelled) => Order::Closed,
            Standing::One(Status::New) if self.is_from_others && self.scope == Scope::Mine => Order::Set,
            _ => Order::Due,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn a_day_is_over_when_it_is_over_where_the_reader_is() {
        // 23 November, 23:30 in Moscow: the 24th in Kamchatka, 22:30 in Kaliningrad.
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 20, 30, 0).single().unwrap();
        let due = Due {
            at: Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).single().unwrap(),
            is_all_day: false,
        };
        let cases = [
            (chrono_tz::Europe::Moscow, Urgency::Late),
            (chrono_tz::Europe::Kaliningrad, Urgency::Late),
            (chrono_tz::Asia::Kamchatka, Urgency::Overdue),
        ];
        for (zone, expected) in cases {
            assert_eq!(urgency(Some(due), now, zone), expected, "{zone}");
        }
    }
}
