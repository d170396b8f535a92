//! `/api/users/`, `/api/branches/`: who and what others are called.

use std::collections::HashMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::actions;
use super::model::{Branch, Person};
use crate::api::{ApiError, Bearer, Doc, Here, IdKind, Json, KeptQuery, PageOf, Path, Query, json};
use crate::app::App;
use crate::error::Error;
use crate::policy::{Action, Role, may_ever};
use crate::values::{BranchId, UserId};
use crate::web::{ApiMethod, Guard, Routes};

const GROUP: &str = "Сотрудники и филиалы";
const READ: Guard = Guard::Bearer(Action::ViewBase);

/// `/api/users/…`, `/api/branches/…`
pub(super) fn routes() -> Routes {
    let one = |summary| Doc::new(GROUP, summary).of(IdKind::Number);
    let list = |summary| Doc::new(GROUP, summary).query::<KeptQuery>();
    Routes::new()
        .api(ApiMethod::Get, "/api/users/", READ, users)
        .doc(list("Сотрудники; логины видит администратор").answers::<PageOf<PersonBody>>(200))
        .api(ApiMethod::Get, "/api/users/{id}/", READ, user)
        .doc(one("Один сотрудник").answers::<PersonBody>(200))
        .api(ApiMethod::Get, "/api/branches/", READ, branches)
        .doc(list("Филиалы").answers::<PageOf<BranchBody>>(200))
        .api(ApiMethod::Get, "/api/branches/{id}/", READ, branch)
        .doc(one("Один филиал").answers::<BranchBody>(200))
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
enum RoleBody {
    Manager,
    SalesHead,
    BranchDirector,
    GroupManager,
    Admin,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        match role {
            // No person is the system.
            Role::Manager | Role::System => Self::Manager,
            Role::SalesHead => Self::SalesHead,
            Role::BranchDirector => Self::BranchDirector,
            Role::GroupManager => Self::GroupManager,
            Role::Admin => Self::Admin,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
struct PersonBody {
    id: i64,
    name: String,
    role: RoleBody,
    branch: Option<i64>,
    is_active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    username: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Branch)]
struct BranchBody {
    id: i64,
    code: String,
    name: String,
    is_active: bool,
}

impl From<Branch> for BranchBody {
    fn from(branch: Branch) -> Self {
        Self {
            id: branch.id.0,
            code: branch.code,
            name: branch.name,
            is_active: branch.is_active,
        }
    }
}

/// Logins, for those who manage them.
async fn logins(app: &App, bearer: &Bearer) -> Result<HashMap<UserId, String>, ApiError> {
    if !may_ever(&bearer.actor, Action::ManageUsers) {
        return Ok(HashMap::new());
    }
    let users = actions::users(app, &bearer.actor).await?.into_iter();
    Ok(users.map(|user| (user.id, user.username)).collect())
}

fn person(person: Person, logins: &HashMap<UserId, String>) -> PersonBody {
    PersonBody {
        id: person.id.0,
        username: logins.get(&person.id).cloned(),
        name: person.name,
        role: person.role.into(),
        branch: person.branch.map(|id| id.0),
        is_active: person.is_active,
    }
}

async fn users(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<KeptQuery>) -> Json {
    let logins = logins(&app, &bearer).await?;
    let people = query.chosen(&actions::directory(&app, bearer.stamp).await?.people, |row| &row.name);
    json(&here.page_of(
        &people,
        query.asked()?,
        |row| row.id.to_string(),
        |row| person(row, &logins),
    ))
}

async fn user(State(app): State<App>, bearer: Bearer, Path(id): Path<UserId>) -> Json {
    let logins = logins(&app, &bearer).await?;
    let directory = actions::directory(&app, bearer.stamp).await?;
    let found = directory.people.iter().find(|person| person.id == id);
    json(&person(found.ok_or(Error::NotFound)?.clone(), &logins))
}

async fn branches(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<KeptQuery>) -> Json {
    let branches = query.chosen(&actions::directory(&app, bearer.stamp).await?.branches, |row| &row.name);
    json(&here.page_of(&branches, query.asked()?, |row| row.id.to_string(), BranchBody::from))
}

async fn branch(State(app): State<App>, bearer: Bearer, Path(id): Path<BranchId>) -> Json {
    let directory = actions::directory(&app, bearer.stamp).await?;
    let found = directory.branches.iter().find(|branch| branch.id == id);
    json(&BranchBody::from(found.ok_or(Error::NotFound)?.clone()))
}
