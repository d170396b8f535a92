//! What an act on many companies is.

#![warn(clippy::missing_docs_in_private_items)]

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::accounts::{Branch, Person};
use crate::companies::bulk::Marks;
use crate::db::Cursor;
use crate::dictionaries::Dictionaries;
use crate::policy::{Action, Actor, Ties};
use crate::values::{BranchId, BulkActId, CompanyId, SphereId, StatusId, UserId};

/// The most companies of one act.
pub(crate) const MOST: usize = 5_000;
/// How long a done act can be taken back.
pub(crate) const UNDOABLE: TimeDelta = TimeDelta::hours(1);
/// How long an act that was only looked at is kept.
pub(crate) const DRAFT_KEPT: TimeDelta = TimeDelta::days(1);
/// How long a done act is kept to be looked at.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(30);

/// What is done with spheres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// These as well.
    Add,
    /// Not these.
    Remove,
    /// These and no others.
    Replace,
}

impl Step {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::Add, Self::Remove, Self::Replace];

    /// As forms send it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Add => "Добавить",
            Self::Remove => "Убрать",
            Self::Replace => "Заменить",
        }
    }
}

/// What is wanted of many companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    /// To whom they go; the branch comes along.
    Give(UserId),
    /// `None`: no status.
    Status(Option<StatusId>),
    /// Which spheres, and what is done with them.
    Spheres(Step, Vec<SphereId>),
}

impl Wish {
    /// By which right a company may be changed so.
    pub(crate) fn right(&self) -> Action {
        match self {
            Self::Give(_) => Action::TransferCompany,
            Self::Status(_) | Self::Spheres(..) => Action::EditCompany,
        }
    }

    /// The verb of its events.
    pub(crate) fn verb(&self) -> &'static str {
        match self {
            Self::Give(_) => "transfer",
            Self::Status(_) | Self::Spheres(..) => "update",
        }
    }
}

/// A wish, and what it needs to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What is wanted.
    pub(crate) wish: Wish,
    /// The branch of whoever gets the companies.
    pub(crate) branch: Option<BranchId>,
}

impl Plan {
    /// A company's marks as the act would leave them; `None`: it is so already.
    pub(crate) fn apply(&self, old: &Marks) -> Option<Marks> {
        let mut new = old.clone();
        match &self.wish {
            // As a single transfer: what somebody has already stays as it is, also in another branch.
            Wish::Give(to) if old.responsible == Some(*to) => (),
            Wish::Give(to) => (new.responsible, new.branch) = (Some(*to), self.branch),
            Wish::Status(status) => new.status = *status,
            Wish::Spheres(step, spheres) => {
                match step {
                    Step::Add => new.spheres.extend(spheres),
                    Step::Remove => new.spheres.retain(|sphere| !spheres.contains(sphere)),
                    Step::Replace => new.spheres.clone_from(spheres),
                }
                new.spheres.sort_unstable();
                new.spheres.dedup();
            }
        }
        (new != *old).then_some(new)
    }
}

impl Wish {
    /// `now` with what this wish changed put back to `old`.
    pub(crate) fn put_back(&self, now: &Marks, old: &Marks) -> Marks {
        let mut back = now.clone();
        match self {
            Self::Give(_) => (back.responsible, back.branch) = (old.responsible, old.branch),
            Self::Status(_) => back.status = old.status,
            Self::Spheres(..) => back.spheres.clone_from(&old.spheres),
        }
        back
    }
}

/// How far an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Prepared to be looked at.
    Draft,
    /// Done.
    Done,
    /// Done and taken back.
    Undone,
}

impl State {
    /// From the database.
    pub(super) fn read(code: &str) -> Self {
        match code {
            "done" => Self::Done,
            "undone" => Self::Undone,
            _ => Self::Draft,
        }
    }
}

/// What becomes of one company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Will be changed.
    Ready,
    /// Was changed.
    Done,
    /// Was changed and is as before.
    Undone,
    /// Was changed, and by somebody else after that: it stays.
    Touched,
    /// Was changed, and what it had before is no longer there: it stays.
    Lost,
    /// Somebody changed it between the look and the act: it stays.
    Changed,
    /// Is so already.
    Same,
    /// The actor may not.
    Denied,
}

impl Verdict {
    /// All of them, as pages show them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Ready,
        Self::Done,
        Self::Undone,
        Self::Touched,
        Self::Lost,
        Self::Changed,
        Self::Same,
        Self::Denied,
    ];

    /// As stored, and as addresses have it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Undone => "undone",
            Self::Touched => "touched",
            Self::Lost => "lost",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Denied => "denied",
        }
    }

    /// The verdict of this code.
    pub(crate) fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }
}

