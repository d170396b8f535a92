//! `/api/companies/`; a company is deleted in `trash`.

mod wire;

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use self::wire::{CompanyBody, CompanyInput, CompanyRow, ListQuery, Ordering, READ_ONLY, TwinBody};
use super::actions::{self, Created, Whole};
use super::forms::CompanyForm;
use super::listed::{Filter, Sort};
use super::model::Company;
use super::search::LONGEST;
use crate::accounts;
use crate::api::{
    self, ApiError, Bearer, Doc, Here, IdKind, IfMatch, Json, Once, PageOf, Path, Query, Sent, as_seen, item, json,
    page_size, place, upon_what_stands,
};
use crate::app::App;
use crate::dictionaries::{self, Dictionaries, Kind};
use crate::error::FieldErrors;
use crate::policy::Action;
use crate::values::{BranchId, CompanyId, RegionId, SphereId, StatusId, UserId};
use crate::web::{ApiMethod, Guard, Routes};

const GROUP: &str = "Компании";

/// `/api/companies/…`, but for deleting.
pub(super) fn routes() -> Routes {
    const ALL: &str = "/api/companies/";
    const ONE: &str = "/api/companies/{id}/";
    let change = |summary, name, required| {
        let doc = Doc::new(GROUP, summary).of(IdKind::Uuid);
        doc.body::<CompanyInput>(name, required)
            .answers::<CompanyBody>(200)
            .versioned()
    };
    Routes::new()
        .api(ApiMethod::Get, ALL, Guard::Bearer(Action::ViewBase), list)
        .doc(
            Doc::new(GROUP, "Список с поиском и фильтрами")
                .query::<ListQuery>()
                .answers::<PageOf<CompanyRow>>(200),
        )
        .api(ApiMethod::Post, ALL, Guard::Bearer(Action::CreateCompany), create)
        .doc(
            Doc::new(GROUP, "Создать")
                .body::<CompanyInput>("NewCompany", &["name"])
                .answers::<CompanyBody>(201)
                .once()
                .fails(&[404, 409]),
        )
        .api(ApiMethod::Get, ONE, Guard::Bearer(Action::ViewBase), show)
        .doc(
            Doc::new(GROUP, "Одна компания")
                .of(IdKind::Uuid)
                .answers::<CompanyBody>(200),
        )
        .api(ApiMethod::Put, ONE, Guard::Bearer(Action::EditCompany), replace)
        .doc(change("Записать", "NewCompany", &["name"]))
        .api(ApiMethod::Patch, ONE, Guard::Bearer(Action::EditCompany), update)
        .doc(change("Изменить переданные поля", "CompanyChange", &[]))
}

impl ListQuery {
    /// What it means; entries that became one with others are read as these.
    fn filter(&self, dictionaries: &Dictionaries) -> Filter {
        let heirs = &dictionaries.heirs;
        let (sort, is_descending) = match self.ordering.unwrap_or(Ordering::LatestUpdated) {
            Ordering::LatestUpdated => (Sort::Updated, true),
            Ordering::Updated => (Sort::Updated, false),
            Ordering::LatestCreated => (Sort::Created, true),
            Ordering::Created => (Sort::Created, false),
            Ordering::Name => (Sort::Name, false),
            Ordering::NameBack => (Sort::Name, true),
            Ordering::Inn => (Sort::Inn, false),
            Ordering::InnBack => (Sort::Inn, true),
        };
        let search = self.search.as_deref().unwrap_or_default().trim();
        let contract = self.contract_type.iter();
        Filter {
            q: search.chars().take(LONGEST).collect(),
            statuses: self.status.map(|id| heirs.status(StatusId(id))).into_iter().collect(),
            spheres: self.sphere.map(|id| heirs.sphere(SphereId(id))).into_iter().collect(),
            responsible: self.responsible.map(UserId).into_iter().collect(),
            branches: self.branch.map(BranchId).into_iter().collect(),
            contract_types: contract
                .map(|code| heirs.current(Kind::Contract, code).to_owned())
                .collect(),
            regions: self.region.map(|id| heirs.region(RegionId(id))).into_iter().collect(),
            is_cold: self.is_cold_call,
            do_not_call: self.do_not_call,
            sort,
            is_descending,
            ..Filter::default()
        }
    }
}

