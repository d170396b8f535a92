//! `/api/task-types/`, and the lists that are only read; a type is deleted in `settings`.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::kept;
use super::changes::{create_entry, update_entry};
use super::entries::{Entry, EntryForm, Kind};
use super::entry_queries as queries;
use crate::api::{
    ApiError, Bearer, Doc, Field, Here, IdKind, IfMatch, Json, KeptQuery, Once, PageOf, Path, Query, Sent, as_seen,
    item, json, stale, upon_what_stands,
};
use crate::app::App;
use crate::error::Error;
use crate::policy::Action;
use crate::values::TaskTypeId;
use crate::web::{ApiMethod, Guard, Routes};

const TYPES: &str = "Типы задач";
const GROUP: &str = "Справочники";

/// `/api/task-types/…` but for deleting, `/api/statuses/`, `/api/spheres/`, `/api/contract-types/`, `/api/regions/`.
pub(crate) fn routes() -> Routes {
    const READ: Guard = Guard::Bearer(Action::ViewBase);
    const WRITE: Guard = Guard::Bearer(Action::ManageDictionaries);
    const ALL: &str = "/api/task-types/";
    const ONE: &str = "/api/task-types/{id}/";
    fn page<T: ToSchema>(group: &'static str, summary: &'static str) -> Doc {
        let doc = Doc::new(group, summary);
        doc.query::<KeptQuery>().answers::<PageOf<T>>(200)
    }
    let change = |summary, name, required| {
        Doc::new(TYPES, summary)
            .of(IdKind::Number)
            .body::<TypeInput>(name, required)
            .answers::<TypeBody>(200)
            .versioned()
    };
    Routes::new()
        .api(ApiMethod::Get, ALL, READ, types)
        .doc(
            Doc::new(TYPES, "Список")
                .query::<KeptQuery>()
                .answers::<PageOf<TypeBody>>(200),
        )
        .api(ApiMethod::Post, ALL, WRITE, create)
        .doc(
            Doc::new(TYPES, "Добавить")
                .body::<TypeInput>("NewTaskType", &["name"])
                .answers::<TypeBody>(201)
                .once()
                .fails(&[404]),
        )
        .api(ApiMethod::Get, ONE, READ, show)
        .doc(Doc::new(TYPES, "Один тип").of(IdKind::Number).answers::<TypeBody>(200))
        .api(ApiMethod::Put, ONE, WRITE, replace)
        .doc(change("Записать", "NewTaskType", &["name"]))
        .api(ApiMethod::Patch, ONE, WRITE, update)
        .doc(change("Изменить переданные поля", "TaskTypeChange", &[]))
        .api(ApiMethod::Get, "/api/statuses/", READ, statuses)
        .doc(page::<StatusBody>(GROUP, "Статусы компаний"))
        .api(ApiMethod::Get, "/api/spheres/", READ, spheres)
        .doc(page::<SphereBody>(GROUP, "Сферы компаний"))
        .api(ApiMethod::Get, "/api/contract-types/", READ, contract_types)
        .doc(page::<ContractTypeBody>(GROUP, "Виды договора"))
        .api(ApiMethod::Get, "/api/regions/", READ, regions)
        .doc(page::<RegionBody>(GROUP, "Регионы"))
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Tone {
    Neutral,
    New,
    Progress,
    Done,
    Danger,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::New => "new",
            Self::Progress => "progress",
            Self::Done => "done",
            Self::Danger => "danger",
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaskType)]
struct TypeBody {
    id: i64,
    name: String,
    tone: String,
    is_active: bool,
    version: i32,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TypeInput {
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120,
             pattern = "^[^\\u0000]*\\S[^\\u0000]*$")]
    name: Field<String>,
    tone: Option<Tone>,
    is_active: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status)]
struct StatusBody {
    id: i64,
    name: String,
    tone: String,
    is_active: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sphere)]
struct SphereBody {
    id: i64,
    name: String,
    tone: String,
    is_important: bool,
    is_active: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractType)]
struct ContractTypeBody {
    code: String,
    name: String,
    tone: String,
    is_annual: bool,
    is_active: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Region)]
struct RegionBody {
    id: i64,
    name: String,
    tone: String,
    time_zone: String,
    is_active: bool,
}

/// `GET /api/statuses/`
async fn statuses(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<KeptQuery>) -> Json {
    let all = query.chosen(&kept(&app, bearer.stamp).await?.statuses, |row| &row.name);
    json(&here.page_of(
        &all,
        query.asked()?,
        |row| row.id.to_string(),
        |row| StatusBody {
            id: row.id.0,
            name: row.name,
            tone: row.tone,
            is_active: row.is_active,
        },
    ))
}

/// `GET /api/spheres/`
async fn spheres(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<KeptQuery>) -> Json {
    let all = query.chosen(&kept(&app, bearer.stamp).await?.spheres, |row| &row.name);
    json(&here.page_of(
        &all,
        query.asked()?,
        |row| row.id.to_string(),
        |row| SphereBody {
            id: row.id.0,
            name: row.name,
            tone: row.tone,
            is_important: row.is_important,
            is_active: row.is_active,
        },
    ))
}

/// `GET /api/contract-types/`
async fn contract_types(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<KeptQuery>) -> Json {
    let all = query.chosen(&kept(&app, bearer.stamp).await?.contract_types, |row| &row.name);
    json(&here.page_of(
        &all,
        query.asked()?,
        |row| row.code.clone(),
        |row| ContractTypeBody {
            code: row.code,
            name: row.name,
            tone: row.tone,
            is_annual: row.terms.is_annual,
            is_active: row.is_active,
        },
    ))
}

