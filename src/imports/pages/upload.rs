//! A file arrives.

use axum::extract::State;
use axum::http::StatusCode;

use super::index::{Typed, draw};
use crate::app::App;
use crate::error::{Error, FieldErrors, Result};
use crate::imports::drafts::{self, Received};
use crate::imports::options::{ImportOptions, KeyBy, OnKnown};
use crate::imports::reading::MOST_BYTES;
use crate::imports::run::Started;
use crate::imports::{actions, paths};
use crate::values::time;
use crate::web::{Html, TableForm, UploadForm, Viewer, see_other};

const TOO_LARGE: &str = "Файл больше 128 МБ. Разделите выгрузку на части.";
const NO_FILE: &str = "Выберите файл.";

/// What was sent.
#[derive(Default)]
struct Upload {
    typed: Typed,
    file_name: String,
    bytes: Vec<u8>,
}

/// `POST /settings/import/`: begins to check a file and shows how far that is.
pub(super) async fn create(State(app): State<App>, viewer: Viewer, body: UploadForm) -> Html {
    let actor = viewer.actor()?;
    let mut upload = Upload::default();
    let started = match read(body, &mut upload).await {
        Ok(()) => begin(&app, &actor, &mut upload).await,
        Err(sentence) => Err(Error::field("file", sentence)),
    };
    match started {
        Ok(path) => see_other(&path),
        Err(Error::Invalid(errors)) => refuse(&app, &viewer, errors, &upload.typed).await,
        Err(error) => Err(error.into()),
    }
}

async fn refuse(app: &App, viewer: &Viewer, errors: FieldErrors, typed: &Typed) -> Html {
    draw(app, viewer, StatusCode::UNPROCESSABLE_ENTITY, errors, typed).await
}

/// Reads the other parts; the error is a sentence about the file.
async fn read(body: UploadForm, upload: &mut Upload) -> Result<(), &'static str> {
    let mut form = TableForm::new(body, MOST_BYTES, TOO_LARGE);
    while let Some(part) = form.next().await? {
        match part.name() {
            "time_zone" => upload.typed.zone = Some(part.text().await?),
            "key" => upload.typed.key = KeyBy::from_code(&part.text().await?).unwrap_or_default(),
            "on_known" => upload.typed.on_known = OnKnown::from_code(&part.text().await?).unwrap_or_default(),
            "columns" => upload.typed.wants_columns = !part.text().await?.is_empty(),
            "file" => (upload.file_name, upload.bytes) = part.file().await?,
            _ => (),
        }
    }
    Ok(())
}

/// Begins the import, or lets the file wait for an explanation; answers where it is shown.
async fn begin(app: &App, actor: &crate::policy::Actor, upload: &mut Upload) -> Result<String> {
    if upload.file_name.is_empty() && upload.bytes.is_empty() {
        return Err(Error::field("file", NO_FILE));
    }
    let typed_zone = upload.typed.zone.as_deref().unwrap_or_default();
    let time_zone = time::zone(typed_zone).ok_or_else(|| Error::field("time_zone", "Выберите часовой пояс."))?;
    let options = ImportOptions {
        file_name: std::mem::take(&mut upload.file_name),
        is_dry_run: true,
        time_zone,
        mapping: None,
        key: upload.typed.key,
        on_known: upload.typed.on_known,
    };
    let bytes = std::mem::take(&mut upload.bytes);
    let received = drafts::receive(app, actor, bytes, options, upload.typed.wants_columns).await?;
    Ok(match received {
        Received::Begun(started) => work(app, *started),
        Received::Waits(draft) => paths::columns(draft),
    })
}

/// Leaves an import to work on its own; answers where it is shown.
pub(super) fn work(app: &App, started: Started) -> String {
    let path = paths::show(started.id());
    actions::in_background(app, started);
    path
}
