//! The contract of the API: `/api/`, `/api/openapi.json` and `/api/docs/`, drawn from what each room says of its calls.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use crate::api::{Bearer, Doc, Json, json as answer};
use crate::policy::Action;
use crate::web::{ApiMethod, Guard, RouteInfo, Routes};

/// Lists that `/api/` leads to.
const LISTS: &[&str] = &[
    "companies",
    "contacts",
    "company-notes",
    "tasks",
    "task-types",
    "statuses",
    "spheres",
    "contract-types",
    "regions",
    "users",
    "branches",
];

/// `/api/`, `/api/openapi.json`; the page stands beside.
pub(super) fn routes() -> Routes {
    Routes::new()
        .api(ApiMethod::Get, "/api/", Guard::Bearer(Action::ViewBase), index)
        .doc(Doc::new("О самом API", "Куда обращаться").answers::<Index>(200))
        .api(ApiMethod::Get, "/api/openapi.json", Guard::Public, document)
        .doc(Doc::new("О самом API", "Это описание, OpenAPI 3.1").answers::<Document>(200))
        .merge(super::docs::routes())
}

/// Addresses of the lists by their names.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Index(BTreeMap<&'static str, String>);

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only described")]
struct Document {
    openapi: String,
}

/// `GET /api/`
async fn index(_bearer: Bearer) -> Json {
    let lists = LISTS.iter().map(|list| (*list, format!("/api/{list}/")));
    answer(&Index(lists.collect()))
}

/// `GET /api/openapi.json`
async fn document() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| contract().to_string());
    ([(header::CONTENT_TYPE, "application/json")], text.as_str()).into_response()
}

/// The whole contract, made once.
pub(super) fn contract() -> &'static Value {
    static CONTRACT: OnceLock<Value> = OnceLock::new();
    CONTRACT.get_or_init(|| draw(super::routes().docs()))
}

fn draw(docs: &[(RouteInfo, Doc)]) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut schemas = Map::new();
    let mut groups: Vec<&str> = Vec::new();
    for (route, doc) in docs {
        let operation = doc.operation(route.method, route.path, route.auth == "public");
        let operations = paths.entry(route.path).or_default();
        operations.insert(route.method.to_lowercase(), operation);
        for (name, schema) in doc.schemas() {
            schemas.insert(name.clone(), schema.clone());
        }
        if !groups.contains(&doc.group()) {
            groups.push(doc.group());
        }
    }
    schemas.extend(failures());
    let tags: Vec<Value> = groups.iter().map(|group| json!({ "name": group })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "CRM ПРОФИ",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Вход по ключу: POST /api/token/. Ключ передаётся в заголовке Authorization: Bearer …",
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

/// What failures look like.
fn failures() -> [(String, Value); 3] {
    let text = json!({"type": "string"});
    let list = json!({"type": "array", "items": text});
    [
        (
            "Failure".to_owned(),
            json!({"type": "object", "required": ["detail"], "properties": {"detail": text}}),
        ),
        (
            "Invalid".to_owned(),
            json!({"type": "object", "additionalProperties": {"anyOf": [list, text]}}),
        ),
        (
            "Conflict".to_owned(),
            json!({
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": text,
                    "current": {"type": "object", "description": "Запись, как она сохранена сейчас"},
                    "conflicts": {
                        "type": "array",
                        "description": "Переданные поля, которые сейчас сохранены иначе; в ответе на удаление их нет",
                        "items": {
                            "type": "object",
                            "required": ["field", "yours", "current"],
                            "properties": {
                                "field": text,
                                "yours": {"description": "Что передано"},
                                "current": {"description": "Что сохранено"},
                            },
                        },
                    },
                    "duplicates": {"type": "array", "items": {"type": "object"}},
                },
            }),
        ),
    ]
}