/// `GET /api/regions/`
async fn regions(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<KeptQuery>) -> Json {
    let all = query.chosen(&kept(&app, bearer.stamp).await?.regions, |row| &row.name);
    json(&here.page_of(
        &all,
        query.asked()?,
        |row| row.id.to_string(),
        |row| RegionBody {
            id: row.id.0,
            name: row.name,
            tone: row.tone,
            time_zone: row.time_zone,
            is_active: row.is_active,
        },
    ))
}

impl From<Entry> for TypeBody {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.key.parse().unwrap_or_default(),
            name: entry.name,
            tone: entry.tone,
            is_active: entry.is_active,
            version: entry.version,
        }
    }
}

/// `GET /api/task-types/`: by name, as the older CRM has it.
async fn types(State(app): State<App>, _bearer: Bearer, here: Here, Query(query): Query<KeptQuery>) -> Json {
    let asked = query.asked()?;
    let all = queries::list(&mut *app.db.acquire().await?, Kind::Task).await?;
    let all = query.or_by_name().chosen(&all, |kind| &kind.name);
    json(&here.page_of(&all, asked, |kind| kind.key.clone(), TypeBody::from))
}

async fn find(app: &App, id: TaskTypeId) -> Result<TypeBody, ApiError> {
    let mut conn = app.db.acquire().await?;
    let entries = queries::list(&mut conn, Kind::Task).await?;
    let entry = entries.into_iter().find(|entry| entry.key == id.to_string());
    Ok(TypeBody::from(entry.ok_or(Error::NotFound)?))
}

/// 409 to whoever deletes a type as it was before, with the type as it stands.
pub(crate) async fn stale_type(app: &App, id: TaskTypeId) -> ApiError {
    match find(app, id).await {
        Ok(body) => stale(&body),
        Err(error) => error,
    }
}

/// `GET /api/task-types/<id>/`
async fn show(State(app): State<App>, _bearer: Bearer, Path(id): Path<TaskTypeId>) -> Json {
    let body = find(&app, id).await?;
    item(StatusCode::OK, body.version, &body)
}

/// What can only be read, but for the version.
const READ_ONLY: &[&str] = &["id"];

impl TypeBody {
    fn form(&self) -> EntryForm {
        EntryForm {
            name: self.name.clone(),
            tone: self.tone.clone(),
            is_active: self.is_active,
            version: self.version,
            ..EntryForm::default()
        }
    }

    /// As it would be told of with what was sent; `None` when some of that cannot be meant.
    fn with(&self, input: TypeInput) -> Option<Self> {
        let form = input.over(self.form());
        form.parse(Kind::Task, &self.id.to_string()).ok().map(Self::from)
    }
}

impl TypeInput {
    fn over(self, mut form: EntryForm) -> EntryForm {
        self.name.write(&mut form.name);
        if let Some(tone) = self.tone {
            tone.code().clone_into(&mut form.tone);
        }
        form.is_active = self.is_active.unwrap_or(form.is_active);
        form
    }
}

/// `POST /api/task-types/`
async fn create(State(app): State<App>, bearer: Bearer, once: Once, sent: Sent) -> Json {
    sent.must_have(&["name"])?;
    let form = sent.read::<TypeInput>()?.over(EntryForm {
        tone: "neutral".to_owned(),
        is_active: true,
        form_key: Some(once.key().bare()),
        ..EntryForm::default()
    });
    let key = create_entry(&app, &bearer.actor, Kind::Task, &form).await?;
    let body = find(&app, key.parse().map_err(|_| Error::NotFound)?).await?;
    item(StatusCode::CREATED, body.version, &body)
}

/// `PUT /api/task-types/<id>/`
async fn replace(
    State(app): State<App>,
    bearer: Bearer,
    Path(id): Path<TaskTypeId>,
    seen: IfMatch,
    sent: Sent,
) -> Json {
    sent.must_have(&["name"])?;
    change(&app, &bearer, id, seen, sent).await
}

/// `PATCH /api/task-types/<id>/`
async fn update(State(app): State<App>, bearer: Bearer, Path(id): Path<TaskTypeId>, seen: IfMatch, sent: Sent) -> Json {
    change(&app, &bearer, id, seen, sent).await
}

async fn change(app: &App, bearer: &Bearer, id: TaskTypeId, seen: IfMatch, mut sent: Sent) -> Json {
    let version = seen.and(sent.version()?)?;
    let is_made = upon_what_stands(version, || write(app, bearer, (id, version), sent.clone())).await?;
    let body = find(app, id).await?;
    if is_made {
        return item(StatusCode::OK, body.version, &body);
    }
    let sent = sent.without(READ_ONLY);
    let meant = TypeBody::with(&body, sent.clone().read()?);
    Err(sent.late(&body, meant.as_ref()))
}

async fn write(
    app: &App,
    bearer: &Bearer,
    (id, version): (TaskTypeId, Option<i32>),
    mut sent: Sent,
) -> Result<(), ApiError> {
    let before = find(app, id).await?;
    as_seen(version, before.version)?;
    sent.echo(&before, READ_ONLY)?;
    let form = sent.read::<TypeInput>()?.over(before.form());
    Ok(update_entry(app, &bearer.actor, Kind::Task, &id.to_string(), &form).await?)
}