/// An act.
#[derive(Clone, Debug)]
pub(crate) struct BulkAct {
    /// Key.
    pub(crate) id: BulkActId,
    /// Whose it is.
    pub(crate) actor: UserId,
    /// «Имя Фамилия»
    pub(crate) actor_name: String,
    /// What is wanted.
    pub(crate) wish: Wish,
    /// The same in words.
    pub(crate) title: String,
    /// The list that it began in.
    pub(crate) query: String,
    /// Whether all of that list was meant.
    pub(crate) is_whole: bool,
    /// How far it is.
    pub(crate) state: State,
    /// When it was done.
    pub(crate) done_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub(crate) undone_at: Option<DateTime<Utc>>,
    /// By whom; empty: by nobody.
    pub(crate) undone_by: String,
}

impl BulkAct {
    /// How somebody is tied to it.
    pub(crate) fn ties(&self, actor: &Actor) -> Ties {
        Ties {
            own: actor.is(Some(self.actor)),
            branch: false,
        }
    }

    /// Until when it can be taken back; `None`: it cannot.
    pub(crate) fn undoable_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = self.done_at.filter(|_| self.state == State::Done)? + UNDOABLE;
        (now <= until).then_some(until)
    }

    /// The right to look at it.
    pub(crate) fn right(&self) -> Action {
        match self.state {
            State::Draft => Action::RunBulkAct,
            State::Done | State::Undone => Action::UndoBulkAct,
        }
    }
}

/// A company of an act.
#[derive(Clone, Debug)]
pub(crate) struct BulkRow {
    /// Key.
    pub(crate) company: CompanyId,
    /// What became of it.
    pub(crate) verdict: Verdict,
    /// Its version when it was looked at, or as the act left it.
    pub(crate) version: i32,
    /// What it had.
    pub(crate) old: Marks,
}

/// A company of an act as pages show it.
#[derive(Clone, Debug)]
pub(crate) struct NamedRow {
    /// The row.
    pub(crate) row: BulkRow,
    /// The company's name.
    pub(crate) name: String,
    /// By which the list of an act is ordered.
    pub(crate) key: String,
}

impl NamedRow {
    /// Its place in the list of an act.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            key: self.key.clone(),
            id: self.row.company.0,
        }
    }
}

/// What keys are called.
pub(crate) struct Names {
    /// Statuses and spheres.
    pub(crate) dictionaries: Dictionaries,
    /// Everybody.
    pub(crate) people: Vec<Person>,
    /// All branches.
    pub(crate) branches: Vec<Branch>,
}

/// How people read a key of something that is gone.
const GONE: &str = "удалено из справочника";

impl Names {
    /// «Имя Фамилия»; empty: nobody.
    pub(crate) fn person(&self, id: Option<UserId>) -> String {
        let find = |id| self.people.iter().find(|person| person.id == id);
        id.map_or_else(String::new, |id| {
            find(id).map_or(GONE, |person| &person.name).to_owned()
        })
    }

    /// A branch's name; empty: none.
    pub(crate) fn branch(&self, id: Option<BranchId>) -> String {
        let find = |id| self.branches.iter().find(|branch| branch.id == id);
        id.map_or_else(String::new, |id| {
            find(id).map_or(GONE, |branch| &branch.name).to_owned()
        })
    }

    /// A status' name; empty: none.
    pub(crate) fn status(&self, id: Option<StatusId>) -> String {
        let find = |id| self.dictionaries.statuses.iter().find(|status| status.id == id);
        id.map_or_else(String::new, |id| {
            find(id).map_or(GONE, |status| &status.name).to_owned()
        })
    }

    /// Names of spheres; empty: none.
    pub(crate) fn spheres(&self, ids: &[SphereId]) -> String {
        let find = |id| self.dictionaries.spheres.iter().find(|sphere| sphere.id == id);
        let names = ids.iter().map(|id| find(*id).map_or(GONE, |sphere| &sphere.name));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Whether everything that `wish` would put back is still there.
    pub(crate) fn has(&self, wish: &Wish, old: &Marks) -> bool {
        let Dictionaries { statuses, spheres, .. } = &self.dictionaries;
        match wish {
            Wish::Give(_) => {
                old.responsible
                    .is_none_or(|id| self.people.iter().any(|person| person.id == id))
                    && old
                        .branch
                        .is_none_or(|id| self.branches.iter().any(|branch| branch.id == id))
            }
            Wish::Status(_) => old
                .status
                .is_none_or(|id| statuses.iter().any(|status| status.id == id)),
            Wish::Spheres(..) => {
                let is_known = |id: &SphereId| spheres.iter().any(|sphere| sphere.id == *id);
                old.spheres.iter().all(is_known)
            }
        }
    }
}