/// `GET /api/companies/`
async fn list(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<ListQuery>) -> Json {
    let place = place(query.cursor.as_deref())?;
    let size = page_size(query.page_size)?;
    let dictionaries = dictionaries::kept(&app, bearer.stamp).await?;
    let filter = query.filter(&dictionaries);
    let found = actions::list(&app, &bearer.actor, &filter, (&place, size)).await?;
    let records = actions::records(&app, &bearer.actor, &found.page.rows).await?;
    let page = crate::db::Page {
        rows: records,
        before: found.page.before,
        after: found.page.after,
    };
    json(&here.page(page, |record| CompanyRow::from(&record)))
}

async fn find(app: &App, bearer: &Bearer, id: CompanyId) -> Result<Company, ApiError> {
    let mut conn = app.db.acquire().await?;
    Ok(actions::find(&mut conn, &bearer.actor, id).await?)
}

/// 409 to whoever deletes a company as it was before, with the company as it stands.
pub(crate) async fn stale(app: &App, bearer: &Bearer, id: CompanyId) -> ApiError {
    match find(app, bearer, id).await {
        Ok(company) => api::stale(&CompanyBody::from(&company)),
        Err(error) => error,
    }
}

fn told(status: StatusCode, company: &Company) -> Json {
    item(status, company.version, &CompanyBody::from(company))
}

/// `GET /api/companies/<uuid>/`
async fn show(State(app): State<App>, bearer: Bearer, Path(id): Path<CompanyId>) -> Json {
    told(StatusCode::OK, &find(&app, &bearer, id).await?)
}

/// `POST /api/companies/`
async fn create(State(app): State<App>, bearer: Bearer, once: Once, sent: Sent) -> Json {
    sent.must_have(&["name"])?;
    let input: CompanyInput = sent.read()?;
    let is_wilful = input.allow_duplicate == Some(true);
    let (wish, names) = wish(&app, &bearer, input, None).await?;
    let created = actions::make(&app, &bearer.actor, wish, (once.key(), is_wilful)).await;
    match created.map_err(|error| ApiError::from(error).renamed(names))? {
        Created::At(id) => told(StatusCode::CREATED, &find(&app, &bearer, id).await?),
        Created::Twins(twins) => {
            let detail = "Похожая компания уже есть. Если нужна ещё одна, передайте allow_duplicate: true.";
            let twins: Vec<TwinBody> = twins.into_iter().map(TwinBody::from).collect();
            let body = json!({ "detail": detail, "duplicates": twins });
            Err(ApiError::With(StatusCode::CONFLICT, body))
        }
    }
}

/// `PUT /api/companies/<uuid>/`: the name must be there; what is not sent stays, since older programs know fewer fields.
async fn replace(State(app): State<App>, bearer: Bearer, Path(id): Path<CompanyId>, seen: IfMatch, sent: Sent) -> Json {
    sent.must_have(&["name"])?;
    change(&app, &bearer, id, seen, sent).await
}

/// `PATCH /api/companies/<uuid>/`
async fn update(State(app): State<App>, bearer: Bearer, Path(id): Path<CompanyId>, seen: IfMatch, sent: Sent) -> Json {
    change(&app, &bearer, id, seen, sent).await
}

async fn change(app: &App, bearer: &Bearer, id: CompanyId, seen: IfMatch, mut sent: Sent) -> Json {
    let version = seen.and(sent.version()?)?;
    let is_made = upon_what_stands(version, || write(app, bearer, (id, version), sent.clone())).await?;
    let company = find(app, bearer, id).await?;
    if is_made {
        return told(StatusCode::OK, &company);
    }
    let sent = sent.without(READ_ONLY);
    let input: CompanyInput = sent.clone().read()?;
    let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
    let meant = CompanyBody::with(&company, input, &dictionaries);
    Err(sent.late(&CompanyBody::from(&company), meant.as_ref()))
}

