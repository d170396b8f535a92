//! `/settings/phones/app/`: versions of the app, for administrators; and where people get the current one.

use std::fs::File;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::app::App;
use crate::error::{Error, FieldErrors, Result};
use crate::phones::actions;
use crate::phones::model::{MOST_APP_BYTES, Release};
use crate::phones::paths;
use crate::values::{text, time};
use crate::web::{Html, Layout, Path, Section, UploadForm, Viewer, flash, page_with, see_other_with};

#[derive(Template)]
#[template(path = "phones/apps.html")]
struct AppsPage {
    layout: Layout,
    rows: Vec<Row>,
    most: String,
    errors: FieldErrors,
}

struct Row {
    title: String,
    tone: &'static str,
    state: &'static str,
    package: String,
    size: String,
    sha256: String,
    uploaded: String,
    /// Empty: it is not offered.
    download: String,
    /// Empty: it is offered no more.
    withdraw: String,
    bring_back: String,
}

fn row(release: Release, viewer: &Viewer, is_current: bool) -> Row {
    let (tone, state) = match (release.withdrawn_at, is_current) {
        (Some(_), _) => ("danger", "отозвана"),
        (None, true) => ("done", "текущая"),
        (None, false) => ("neutral", "прежняя"),
    };
    let is_offered = release.withdrawn_at.is_none();
    let only = |is: bool, address: String| if is { address } else { String::new() };
    Row {
        title: release.title(),
        tone,
        state,
        size: text::size(release.size),
        uploaded: {
            let by = release.uploaded_by.unwrap_or_default();
            format!("{} {by}", time::date_time(release.uploaded_at, viewer.zone))
                .trim()
                .to_owned()
        },
        package: release.package,
        sha256: release.sha256,
        download: only(is_offered, paths::download(release.id)),
        withdraw: only(is_offered, paths::withdraw(release.id)),
        bring_back: only(!is_offered, paths::bring_back(release.id)),
    }
}

async fn draw(app: &App, viewer: &Viewer, (status, errors): (StatusCode, FieldErrors)) -> Html {
    let releases = actions::releases(app, &viewer.actor()?).await?;
    let current = releases.iter().find(|release| release.withdrawn_at.is_none());
    let current = current.map(|release| release.id);
    let rows = releases.into_iter().map(|release| {
        let is_current = current == Some(release.id);
        row(release, viewer, is_current)
    });
    let page = AppsPage {
        layout: viewer.layout(Section::Settings),
        rows: rows.collect(),
        most: actions::most_app_bytes(),
        errors,
    };
    page_with(status, &page)
}

/// `GET /settings/phones/app/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer) -> Html {
    draw(&app, &viewer, (StatusCode::OK, FieldErrors::default())).await
}

/// `POST /settings/phones/app/`: a version comes.
pub(super) async fn create(State(app): State<App>, viewer: Viewer, UploadForm(mut body): UploadForm) -> Html {
    let actor = viewer.actor()?;
    let taken = match receive(&mut body).await {
        Ok(file) => actions::take_in(&app, &actor, file).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(release) => see_other_with(
            paths::APP,
            &flash("success", format!("Версия {} загружена.", release.title())),
        ),
        Err(Error::Invalid(errors)) => draw(&app, &viewer, (StatusCode::UNPROCESSABLE_ENTITY, errors)).await,
        Err(error) => Err(error.into()),
    }
}

/// The file of the form, in a file without a name: it may be larger than memory should be.
async fn receive(body: &mut Multipart) -> Result<File> {
    while let Some(field) = body.next_field().await.map_err(|error| cut(&error))? {
        if field.name() == Some("file") && field.file_name().is_some_and(|name| !name.is_empty()) {
            return keep(field).await;
        }
    }
    Err(Error::field("file", "Выберите файл приложения."))
}

async fn keep(mut field: Field<'_>) -> Result<File> {
    let mut file = tokio::fs::File::from_std(tempfile::tempfile().map_err(anyhow::Error::from)?);
    let mut size = 0;
    loop {
        let Some(piece) = field.chunk().await.map_err(|error| cut(&error))? else {
            break;
        };
        size += piece.len();
        if size <= MOST_APP_BYTES {
            file.write_all(&piece).await.map_err(anyhow::Error::from)?;
        }
        // What is over is read to its end, so that the browser hears the answer.
    }
    if size > MOST_APP_BYTES {
        return Err(too_large());
    }
    file.flush().await.map_err(anyhow::Error::from)?;
    Ok(file.into_std().await)
}

/// Why the body ended before its end.
fn cut(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Error::field("file", "Файл не дошёл целиком. Проверьте связь и выберите его ещё раз.")
}

fn too_large() -> Error {
    let most = actions::most_app_bytes();
    Error::field("file", format!("Файл слишком большой: принимается не больше {most}."))
}

/// `POST /settings/phones/app/<id>/withdraw/`
pub(super) async fn withdraw(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    let release = actions::withdraw(&app, &viewer.actor()?, id).await?;
    let words = format!(
        "Версия {} отозвана. Вернуть её можно в течение 30 дней.",
        release.title()
    );
    see_other_with(paths::APP, &flash("success", words))
}

/// `POST /settings/phones/app/<id>/bring-back/`
pub(super) async fn bring_back(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    let word = match actions::bring_back(&app, &viewer.actor()?, id).await {
        Ok(release) => flash("success", format!("Версия {} снова раздаётся.", release.title())),
        Err(Error::Conflict(sentence)) => flash("error", sentence),
        Err(Error::Invalid(errors)) => flash("error", errors.sentences().collect::<Vec<_>>().join(" ")),
        Err(error) => return Err(error.into()),
    };
    see_other_with(paths::APP, &word)
}

/// `GET /mobile-app/download/<id>/`: for whoever has signed in.
pub(super) async fn download(State(app): State<App>, Path(id): Path<Uuid>) -> Html {
    send(&app, id).await
}

/// `GET /mobile-app/get/<link>/`: for a phone's browser that nobody has signed in with, within the hour.
pub(super) async fn get(State(app): State<App>, Path(link): Path<String>) -> Html {
    let id = actions::read_link(&app, &link)?;
    send(&app, id).await
}

async fn send(app: &App, id: Uuid) -> Html {
    let (release, reading) = actions::open_release(app, id).await?;
    let name: String = release
        .version_name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let name = format!("attachment; filename=\"crm-profi-{name}-{}.apk\"", release.version_code);
    let mut response = Response::new(Body::from_stream(reading.pieces));
    let about = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(anyhow::Error::from);
    about.insert(header::CONTENT_LENGTH, HeaderValue::from(reading.size));
    about.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/vnd.android.package-archive"),
    );
    about.insert(header::CONTENT_DISPOSITION, value(&name)?);
    about.insert(header::ETAG, value(&format!("\"{}\"", release.sha256))?);
    about.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}
