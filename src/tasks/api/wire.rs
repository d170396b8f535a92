//! Tasks as JSON: names of fields are those of the older CRM.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{ApiError, Field};
use crate::error::FieldErrors;
use crate::tasks::actions::{Again, Calendar, Whole};
use crate::tasks::due::{self, Due};
use crate::tasks::model::{Fields, LONGEST_DESCRIPTION, LONGEST_TITLE, Status, Task};
use crate::tasks::series::Repeat;
use crate::values::{CompanyId, Recurrence, SeriesId, TaskTypeId, UserId, text};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    #[param(value_type = Option<String>, pattern = "^[^\\u0000]*$")]
    pub(super) search: Option<String>,
    #[param(value_type = Option<Ordering>, inline)]
    pub(super) ordering: Option<Ordering>,
    #[param(value_type = Option<TaskStatus>, inline)]
    pub(super) status: Option<TaskStatus>,
    pub(super) assigned_to: Option<i64>,
    pub(super) company: Option<Uuid>,
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub(super) kind: Option<i64>,
    pub(super) cursor: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    pub(super) page_size: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = TaskOrdering)]
pub(super) enum Ordering {
    #[serde(rename = "-created_at")]
    Latest,
    #[serde(rename = "created_at")]
    Oldest,
    #[serde(rename = "due_at")]
    Due,
    #[serde(rename = "-due_at")]
    DueBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum TaskStatus {
    New,
    InProgress,
    Done,
    Cancelled,
}

impl From<TaskStatus> for Status {
    fn from(status: TaskStatus) -> Self {
        match status {
            TaskStatus::New => Self::New,
            TaskStatus::InProgress => Self::InProgress,
            TaskStatus::Done => Self::Done,
            TaskStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Status> for TaskStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::New => Self::New,
            Status::InProgress => Self::InProgress,
            Status::Done => Self::Done,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TaskBody {
    id: Uuid,
    title: String,
    description: String,
    status: TaskStatus,
    created_by: Option<i64>,
    assigned_to: i64,
    company: Option<Uuid>,
    #[serde(rename = "type")]
    kind: Option<i64>,
    due_at: Option<DateTime<Utc>>,
    is_all_day: bool,
    is_urgent: bool,
    completed_at: Option<DateTime<Utc>>,
    result: String,
    pub(super) recurrence_rrule: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// What can only be read, but for the version.
pub(super) const READ_ONLY: &[&str] = &["id", "created_by", "completed_at", "created_at", "updated_at"];

impl TaskBody {
    pub(super) fn of(task: &Task, rules: &HashMap<SeriesId, String>) -> Self {
        let rule = task.occurrence.and_then(|(series, _)| rules.get(&series));
        Self {
            id: task.id.0,
            title: task.title.clone(),
            description: task.description.clone(),
            status: task.status.into(),
            created_by: task.author.map(|id| id.0),
            assigned_to: task.assignee.0,
            company: task.company.map(|id| id.0),
            kind: task.kind.map(|id| id.0),
            due_at: task.due.map(|due| due.at),
            is_all_day: task.due.is_some_and(|due| due.is_all_day),
            is_urgent: task.is_urgent,
            completed_at: task.closed_at,
            result: task.result.clone(),
            recurrence_rrule: rule.cloned().unwrap_or_default(),
            version: task.version,
            created_at: task.created_at,
            updated_at: task.updated_at,
        }
    }

    /// As it would be told of if it became so.
    pub(super) fn with(self, whole: Whole) -> Self {
        let fields = whole.fields;
        let status = TaskStatus::from(whole.status);
        let is_closed_by_this = !whole.status.is_open() && status != self.status;
        Self {
            title: fields.title,
            description: fields.description,
            status,
            assigned_to: fields.assignee.0,
            company: fields.company.map(|id| id.0),
            kind: fields.kind.map(|id| id.0),
            due_at: fields.due.map(|due| due.at),
            is_all_day: fields.due.is_some_and(|due| due.is_all_day),
            is_urgent: fields.is_urgent,
            result: if is_closed_by_this {
                whole.result.trim().to_owned()
            } else {
                self.result
            },
            recurrence_rrule: match whole.repeat {
                None => self.recurrence_rrule,
                Some(Again::Never) => String::new(),
                Some(Again::By(repeat)) => repeat.rule.to_string(),
            },
            ..self
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskInput {
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255,
             pattern = "^[^\\u0000]*\\S[^\\u0000]*$")]
    title: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 10000)]
    description: Field<String>,
    status: Option<TaskStatus>,
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    assigned_to: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    company: Field<Uuid>,
    #[serde(default, rename = "type")]
    #[schema(value_type = Option<i64>)]
    kind: Field<i64>,
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>)]
    due_at: Field<String>,
    is_all_day: Option<bool>,
    is_urgent: Option<bool>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    result: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    recurrence_rrule: Field<String>,
}

/// A moment; without a zone it is read on the wall clock of whoever sends it.
fn moment(typed: &str, calendar: Calendar) -> Option<Due> {
    if let Ok(at) = DateTime::parse_from_rfc3339(typed) {
        return Some(Due {
            at: at.with_timezone(&Utc),
            is_all_day: false,
        });
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(typed, format).ok());
    if let Some(local) = local {
        return Some(Due::at(local, calendar.zone));
    }
    Some(Due::day(typed.parse().ok()?, calendar.zone))
}

/// What a task is before anything is sent: a new one, or the one that is changed.
pub(super) struct Before {
    pub(super) fields: Fields,
    pub(super) status: Status,
    pub(super) result: String,
    pub(super) rule: String,
    pub(super) is_new: bool,
}

impl TaskInput {
    /// What a task is to be.
    pub(super) fn over(self, before: Before, calendar: Calendar) -> Result<Whole, ApiError> {
        let mut errors = FieldErrors::default();
        let mut fields = before.fields;
        self.title.put(&mut fields.title, |typed| text::line(&typed));
        if fields.title.is_empty() {
            errors.add("title", "Напишите, что нужно сделать.");
        } else if fields.title.chars().count() > LONGEST_TITLE {
            errors.add(
                "title",
                "Название длиннее 255 знаков: перенесите подробности в описание.",
            );
        }
        self.description.put(&mut fields.description, |typed| {
            text::lines(&typed).trim_end().to_owned()
        });
        if fields.description.chars().count() > LONGEST_DESCRIPTION {
            errors.add("description", "Описание длиннее 10 000 знаков.");
        }
        fields.company = self.company.map(CompanyId).or(fields.company);
        fields.kind = self.kind.map(TaskTypeId).or(fields.kind);
        match self.assigned_to {
            Field::Kept => (),
            Field::Cleared => errors.add("assigned_to", "Выберите, кто выполнит задачу."),
            Field::Set(id) => fields.assignee = UserId(id),
        }
        fields.is_urgent = self.is_urgent.unwrap_or(fields.is_urgent);
        due(&mut fields, (self.due_at, self.is_all_day), calendar, &mut errors);
        let repeat = repeat(self.recurrence_rrule, &before.rule, &mut errors);
        let status = self.status.map_or(before.status, Status::from);
        let is_closing = !status.is_open() && (before.is_new || before.status != status);
        let result = match self.result {
            Field::Kept => String::new(),
            Field::Cleared if is_closing => String::new(),
            Field::Set(result) if is_closing || result == before.result => result,
            Field::Cleared | Field::Set(_) => {
                errors.add("result", "Результат пишут, закрывая задачу.");
                String::new()
            }
        };
        Ok(errors.or(Whole {
            fields,
            repeat,
            status,
            result,
        })?)
    }
}

fn due(
    fields: &mut Fields,
    (at, is_all_day): (Field<String>, Option<bool>),
    calendar: Calendar,
    errors: &mut FieldErrors,
) {
    match at {
        Field::Kept => (),
        Field::Cleared => fields.due = None,
        Field::Set(typed) => match moment(&typed, calendar) {
            // The day of a task stays a day when its moment comes back as it was.
            Some(due) if fields.due.is_some_and(|old| old.at == due.at) => (),
            Some(due) => fields.due = Some(due),
            None => errors.add("due_at", "Нужна дата и время вида 2026-12-31T18:00:00+03:00."),
        },
    }
    match (is_all_day, fields.due) {
        (Some(true), Some(due)) if !due.is_all_day => {
            fields.due = Some(Due::day(due::wall(due.at, calendar.zone).date(), calendar.zone));
        }
        (Some(false), Some(due)) => {
            fields.due = Some(Due {
                is_all_day: false,
                ..due
            });
        }
        (Some(true), None) => errors.add("is_all_day", "У задачи без срока нет дня."),
        _ => (),
    }
}

/// How a task repeats from now on; `None`: as it did.
fn repeat(sent: Field<String>, rule: &str, errors: &mut FieldErrors) -> Option<Again> {
    let sent = match sent {
        Field::Kept => return None,
        Field::Cleared => String::new(),
        Field::Set(sent) => sent.trim().to_owned(),
    };
    if sent == rule {
        return None;
    }
    if sent.is_empty() {
        return Some(Again::Never);
    }
    match Recurrence::parse(&sent) {
        Ok(rule) => Some(Again::By(Repeat {
            rule,
            skips_weekends: false,
        })),
        Err(sentence) => {
            errors.add("recurrence_rrule", sentence);
            None
        }
    }
}
