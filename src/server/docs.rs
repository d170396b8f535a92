//! `/api/docs/`: the contract as people read it.

use askama::Template;
use serde_json::Value;

use super::contract::contract;
use super::words;
use crate::web::{Guard, Html, Layout, Routes, Section, Viewer, page};

pub(super) fn routes() -> Routes {
    Routes::new().get("/api/docs/", Guard::Public, show)
}

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    layout: Layout,
    groups: Vec<Group>,
}

struct Group {
    name: String,
    anchor: String,
    calls: Vec<Call>,
}

struct Call {
    method: String,
    path: String,
    summary: String,
    is_open: bool,
    parameters: Vec<Line>,
    body: Vec<Line>,
    answer: Vec<Line>,
    /// «Создано (201)»
    good: String,
    failures: Vec<(String, String)>,
}

/// A parameter or a field.
struct Line {
    name: String,
    kind: String,
    is_required: bool,
    about: String,
}

/// `GET /api/docs/`
async fn show(viewer: Viewer) -> Html {
    page(&DocsPage {
        layout: viewer.layout(Section::None),
        groups: groups(contract()),
    })
}

fn groups(contract: &Value) -> Vec<Group> {
    let tags = contract["tags"].as_array().into_iter().flatten();
    let names = tags.filter_map(|tag| tag["name"].as_str());
    let group = |(at, name): (usize, &str)| Group {
        name: name.to_owned(),
        anchor: format!("group-{at}"),
        calls: calls(contract, name),
    };
    names.enumerate().map(group).collect()
}

fn calls(contract: &Value, group: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    for (path, operations) in contract["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(operation) = operations.get(method).filter(|told| told["tags"][0] == group) else {
                continue;
            };
            calls.push(call(contract, method, path, operation));
        }
    }
    calls
}

fn call(contract: &Value, method: &str, path: &str, operation: &Value) -> Call {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameter = |told: &Value| {
        let name = told["name"].as_str().unwrap_or_default().to_owned();
        let about = told["description"].as_str().unwrap_or_default();
        Line {
            kind: kind(contract, &told["schema"]),
            is_required: told["required"] == true,
            about: if about.is_empty() { words::of(&name) } else { about }.to_owned(),
            name,
        }
    };
    let responses = operation["responses"].as_object().into_iter().flatten();
    let (good, bad): (Vec<_>, Vec<_>) = responses.partition(|(status, _)| status.starts_with('2'));
    let said = |told: &Value| told["description"].as_str().unwrap_or_default().to_owned();
    let content = |told: &Value| fields(contract, &told["content"]["application/json"]["schema"]);
    // Whatever is answered is always there: that is no duty of the reader's.
    let answer = |told: &Value| {
        let lines = content(told).into_iter();
        lines
            .map(|line| Line {
                is_required: false,
                ..line
            })
            .collect()
    };
    Call {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: operation["summary"].as_str().unwrap_or_default().to_owned(),
        is_open: operation["security"].as_array().is_some_and(Vec::is_empty),
        parameters: parameters.map(parameter).collect(),
        body: content(&operation["requestBody"]),
        answer: good.first().map(|(_, told)| answer(told)).unwrap_or_default(),
        good: good
            .first()
            .map(|(status, told)| format!("{} ({status})", said(told)))
            .unwrap_or_default(),
        failures: bad
            .into_iter()
            .map(|(status, told)| (status.clone(), said(told)))
            .collect(),
    }
}

/// What a reference leads to.
fn resolved<'a>(contract: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    name.map_or(schema, |name| &contract["components"]["schemas"][name])
}

/// Fields of an object; those of the rows of a page stand for it.
fn fields(contract: &Value, schema: &Value) -> Vec<Line> {
    let schema = resolved(contract, schema);
    let mut lines = Vec::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        lines.extend(fields(contract, part));
    }
    for (name, told) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"].as_array();
        lines.push(Line {
            name: name.clone(),
            kind: kind(contract, told),
            is_required: required.is_some_and(|names| names.iter().any(|known| known == name)),
            about: words::of(name).to_owned(),
        });
    }
    let rows = &schema["properties"]["results"]["items"];
    if !rows.is_null() {
        let inner = fields(contract, rows).into_iter();
        lines.extend(inner.map(|line| Line {
            name: format!("results[].{}", line.name),
            ..line
        }));
    }
    lines
}

/// Of what kind a value is, in words.
fn kind(contract: &Value, schema: &Value) -> String {
    let schema = resolved(contract, schema);
    if schema["maxLength"] == 0 {
        // A parameter without a value means none.
        return String::new();
    }
    if let Some(choices) = schema["enum"].as_array() {
        let choices: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
        return choices.join(", ");
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let parts = schema[key].as_array().into_iter().flatten();
        let kinds: Vec<String> = parts
            .map(|part| kind(contract, part))
            .filter(|kind| !kind.is_empty())
            .collect();
        if !kinds.is_empty() {
            return kinds.join(" или ");
        }
    }
    let name = |kind: &Value| match (kind.as_str().unwrap_or_default(), schema["format"].as_str()) {
        ("string", Some("uuid")) => "UUID",
        ("string", Some("date")) => "дата",
        ("string", Some("date-time")) => "дата и время",
        ("string", _) => "строка",
        ("integer", _) => "целое число",
        ("number", _) => "число",
        ("boolean", _) => "true или false",
        ("array", _) => "список",
        ("object", _) => "объект",
        ("null", _) => "null",
        _ => "",
    };
    let mut words = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(name).collect::<Vec<_>>().join(" или "),
        kind => name(kind).to_owned(),
    };
    if let Some(most) = schema["maxLength"].as_u64() {
        words = format!("{words}, до {most} знаков");
    }
    words
}