async fn write(
    app: &App,
    bearer: &Bearer,
    (id, version): (CompanyId, Option<i32>),
    mut sent: Sent,
) -> Result<(), ApiError> {
    let company = find(app, bearer, id).await?;
    as_seen(version, company.version)?;
    sent.echo(&CompanyBody::from(&company), READ_ONLY)?;
    let (wish, names) = wish(app, bearer, sent.read()?, Some(&company)).await?;
    let known = Some(version.unwrap_or(company.version));
    let written = actions::write(app, &bearer.actor, (id, known), wish).await;
    written.map_err(|error| ApiError::from(error).renamed(names))
}

/// Names of fields: those of the action, those of the API.
type Names = &'static [(&'static str, &'static str)];

const OF_LISTS: Names = &[
    ("phone-", "phones[{row}].number"),
    ("email-", "emails[{row}].value"),
    ("responsible_id", "responsible"),
    ("head", "head_company"),
];
const OF_FIRST: Names = &[
    ("phone-0", "phone"),
    ("email-0", "email"),
    ("responsible_id", "responsible"),
    ("head", "head_company"),
];

/// What the sender means of a company; `None`: of a new one.
async fn wish(
    app: &App,
    bearer: &Bearer,
    input: CompanyInput,
    company: Option<&Company>,
) -> Result<(Whole, Names), ApiError> {
    let names = if input.has_lists() { OF_LISTS } else { OF_FIRST };
    let mut errors = FieldErrors::default();
    if input.is_torn() {
        errors.add("is_cold_call", "Противоречит полю lead_state.");
    }
    if company.is_some() && input.allow_duplicate.is_some() {
        errors.add("allow_duplicate", "Только при создании.");
    }
    let responsible = owner(app, bearer, &input, company, &mut errors).await?;
    let head = input.head_company.clone().map(CompanyId);
    let form = company.map(|company| CompanyForm::of(&company.fields, company.version));
    let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
    let (fields, mut wrong) = input.over(form.unwrap_or_default()).read(&dictionaries);
    for (name, sentence) in errors.pairs() {
        wrong.add(name, sentence);
    }
    let fields = wrong.or(fields).map_err(|error| ApiError::from(error).renamed(names))?;
    let wish = Whole {
        fields,
        head,
        responsible,
    };
    Ok((wish, names))
}

/// Who is to answer for a company, when that is somebody else than now; the branch follows.
async fn owner(
    app: &App,
    bearer: &Bearer,
    input: &CompanyInput,
    company: Option<&Company>,
    errors: &mut FieldErrors,
) -> Result<Option<UserId>, ApiError> {
    let (now, branch) = match company {
        Some(company) => (
            company.responsible.as_ref().map(|person| person.id),
            company.branch.as_ref().map(|branch| branch.id),
        ),
        None => (bearer.actor.user, bearer.actor.branch),
    };
    let wanted = input.responsible.clone().map(UserId).or(now);
    let changed = wanted.filter(|_| wanted != now);
    if wanted.is_none() && now.is_some() {
        errors.add("responsible", "Компанию можно только передать другому сотруднику.");
    }
    if input.branch.is_sent() {
        let branch = match changed {
            Some(user) => {
                let directory = accounts::directory(app, bearer.stamp).await?;
                let person = directory.people.iter().find(|person| person.id == user);
                person.and_then(|person| person.branch)
            }
            None => branch,
        };
        if input.branch.clone().map(BranchId).or(branch) != branch {
            errors.add(
                "branch",
                "Филиал следует за ответственным: передайте компанию его сотруднику.",
            );
        }
    }
    Ok(changed)
}
