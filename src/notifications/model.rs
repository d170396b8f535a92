//! What a notice is.

#![warn(clippy::missing_docs_in_private_items)]

use std::fmt::Display;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::db::Cursor;
use crate::policy::{Action, Actor, may_ever};
use crate::values::UserId;
use crate::values::text::excerpt;

/// How long a notice is kept after it was read.
pub(super) const KEPT: TimeDelta = TimeDelta::days(90);
/// Notices in the bell.
pub(super) const IN_BELL: usize = 10;
/// Unread ones are counted so far; more are «99+».
pub(super) const COUNTED: usize = 100;
/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// The longest text, in characters.
const LONGEST_BODY: usize = 500;

/// What somebody is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Somebody gave the person a task.
    TaskGiven,
    /// Somebody gave the person many tasks at once.
    TasksGiven,
    /// Somebody else changed the status of a task that the person made.
    TaskStatus,
    /// A task of the person is due soon.
    TaskDue,
    /// Somebody gave the person a company.
    CompanyGiven,
    /// Somebody gave the person many companies at once.
    CompaniesGiven,
    /// Somebody gave a company of the person to another.
    CompanyTaken,
    /// Somebody gave many companies of the person to another at once.
    CompaniesTaken,
    /// Somebody else wrote a note at a company of the person.
    NoteAdded,
    /// Somebody asks to delete a company; the person decides.
    DeletionRequested,
    /// The person's wish to delete a company was refused.
    DeletionRefused,
    /// The person's wish to delete a company was granted.
    DeletionApproved,
    /// A head organisation of the person's branch was deleted.
    HeadDeleted,
    /// A contract ends within thirty days.
    ContractMonth,
    /// A contract ends within fourteen days.
    ContractFortnight,
    /// Something that administrators should look at.
    Security,
}

impl Kind {
    /// All of them, as the page of preferences lists them.
    pub(crate) const ALL: [Self; 16] = [
        Self::TaskGiven,
        Self::TasksGiven,
        Self::TaskStatus,
        Self::TaskDue,
        Self::CompanyGiven,
        Self::CompaniesGiven,
        Self::CompanyTaken,
        Self::CompaniesTaken,
        Self::NoteAdded,
        Self::ContractMonth,
        Self::ContractFortnight,
        Self::DeletionRequested,
        Self::DeletionRefused,
        Self::DeletionApproved,
        Self::HeadDeleted,
        Self::Security,
    ];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::TaskGiven => "task_given",
            Self::TasksGiven => "tasks_given",
            Self::TaskStatus => "task_status",
            Self::TaskDue => "task_due",
            Self::CompanyGiven => "company_given",
            Self::CompaniesGiven => "companies_given",
            Self::CompanyTaken => "company_taken",
            Self::CompaniesTaken => "companies_taken",
            Self::NoteAdded => "note_added",
            Self::DeletionRequested => "deletion_requested",
            Self::DeletionRefused => "deletion_refused",
            Self::DeletionApproved => "deletion_approved",
            Self::HeadDeleted => "head_deleted",
            Self::ContractMonth => "contract_month",
            Self::ContractFortnight => "contract_fortnight",
            Self::Security => "security",
        }
    }

    /// From the database or a form.
    pub(crate) fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The title of its notices, unless they have one of their own.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::TaskGiven => "Вам назначили задачу",
            Self::TasksGiven => "Вам назначили задачи",
            Self::TaskStatus => "Статус задачи изменён",
            Self::TaskDue => "Скоро срок задачи",
            Self::CompanyGiven => "Вам передали компанию",
            Self::CompaniesGiven => "Вам передали компании",
            Self::CompanyTaken => "Вашу компанию передали другому",
            Self::CompaniesTaken => "Ваши компании передали другому",
            Self::NoteAdded => "Новая заметка по компании",
            Self::DeletionRequested => "Запрос на удаление компании",
            Self::DeletionRefused => "Запрос на удаление отклонён",
            Self::DeletionApproved => "Запрос на удаление подтверждён",
            Self::HeadDeleted => "Удалена головная организация",
            Self::ContractMonth => "До окончания договора остался месяц",
            Self::ContractFortnight => "До окончания договора осталось 2 недели",
            Self::Security => "Предупреждение безопасности",
        }
    }

    /// When it comes, for the page of preferences.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::TaskGiven => "Другой сотрудник поставил вам задачу",
            Self::TasksGiven => "Вам передали сразу несколько задач",
            Self::TaskStatus => "Другой сотрудник изменил статус задачи, которую поставили вы",
            Self::TaskDue => "Подходит срок вашей задачи",
            Self::CompanyGiven => "Вы стали ответственным за компанию",
            Self::CompaniesGiven => "Вы стали ответственным сразу за несколько компаний",
            Self::CompanyTaken => "За вашу компанию теперь отвечает другой сотрудник",
            Self::CompaniesTaken => "За несколько ваших компаний теперь отвечает другой сотрудник",
            Self::NoteAdded => "Другой сотрудник написал заметку в вашей компании",
            Self::DeletionRequested => "Менеджер просит удалить компанию, решение за вами",
            Self::DeletionRefused => "Вашу просьбу удалить компанию отклонили",
            Self::DeletionApproved => "Компанию удалили по вашей просьбе",
            Self::HeadDeleted => "Удалили головную организацию вашего филиала, её компании стали самостоятельными",
            Self::ContractMonth => "Договор вашей компании кончается через 30 дней или раньше",
            Self::ContractFortnight => "Договор вашей компании кончается через 14 дней или раньше",
            Self::Security => "Сотрудник открыл слишком много карточек",
        }
    }

    /// Its sign in lists.
    pub(super) fn icon(self) -> &'static str {
        match self {
            Self::TaskGiven | Self::TasksGiven | Self::TaskStatus => "check",
            Self::TaskDue => "clock",
            Self::CompanyGiven
            | Self::CompaniesGiven
            | Self::CompanyTaken
            | Self::CompaniesTaken
            | Self::HeadDeleted => "companies",
            Self::NoteAdded => "note",
            Self::DeletionRequested | Self::DeletionRefused | Self::DeletionApproved => "trash",
            Self::ContractMonth | Self::ContractFortnight => "calendar",
            Self::Security => "lock",
        }
    }

    /// Whether somebody like the actor can ever be told of it.
    pub(super) fn concerns(self, actor: &Actor) -> bool {
        match self {
            Self::DeletionRequested | Self::HeadDeleted => may_ever(actor, Action::DeleteCompany),
            Self::DeletionRefused | Self::DeletionApproved => may_ever(actor, Action::RequestDeletion),
            Self::Security => may_ever(actor, Action::ManageUsers),
            _ => true,
        }
    }
}

