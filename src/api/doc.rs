//! What the contract says of a call: told beside its route, drawn from the very types that its handler reads and writes.

use serde_json::{Map, Value, json};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

/// Of what kind the key in a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdKind {
    /// Of companies, contacts and tasks.
    Uuid,
    /// Of people, notes and entries of dictionaries.
    Number,
}

/// One call of the contract, and the types that it speaks of.
#[derive(Clone, Debug)]
pub(crate) struct Doc {
    group: &'static str,
    summary: &'static str,
    id: Option<IdKind>,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// Status and schema of the good answer.
    answer: (u16, Option<Value>),
    /// What an answer without a body means, when there may be one.
    nothing: Option<&'static str>,
    /// Failures beyond those of every call.
    failures: Vec<u16>,
    schemas: Vec<(String, Value)>,
}

fn value(schema: impl serde::Serialize) -> Value {
    serde_json::to_value(schema).unwrap_or(Value::Null)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

impl Doc {
    /// A call of a group, in a few words for people.
    pub(crate) fn new(group: &'static str, summary: &'static str) -> Self {
        Self {
            group,
            summary,
            id: None,
            parameters: Vec::new(),
            body: None,
            answer: (204, None),
            nothing: None,
            failures: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// The record of this key is meant.
    pub(crate) fn of(mut self, id: IdKind) -> Self {
        self.id = Some(id);
        self.failures.push(404);
        self
    }

    /// Takes these parameters after the `?`.
    pub(crate) fn query<Q: IntoParams>(mut self) -> Self {
        let parameters = Q::into_params(|| Some(ParameterIn::Query));
        if parameters.iter().any(|parameter| parameter.name == "cursor") {
            self.failures.push(404);
        }
        self.parameters.extend(parameters.into_iter().map(value).map(or_empty));
        self
    }

    /// Takes a body; `name` is that of its schema, `required` are its fields that must be there.
    pub(crate) fn body<B: ToSchema>(mut self, name: &str, required: &[&str]) -> Self {
        let mut schema = value(B::schema());
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        let mut all = Vec::new();
        B::schemas(&mut all);
        let nested = all.into_iter().map(|(name, schema)| (name, value(schema)));
        for (name, mut schema) in nested.chain([(name.to_owned(), schema)]) {
            keep_nul_out(&mut schema);
            self.schemas.push((name, schema));
        }
        self.body = Some(reference(name));
        self
    }

    /// Answers this.
    pub(crate) fn answers<A: ToSchema>(mut self, status: u16) -> Self {
        let name = A::name().into_owned();
        let mut all = Vec::new();
        A::schemas(&mut all);
        self.schemas
            .extend(all.into_iter().map(|(name, schema)| (name, value(schema))));
        self.schemas.push((name.clone(), value(A::schema())));
        self.answer = (status, Some(reference(&name)));
        self
    }

    /// May answer without a body, which means this.
    pub(crate) fn or_nothing(mut self, meaning: &'static str) -> Self {
        self.nothing = Some(meaning);
        self
    }

    /// Can fail so, too.
    pub(crate) fn fails(mut self, statuses: &[u16]) -> Self {
        self.failures.extend(statuses);
        self
    }

    /// Makes a record once for each `Idempotency-Key`.
    pub(crate) fn once(mut self) -> Self {
        self.parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "Повтор с тем же ключом отвечает первым результатом и не создаёт вторую запись.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        }));
        self
    }

    /// Changes a record only while it has the version of `If-Match`.
    pub(crate) fn versioned(mut self) -> Self {
        self.parameters.push(json!({
            "name": "If-Match",
            "in": "header",
            "required": false,
            "description": "ETag прочитанной записи. Если её успели изменить, ответ — 409 с current и conflicts.",
            "schema": {"type": "string", "pattern": "^(\\*|(W/)?\"?[0-9]{1,9}\"?)$"},
        }));
        self.failures.push(409);
        self
    }

    /// The group it stands in.
    pub(crate) fn group(&self) -> &'static str {
        self.group
    }

    /// The types that it speaks of.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &(String, Value)> {
        self.schemas.iter()
    }

    /// The operation object; `is_open`: without a token.
    pub(crate) fn operation(&self, method: &str, path: &str, is_open: bool) -> Value {
        let id = self.id.map(|kind| {
            let schema = match kind {
                IdKind::Uuid => json!({"type": "string", "format": "uuid"}),
                IdKind::Number => json!({"type": "integer", "format": "int64", "minimum": 1}),
            };
            json!({"name": "id", "in": "path", "required": true, "schema": schema})
        });
        let parameters: Vec<Value> = id.into_iter().chain(self.parameters.iter().cloned()).collect();
        let words: Vec<&str> = path
            .split(['/', '{', '}'])
            .filter(|word| !word.is_empty() && *word != "api")
            .collect();
        let mut operation = json!({
            "tags": [self.group],
            "summary": self.summary,
            "operationId": format!("{}_{}", method.to_lowercase(), words.join("_").replace('-', "_")),
            "parameters": parameters,
            "responses": self.responses(is_open),
            "security": if is_open { json!([]) } else { json!([{"bearer": []}]) },
        });
        if let Some(body) = &self.body {
            let content = json!({"application/json": {"schema": body}});
            operation["requestBody"] = json!({"required": true, "content": content});
        }
        operation
    }

    fn responses(&self, is_open: bool) -> Value {
        let mut responses = Map::new();
        let (status, schema) = &self.answer;
        let mut good = json!({"description": described(*status)});
        if let Some(schema) = schema {
            good["content"] = json!({"application/json": {"schema": schema}});
        }
        responses.insert(status.to_string(), good);
        if let Some(meaning) = self.nothing {
            responses.insert("204".to_owned(), json!({"description": meaning}));
        }
        let of_body = if self.body.is_some() { &[413, 415][..] } else { &[] };
        let guarded = if is_open { &[][..] } else { &[401, 403] };
        let all = [400, 408, 429, 503]
            .iter()
            .chain(of_body)
            .chain(guarded)
            .chain(&self.failures);
        for status in all {
            let schema = match status {
                400 => "Invalid",
                409 => "Conflict",
                _ => "Failure",
            };
            let content = json!({"application/json": {"schema": reference(schema)}});
            let failure = json!({"description": described(*status), "content": content});
            responses.insert(status.to_string(), failure);
        }
        Value::Object(responses)
    }
}

/// A parameter without a value is none, as in Django REST framework: forms send their empty fields too.
fn or_empty(mut parameter: Value) -> Value {
    let schema = parameter["schema"].take();
    let is_text = schema["format"].is_null() && schema["type"].to_string().contains("string");
    parameter["schema"] = if is_text || parameter["required"] == true {
        schema
    } else {
        json!({"anyOf": [schema, {"type": "string", "maxLength": 0}]})
    };
    parameter
}

/// Postgres keeps no NUL in a text: bodies with one are refused, and the contract says so.
fn keep_nul_out(schema: &mut Value) {
    let is_text = match &schema["type"] {
        Value::String(kind) => kind == "string",
        Value::Array(kinds) => kinds.contains(&json!("string")),
        _ => false,
    };
    let is_free = ["format", "enum", "pattern"]
        .iter()
        .all(|key| schema.get(key).is_none());
    if is_text && is_free {
        schema["pattern"] = json!("^[^\\u0000]*$");
    }
    for key in ["properties", "items", "oneOf", "allOf"] {
        match schema.get_mut(key) {
            Some(Value::Object(inner)) if key == "properties" => inner.values_mut().for_each(keep_nul_out),
            Some(Value::Array(inner)) => inner.iter_mut().for_each(keep_nul_out),
            Some(inner @ Value::Object(_)) => keep_nul_out(inner),
            _ => (),
        }
    }
}

/// What a status means, for people.
fn described(status: u16) -> &'static str {
    match status {
        200 => "Готово",
        201 => "Создано",
        204 => "Удалено",
        400 => "Запрос с ошибкой: что не так, сказано у поля",
        401 => "Нет действующего ключа",
        403 => "Прав не хватает: сказано, у кого они есть",
        404 => "Такой записи нет",
        408 => "Не уложились во время",
        409 => "Кто-то успел раньше или такая запись уже есть",
        413 => "Тело запроса слишком большое",
        415 => "Тело запроса не application/json",
        423 => "Вход закрыт: слишком много неверных попыток",
        429 => "Слишком часто: через сколько секунд повторить, сказано в Retry-After",
        _ => "Сервис временно недоступен",
    }
}
