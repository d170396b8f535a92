//! A file arrives.

use axum::extract::State;
use axum::extract::multipart::{Field, Multipart};
use axum::http::StatusCode;

use super::MOST_BYTES;
use super::index::{Typed, draw};
use crate::app::App;
use crate::error::{Error, Result};
use crate::task_import::actions;
use crate::task_import::model::Options;
use crate::values::time;
use crate::web::{Html, UploadForm, Viewer, see_other};

/// The longest ordinary field, and the longest name of a file.
const LONGEST_FIELD: usize = 255;

const TOO_LARGE: &str = "Файл больше 20 МБ.";
const CUT_SHORT: &str = "Файл не дошёл целиком. Выберите его ещё раз.";

/// What was sent.
#[derive(Default)]
struct Upload {
    typed: Typed,
    file_name: String,
    bytes: Vec<u8>,
}

/// `POST /settings/import/tasks/`: reads a file and shows what it would bring.
pub(super) async fn create(State(app): State<App>, viewer: Viewer, UploadForm(mut body): UploadForm) -> Html {
    let actor = viewer.actor()?;
    let mut upload = Upload::default();
    let received = match read(&mut body, &mut upload).await {
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
async fn read(body: &mut Multipart, upload: &mut Upload) -> Result<(), &'static str> {
    while let Some(field) = body.next_field().await.map_err(|error| sentence(error.status()))? {
        match field.name().unwrap_or_default() {
            "time_zone" => upload.typed.zone = Some(text(field).await?),
            "only_linked" => upload.typed.only_linked = !text(field).await?.is_empty(),
            "file" => {
                let name = field.file_name().unwrap_or_default();
                // Some browsers send the whole path.
                let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
                upload.file_name = name.chars().filter(|c| !c.is_control()).take(LONGEST_FIELD).collect();
                upload.bytes = bytes(field, MOST_BYTES).await?;
            }
            _ => (),
        }
    }
    Ok(())
}

async fn text(field: Field<'_>) -> Result<String, &'static str> {
    Ok(String::from_utf8_lossy(&bytes(field, LONGEST_FIELD).await?).into_owned())
}

async fn bytes(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| sentence(error.status()))? {
        if bytes.len() + piece.len() > most {
            return Err(TOO_LARGE);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn sentence(status: StatusCode) -> &'static str {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        TOO_LARGE
    } else {
        CUT_SHORT
    }
}
