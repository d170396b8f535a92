//! An act on many tasks: what is wished, and what becomes of each task. Pure.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::actions::Calendar;
use super::due::{self, Due};
use super::model::Task;
use crate::policy::{Action, Actor, may};
use crate::values::{TaskActId, TaskId, UserId};

/// More tasks than this are not changed at once.
pub(crate) const MOST: usize = 5_000;
/// So long an act can be taken back.
pub(crate) const UNDONE_WITHIN: TimeDelta = TimeDelta::hours(1);
/// The farthest that dates are put off by.
pub(crate) const FARTHEST: i64 = 3_650;

/// What is to be done to each task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    /// This person does it.
    Give(UserId),
    /// So many days on, or back.
    Days(i64),
    /// To this day, at its own time.
    On(NaiveDate),
}

/// What becomes of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It will be changed.
    Will,
    /// It is so already.
    Same,
    /// The actor may not.
    Denied,
    /// It was changed.
    Done,
    /// Somebody changed it meanwhile: it was left alone.
    Changed,
    /// It is not there any more.
    Gone,
    /// It is as it was before.
    Undone,
    /// Somebody has changed it since: it stays.
    Left,
}

impl Verdict {
    const ALL: [Self; 8] = [
        Self::Will,
        Self::Same,
        Self::Denied,
        Self::Done,
        Self::Changed,
        Self::Gone,
        Self::Undone,
        Self::Left,
    ];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Will => "will",
            Self::Same => "same",
            Self::Denied => "denied",
            Self::Done => "done",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Undone => "undone",
            Self::Left => "left",
        }
    }

    /// From the database, whose CHECK allows no other codes.
    pub(crate) fn from_code(code: &str) -> Self {
        let found = Self::ALL.into_iter().find(|verdict| verdict.code() == code);
        found.unwrap_or(Self::Gone)
    }

    /// As people read it of several tasks.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Will => "Изменятся",
            Self::Same => "Уже так",
            Self::Denied => "Нельзя: это не ваши задачи",
            Self::Done => "Изменены",
            Self::Changed => "Пропущены: их только что изменили",
            Self::Gone => "Пропущены: их больше нет",
            Self::Undone => "Возвращены",
            Self::Left => "Оставлены: их с тех пор изменили",
        }
    }

    /// Tone of its badge.
    pub(crate) fn tone(self) -> &'static str {
        match self {
            Self::Will => "new",
            Self::Done | Self::Undone => "done",
            Self::Denied => "danger",
            Self::Changed | Self::Gone | Self::Left => "progress",
            Self::Same => "neutral",
        }
    }
}

impl Wish {
    /// The task's date after it.
    pub(crate) fn due(self, due: Option<Due>, calendar: Calendar) -> Option<Due> {
        let present = due?;
        match self {
            Self::Give(_) => Some(present),
            Self::On(day) => Some(present.on(day, calendar.zone)),
            Self::Days(days) => {
                let day = due::wall(present.at, calendar.zone).date();
                let moved = TimeDelta::try_days(days).and_then(|days| day.checked_add_signed(days));
                Some(moved.map_or(present, |day| present.on(day, calendar.zone)))
            }
        }
    }

    /// What would become of a task.
    pub(crate) fn judge(self, task: &Task, actor: &Actor, calendar: Calendar) -> Verdict {
        let action = match self {
            Self::Give(_) => Action::WorkTask,
            Self::Days(_) | Self::On(_) => Action::MoveTask,
        };
        let is_same = match self {
            Self::Give(to) => task.assignee == to,
            Self::Days(_) | Self::On(_) => self.due(task.due, calendar) == task.due,
        };
        if !may(actor, action, task.ties(actor, action)) {
            Verdict::Denied
        } else if is_same || !task.status.is_open() {
            Verdict::Same
        } else {
            Verdict::Will
        }
    }
}

/// An act as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// Key.
    pub(crate) id: TaskActId,
    /// Who prepared it.
    pub(crate) actor: UserId,
    /// What is wished.
    pub(crate) wish: Wish,
    /// `draft`, `done` or `undone`.
    pub(crate) state: String,
    /// Where the list is that it began on.
    pub(crate) back: String,
    /// When it was done.
    pub(crate) done_at: Option<DateTime<Utc>>,
}

impl Act {
    /// Whether it can be taken back now.
    pub(crate) fn can_be_undone(&self, now: DateTime<Utc>) -> bool {
        self.state == "done" && self.done_at.is_some_and(|at| now < at + UNDONE_WITHIN)
    }
}

/// A task of an act: what it was before.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The task.
    pub(crate) task: TaskId,
    /// What becomes of it.
    pub(crate) verdict: Verdict,
    /// Its version when it was looked at.
    pub(crate) version: i32,
    /// What it says.
    pub(crate) title: String,
    /// Who did it.
    pub(crate) assignee: UserId,
    /// Until when.
    pub(crate) due: Option<Due>,
}
