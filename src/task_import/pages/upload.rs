//! A file arrives.

use axum::extract::State;
use axum::http::StatusCode;

use super::MOST_BYTES;
use super::index::{Typed, draw};
use crate::app::App;
use crate::error::{Error, Result};
use crate::task_import::actions;
use crate::task_import::model::Options;
use crate::values::time;
use crate::web::{Html, TableForm, UploadForm, Viewer, see_other};

const TOO_LARGE: &str = "Файл больше 20 МБ.";

/// What was sent.
#[derive(Default)]
struct Upload {
    typed: Typed,
    file_name: String,
    bytes: Vec<u8>,
}

/// `POST /settings/import/tasks/`: reads a file and shows what it would bring.
pub(super) async fn create(State(app): State<App>, viewer: Viewer, body: UploadForm) -> Html {
    let actor = viewer.actor()?;
    let mut upload = Upload::default();
    let received = match read(body, &mut upload).await {
        Ok(()) => receive(&app, &actor, &upload).await,
        Err(sentence) => Err(Error::field("file", sentence)),
    };
    match received {
        Ok(path) => see_other(&path),
        Err(Error::Invalid(errors)) => draw(&viewer, StatusCode::UNPROCESSABLE_ENTITY, errors, &upload.typed),
        Err(error) => Err(error.into()),
    }
}

async fn receive(app: &App, actor: &crate::policy::Actor, upload: &Upload) -> Result<String> {
    if upload.bytes.is_empty() {
        return Err(Error::field("file", "Выберите файл."));
    }
    let zone = time::zone(upload.typed.zone.as_deref().unwrap_or_default());
    let options = Options {
        only_linked: upload.typed.only_linked,
        zone: zone
            .ok_or_else(|| Error::field("time_zone", "Выберите часовой пояс."))?
            .name()
            .to_owned(),
    };
    actions::receive(app, actor, (upload.file_name.clone(), &upload.bytes), options).await
}

/// Reads the other parts; the error is a sentence about the file.
async fn read(body: UploadForm, upload: &mut Upload) -> Result<(), &'static str> {
    let mut form = TableForm::new(body, MOST_BYTES, TOO_LARGE);
    while let Some(part) = form.next().await? {
        match part.name() {
            "time_zone" => upload.typed.zone = Some(part.text().await?),
            "only_linked" => upload.typed.only_linked = !part.text().await?.is_empty(),
            "file" => (upload.file_name, upload.bytes) = part.file().await?,
            _ => (),
        }
    }
    Ok(())
}
