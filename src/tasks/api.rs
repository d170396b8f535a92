//! `/api/tasks/`

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::actions::{self, Again, By, Calendar, Reader, Whole};
use super::due::Due;
use super::model::{Fields, Filter, LONGEST_DESCRIPTION, LONGEST_TITLE, Scope, Standing, Status, Task};
use super::series::Repeat;
use crate::api::{
    ApiError, Bearer, Doc, Field, Here, IdKind, IfMatch, Json, Once, PageOf, Path, Query, Sent, item, json, no_content,
    page_size, place, stale, upon_what_stands,
};
use crate::app::App;
use crate::dictionaries;
use crate::error::{Error, FieldErrors};
use crate::policy::Action;
use crate::values::{CompanyId, Recurrence, SeriesId, TaskId, TaskTypeId, UserId, text};
use crate::web::{ApiMethod, Guard, Routes};

const GROUP: &str = "Задачи";

/// Names of fields: those of the action, those of the API.
const NAMES: &[(&str, &str)] = &[
    ("company_id", "company"),
    ("assignee", "assigned_to"),
    ("kind", "type"),
    ("due", "due_at"),
    ("repeat", "recurrence_rrule"),
];

/// `/api/tasks/…`
pub(super) fn routes() -> Routes {
    const ALL: &str = "/api/tasks/";
    const ONE: &str = "/api/tasks/{id}/";
    let change = |summary, name, required| {
        Doc::new(GROUP, summary)
            .of(IdKind::Uuid)
            .body::<TaskInput>(name, required)
            .answers::<TaskBody>(200)
            .versioned()
    };
    Routes::new()
        .api(ApiMethod::Get, ALL, Guard::Bearer(Action::ViewBase), list)
        .doc(
            Doc::new(GROUP, "Список с поиском и фильтрами")
                .query::<ListQuery>()
                .answers::<PageOf<TaskBody>>(200),
        )
        .api(ApiMethod::Post, ALL, Guard::Bearer(Action::AddTask), create)
        .doc(
            Doc::new(GROUP, "Поставить")
                .body::<TaskInput>("NewTask", &["title"])
                .answers::<TaskBody>(201)
                .once()
                .fails(&[404, 409]),
        )
        .api(ApiMethod::Get, ONE, Guard::Bearer(Action::ViewBase), show)
        .doc(Doc::new(GROUP, "Одна задача").of(IdKind::Uuid).answers::<TaskBody>(200))
        .api(ApiMethod::Put, ONE, Guard::Bearer(Action::WorkTask), replace)
        .doc(change("Записать", "NewTask", &["title"]))
        .api(ApiMethod::Patch, ONE, Guard::Bearer(Action::WorkTask), update)
        .doc(change("Изменить переданные поля", "TaskChange", &[]))
        .api(ApiMethod::Delete, ONE, Guard::Bearer(Action::EditTask), delete)
        .doc(Doc::new(GROUP, "Удалить").of(IdKind::Uuid).versioned())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[param(value_type = Option<String>, pattern = "^[^\\u0000]*$")]
    search: Option<String>,
    #[param(value_type = Option<Ordering>, inline)]
    ordering: Option<Ordering>,
    #[param(value_type = Option<TaskStatus>, inline)]
    status: Option<TaskStatus>,
    assigned_to: Option<i64>,
    company: Option<Uuid>,
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<i64>,
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = TaskOrdering)]
enum Ordering {
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
enum TaskStatus {
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

#[derive(Debug, Serialize, ToSchema)]
struct TaskBody {
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
    recurrence_rrule: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// What can only be read, but for the version.
const READ_ONLY: &[&str] = &["id", "created_by", "completed_at", "created_at", "updated_at"];

impl TaskBody {
    fn of(task: &Task, rules: &HashMap<SeriesId, String>) -> Self {
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
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskInput {
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
struct Before {
    fields: Fields,
    status: Status,
    result: String,
    rule: String,
    is_new: bool,
}

impl TaskInput {
    /// What a task is to be.
    fn over(self, before: Before, calendar: Calendar) -> Result<Whole, ApiError> {
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
            fields.due = Some(Due::day(super::due::wall(due.at, calendar.zone).date(), calendar.zone));
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

fn calendar(app: &App, bearer: &Bearer) -> Calendar {
    Calendar {
        now: app.now(),
        zone: bearer.zone,
    }
}

/// `GET /api/tasks/`
async fn list(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<ListQuery>) -> Json {
    let place = place(query.cursor.as_deref())?;
    let size = page_size(query.page_size)?;
    let filter = Filter {
        scope: Scope::All,
        standing: query
            .status
            .map_or(Standing::All, |status| Standing::One(status.into())),
        kinds: query.kind.map(TaskTypeId).into_iter().collect(),
        people: query.assigned_to.map(UserId).into_iter().collect(),
        company: query.company.map(CompanyId),
        q: query.search.unwrap_or_default(),
        ..Filter::default()
    };
    let order = match query.ordering.unwrap_or(Ordering::Latest) {
        Ordering::Latest => (By::Created, false),
        Ordering::Oldest => (By::Created, true),
        Ordering::Due => (By::Due, true),
        Ordering::DueBack => (By::Due, false),
    };
    let reader = Reader {
        actor: &bearer.actor,
        stamp: bearer.stamp,
        calendar: calendar(&app, &bearer),
    };
    let page = actions::list_by(&app, reader, &filter, order, (&place, size)).await?;
    let rules = actions::rules(&app, &page.rows).await?;
    json(&here.page(page, |task| TaskBody::of(&task, &rules)))
}

async fn find(app: &App, bearer: &Bearer, id: TaskId) -> Result<(Task, TaskBody), ApiError> {
    let task = actions::find(app, &bearer.actor, id).await?;
    let rules = actions::rules(app, std::slice::from_ref(&task)).await?;
    let body = TaskBody::of(&task, &rules);
    Ok((task, body))
}

async fn told(app: &App, bearer: &Bearer, status: StatusCode, id: TaskId) -> Json {
    let (task, body) = find(app, bearer, id).await?;
    item(status, task.version, &body)
}

/// `GET /api/tasks/<uuid>/`
async fn show(State(app): State<App>, bearer: Bearer, Path(id): Path<TaskId>) -> Json {
    told(&app, &bearer, StatusCode::OK, id).await
}

/// An entry that became one with another is read as that one.
async fn known_kind(app: &App, bearer: &Bearer, fields: &Fields) -> Result<(), ApiError> {
    let Some(kind) = fields.kind else { return Ok(()) };
    let dictionaries = dictionaries::kept(app, bearer.stamp).await?;
    if dictionaries.task_types.iter().any(|known| known.id == kind) {
        return Ok(());
    }
    Err(Error::field("type", "Такого типа задач нет.").into())
}

/// `POST /api/tasks/`
async fn create(State(app): State<App>, bearer: Bearer, once: Once, sent: Sent) -> Json {
    sent.must_have(&["title"])?;
    let input: TaskInput = sent.read()?;
    let before = Before {
        fields: Fields {
            title: String::new(),
            description: String::new(),
            is_urgent: false,
            company: None,
            kind: None,
            assignee: bearer.actor.user.unwrap_or(UserId(0)),
            due: None,
        },
        status: Status::New,
        result: String::new(),
        rule: String::new(),
        is_new: true,
    };
    let calendar = calendar(&app, &bearer);
    let whole = input.over(before, calendar)?;
    known_kind(&app, &bearer, &whole.fields).await?;
    let made = actions::make(&app, (&bearer.actor, calendar), &whole, once.key()).await;
    let id = made.map_err(|error| ApiError::from(error).renamed(NAMES))?;
    told(&app, &bearer, StatusCode::CREATED, id).await
}

/// `PUT /api/tasks/<uuid>/`: the title must be there; what is not sent stays.
async fn replace(State(app): State<App>, bearer: Bearer, Path(id): Path<TaskId>, seen: IfMatch, sent: Sent) -> Json {
    sent.must_have(&["title"])?;
    change(&app, &bearer, id, seen, sent).await
}

/// `PATCH /api/tasks/<uuid>/`
async fn update(State(app): State<App>, bearer: Bearer, Path(id): Path<TaskId>, seen: IfMatch, sent: Sent) -> Json {
    change(&app, &bearer, id, seen, sent).await
}

async fn change(app: &App, bearer: &Bearer, id: TaskId, seen: IfMatch, mut sent: Sent) -> Json {
    let version = seen.and(sent.version()?)?;
    if upon_what_stands(version, || write(app, bearer, (id, version), sent.clone())).await? {
        told(app, bearer, StatusCode::OK, id).await
    } else {
        Err(stale(&find(app, bearer, id).await?.1))
    }
}

async fn write(
    app: &App,
    bearer: &Bearer,
    (id, version): (TaskId, Option<i32>),
    mut sent: Sent,
) -> Result<(), ApiError> {
    let calendar = calendar(app, bearer);
    let (task, body) = find(app, bearer, id).await?;
    sent.echo(&body, READ_ONLY)?;
    let before = Before {
        fields: task.fields(),
        status: task.status,
        result: task.result.clone(),
        rule: body.recurrence_rrule.clone(),
        is_new: false,
    };
    let whole = sent.read::<TaskInput>()?.over(before, calendar)?;
    known_kind(app, bearer, &whole.fields).await?;
    let known = version.unwrap_or(task.version);
    let written = actions::write(app, (&bearer.actor, calendar), (id, known), &whole).await;
    written.map_err(|error| ApiError::from(error).renamed(NAMES))
}

/// `DELETE /api/tasks/<uuid>/`
async fn delete(State(app): State<App>, bearer: Bearer, Path(id): Path<TaskId>, seen: IfMatch) -> Json {
    let seen = seen.and(None)?;
    let delete = || async {
        actions::delete(&app, &bearer.actor, (id, seen), calendar(&app, &bearer)).await?;
        Ok(())
    };
    if upon_what_stands(seen, delete).await? {
        Ok(no_content())
    } else {
        Err(stale(&find(&app, &bearer, id).await?.1))
    }
}
