//! Errors as pages: one place that knows their status, their words and their log line.

use std::sync::Arc;

use askama::Template as _;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::layout::{Layout, Section, Viewer};
use crate::api::bare_failure;
use crate::app::App;
use crate::error::Error;
use crate::policy;

/// Wraps any error of an action for a page handler.
#[derive(Debug)]
pub(crate) struct HtmlError(pub(crate) Error);

impl<E: Into<Error>> From<E> for HtmlError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for HtmlError {
    fn into_response(self) -> Response {
        Failure::from(self.0).into_response()
    }
}

/// What the visitor is told, and what only the log is told. [`render_failures`] makes the page.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    title: String,
    text: String,
    cause: Option<Arc<anyhow::Error>>,
    retry_after: Option<u64>,
}

impl Failure {
    fn new(status: StatusCode, title: &str, text: impl Into<String>) -> Self {
        Self {
            status,
            title: title.to_owned(),
            text: text.into(),
            cause: None,
            retry_after: None,
        }
    }

    /// A form without our token.
    pub(crate) fn foreign_form() -> Self {
        let text = "Страница устарела или была открыта до входа. Вернитесь назад, обновите страницу и отправьте форму \
                    ещё раз: введённое сохранится в браузере.";
        Self::new(StatusCode::FORBIDDEN, "Форма не принята", text)
    }

    /// More cards were opened than one person may; `seconds` until new ones open again.
    pub(crate) fn enough_read(text: String, seconds: u64) -> Self {
        let mut failure = Self::new(StatusCode::TOO_MANY_REQUESTS, "Вы открыли очень много карточек", text);
        failure.retry_after = Some(seconds);
        failure
    }

    /// A body over the limit.
    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Слишком много данных",
            "Форма больше 1 МБ: сократите текст.",
        )
    }

    /// A body that stopped in its middle.
    pub(crate) fn cut_off() -> Self {
        let text = "Форма не дошла до сервера целиком. Проверьте связь, вернитесь назад и отправьте ещё раз.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "Связь прервалась", text)
    }

    /// A query or a body that is not what the page sends.
    pub(crate) fn unreadable() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Непонятный запрос",
            "В адресе или в форме ошибка. Вернитесь и повторите.",
        )
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(
                StatusCode::NOT_FOUND,
                "Страница не найдена",
                "Возможно, запись удалили или в адресе опечатка.",
            ),
            Error::Denied(action) => Self::new(StatusCode::FORBIDDEN, "Недостаточно прав", policy::who_may(action)),
            Error::Invalid(errors) => {
                let text = errors.sentences().collect::<Vec<_>>().join(" ");
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Проверьте введённое", text)
            }
            Error::Conflict(sentence) => Self::new(StatusCode::CONFLICT, "Запись уже изменили", sentence),
            Error::TooMany(seconds) => {
                let text = format!("Слишком много попыток. Подождите {seconds} с и попробуйте снова.");
                let mut failure = Self::new(StatusCode::TOO_MANY_REQUESTS, "Слишком часто", text);
                failure.retry_after = Some(seconds);
                failure
            }
            Error::Unavailable(cause) => {
                let text = "База данных сейчас не отвечает. Обновите страницу через несколько секунд: введённое не \
                            потеряется, если вы вернётесь назад.";
                let mut failure = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Сервис временно недоступен", text);
                failure.cause = Some(Arc::new(anyhow::Error::msg(cause)));
                failure.retry_after = Some(5);
                failure
            }
            Error::StoreUnavailable(cause) => {
                let text = "Хранилище файлов сейчас не отвечает. Попробуйте ещё раз через минуту; если не поможет, \
                            сообщите администратору.";
                let mut failure = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Файлы временно недоступны", text);
                failure.cause = Some(Arc::new(anyhow::Error::msg(cause)));
                failure.retry_after = Some(60);
                failure
            }
            Error::Unexpected(cause) => {
                let text = "Мы записали ошибку в журнал. Попробуйте ещё раз, а если не поможет, сообщите администратору \
                            номер запроса.";
                let mut failure = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Что-то пошло не так", text);
                failure.cause = Some(Arc::new(cause));
                failure
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// For a signed-in person, inside the frame, so that the menu stays at hand.
#[derive(askama::Template)]
#[template(path = "errors/framed.html")]
struct FramedErrorPage {
    layout: Layout,
    code: u16,
    title: String,
    text: String,
    request_id: String,
}

/// For everybody else.
#[derive(askama::Template)]
#[template(path = "errors/error.html")]
struct ErrorPage {
    layout: Layout,
    code: u16,
    title: String,
    text: String,
    request_id: String,
}

/// Middleware: gives failures, and bare 404s and 405s of the router, their page; logs causes once.
pub(crate) async fn render_failures(State(app): State<App>, request: Request, next: Next) -> Response {
    let request_id = super::layers::request_id(request.headers());
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let Some(failure) = failure_of(&mut response) else {
        return response;
    };
    if let Some(cause) = &failure.cause {
        tracing::error!(
            status = failure.status.as_u16(),
            cause = format!("{cause:#}"),
            "request failed"
        );
    }
    if is_api {
        return bare_failure(failure.status, &failure.text, failure.retry_after);
    }
    let code = failure.status.as_u16();
    let body = match response.extensions_mut().remove::<Viewer>() {
        Some(viewer) if viewer.actor.is_some() => {
            let layout = viewer.layout(Section::None);
            FramedErrorPage {
                layout,
                code,
                title: failure.title,
                text: failure.text,
                request_id,
            }
            .render()
        }
        _ => {
            let layout = Viewer::anonymous(&app, "").layout(Section::None);
            ErrorPage {
                layout,
                code,
                title: failure.title,
                text: failure.text,
                request_id,
            }
            .render()
        }
    };
    let body = body.unwrap_or_else(|_| "Ошибка".to_owned());
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Response::from_parts(parts, body.into())
}

/// The failure that a response carries, or that its bare status says.
fn failure_of(response: &mut Response) -> Option<Failure> {
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        return Some(failure);
    }
    let status = response.status();
    match status {
        StatusCode::NOT_FOUND if !has_body(response) => Some(Error::NotFound.into()),
        StatusCode::METHOD_NOT_ALLOWED if !has_body(response) => {
            Some(Failure::new(status, "Так нельзя", "Эта страница открывается иначе."))
        }
        StatusCode::REQUEST_TIMEOUT => Some(Failure::new(
            status,
            "Слишком долго",
            "Запрос не уложился в отведённое время.",
        )),
        _ => None,
    }
}

fn has_body(response: &Response) -> bool {
    response.headers().contains_key(header::CONTENT_TYPE)
}