/// Something that is told to some people.
#[derive(Clone, Debug)]
#[must_use]
pub(crate) struct Notice {
    /// What it is.
    pub(super) kind: Kind,
    /// When it happened.
    pub(super) at: DateTime<Utc>,
    /// To whom.
    pub(super) to: Vec<UserId>,
    /// One line.
    pub(super) title: String,
    /// One or two lines; may be empty.
    pub(super) body: String,
    /// A path of ours; empty: nothing to open.
    pub(super) url: String,
    /// What it is about.
    pub(super) entity: String,
    /// By what it is known to have been told.
    pub(super) key: Option<String>,
}

impl Notice {
    /// A notice of this kind, with its title, to nobody yet.
    pub(crate) fn new(kind: Kind, at: DateTime<Utc>) -> Self {
        Self {
            kind,
            at,
            to: Vec::new(),
            title: kind.label().to_owned(),
            body: String::new(),
            url: String::new(),
            entity: String::new(),
            key: None,
        }
    }

    /// Who is told; whoever is named twice is told once, and whoever acts is not told at all.
    pub(crate) fn to(mut self, people: impl IntoIterator<Item = UserId>) -> Self {
        self.to.extend(people);
        self
    }

    /// Another title than the kind's.
    pub(crate) fn titled(mut self, title: impl AsRef<str>) -> Self {
        self.title = excerpt(title.as_ref(), LONGEST_TITLE);
        self
    }

    /// A line or two under the title; cut when it is long.
    pub(crate) fn saying(mut self, body: impl AsRef<str>) -> Self {
        self.body = excerpt(body.as_ref(), LONGEST_BODY);
        self
    }

    /// What it opens: a path of ours.
    pub(crate) fn linking(mut self, path: impl Into<String>) -> Self {
        self.url = path.into();
        self
    }

    /// What it is about. [`super::forget`] finds it by this.
    pub(crate) fn about(mut self, entity: &str, id: impl Display) -> Self {
        self.entity = entity_key(entity, id);
        self
    }

    /// Under this key it is told to each person once. [`super::settle`] and [`super::withdraw`] find it by this.
    pub(crate) fn once(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// What a notice is about, as stored.
pub(super) fn entity_key(entity: &str, id: impl Display) -> String {
    format!("{entity}:{id}")
}

/// An unread notice, as the bell needs it.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    /// Key.
    pub(super) id: Uuid,
    /// [`Kind::code`].
    pub(super) kind: String,
    /// One line.
    pub(super) title: String,
    /// One or two lines.
    pub(super) body: String,
    /// What it is about.
    pub(super) entity: String,
    /// When it happened.
    pub(super) created_at: DateTime<Utc>,
}

/// A notice on the page.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// Key.
    pub(super) id: Uuid,
    /// [`Kind::code`].
    pub(super) kind: String,
    /// One line.
    pub(super) title: String,
    /// One or two lines.
    pub(super) body: String,
    /// A path of ours; empty: nothing to open.
    pub(super) url: String,
    /// When it happened.
    pub(super) created_at: DateTime<Utc>,
    /// Whether it was read.
    pub(super) is_read: bool,
}

impl Told {
    /// Its place in the list.
    pub(super) fn cursor(&self) -> Cursor {
        Cursor {
            key: self.created_at.timestamp_micros().to_string(),
            id: self.id,
        }
    }
}

/// Which notices the page shows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Filter {
    /// Of one kind.
    pub(super) kind: Option<Kind>,
    /// Unread ones only.
    pub(super) is_unread: bool,
}
