//! Bodies and errors of the API.

use axum::body::Body as AxumBody;
use axum::extract::{FromRequest as _, Request};
use axum::http::header;
use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, Body};
use crate::error::{Error, FieldErrors};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by serde only")]
struct Wanted {
    name: String,
    #[serde(default)]
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by serde only")]
struct Row {
    value: String,
}

async fn answer(error: ApiError) -> (u16, Value) {
    let response = error.into_response();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

async fn read(kind: &str, body: &str) -> (u16, Value) {
    let request = Request::builder().header(header::CONTENT_TYPE, kind);
    let request = request.body(AxumBody::from(body.to_owned())).unwrap();
    match Body::<Wanted>::from_request(request, &()).await {
        Ok(_) => (200, Value::Null),
        Err(error) => answer(error).await,
    }
}

#[tokio::test]
async fn a_body_is_refused_at_the_field_that_is_wrong() {
    let json_kind = "application/json; charset=utf-8";
    for good in [r#"{"name":"а"}"#, r#"{"name":"с косой чертой \\u0000"}"#] {
        assert_eq!(read(json_kind, good).await.0, 200);
    }
    for (body, expected) in [
        (r"{}", json!({"name": ["This field is required."]})),
        (r#"{"name":"а","nmae":1}"#, json!({"nmae": ["Такого поля нет."]})),
        (
            r#"{"name":5}"#,
            json!({"name": ["Значение другого вида, чем ожидается."]}),
        ),
        (
            r#"{"name":"а","rows":[{"value":"б"},{"valeu":"в"}]}"#,
            json!({"rows[1].valeu": ["Такого поля нет."]}),
        ),
        (
            r#"{"name":"а","rows":[{"value":"б\u0000"}]}"#,
            json!({"rows[0].value": ["В тексте есть знак с кодом 0. Уберите его."]}),
        ),
        (r#"{"name":"#, json!({"detail": "JSON с ошибкой: строка 1, знак 8."})),
        (r#"{"name":"а"} {}"#, json!({"detail": "После JSON есть лишние знаки."})),
    ] {
        assert_eq!(read(json_kind, body).await, (400, expected), "{body}");
    }
    assert_eq!(read("text/plain", r#"{"name":"а"}"#).await.0, 415);
}

#[tokio::test]
async fn errors_have_the_shapes_of_rest_framework() {
    let mut errors = FieldErrors::default();
    errors.add("", "Всё не так.");
    errors.add("inn", "Не ИНН.");
    let both = json!({"inn": ["Не ИНН."], "non_field_errors": ["Всё не так."]});
    assert_eq!(answer(Error::Invalid(errors).into()).await, (400, both));
    assert_eq!(
        answer(Error::NotFound.into()).await,
        (404, json!({"detail": "Не найдено."}))
    );
    let response = ApiError::from(Error::TooMany(7)).into_response();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
}
