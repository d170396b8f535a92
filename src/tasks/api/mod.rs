//! `/api/tasks/`

mod wire;

use axum::extract::State;
use axum::http::StatusCode;

use self::wire::{Before, ListQuery, Ordering, READ_ONLY, TaskBody, TaskInput};
use super::actions::{self, By, Calendar, Reader};
use super::model::{Fields, Filter, Scope, Standing, Status, Task};
use crate::api::{
    ApiError, Bearer, Doc, Here, IdKind, IfMatch, Json, Once, PageOf, Path, Query, Sent, as_seen, item, json,
    no_content, page_size, place, stale, upon_what_stands,
};
use crate::app::App;
use crate::dictionaries;
use crate::error::Error;
use crate::policy::Action;
use crate::values::{CompanyId, TaskId, TaskTypeId, UserId};
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
        return told(app, bearer, StatusCode::OK, id).await;
    }
    let (task, body) = find(app, bearer, id).await?;
    let sent = sent.without(READ_ONLY);
    let input: TaskInput = sent.clone().read()?;
    let meant = input.over(before(&task, &body), calendar(app, bearer)).ok();
    let meant = meant.map(|whole| body.clone().with(whole));
    Err(sent.late(&body, meant.as_ref()))
}

fn before(task: &Task, body: &TaskBody) -> Before {
    Before {
        fields: task.fields(),
        status: task.status,
        result: task.result.clone(),
        rule: body.recurrence_rrule.clone(),
        is_new: false,
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
    as_seen(version, task.version)?;
    sent.echo(&body, READ_ONLY)?;
    let whole = sent.read::<TaskInput>()?.over(before(&task, &body), calendar)?;
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
