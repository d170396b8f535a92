//! A form with files, or without them, as it was sent: fields, and files that already lie in the store.

use axum::body::to_bytes;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::error::{Error, Result};
use crate::files::actions::{self, Receiver};
use crate::files::model::{MOST, StoredFile};
use crate::policy::Actor;
use crate::values::FileId;
use crate::web::{Failure, HtmlError, UploadForm, Viewer, csrf};

const TOO_LARGE: &str = "Файлы вместе больше, чем принимается за один раз. Отправьте их по частям.";
const CUT_SHORT: &str = "Файлы не дошли целиком. Проверьте связь и выберите их ещё раз.";
const STORE_SILENT: &str = "Файл не сохранён: хранилище не отвечает. Остальное цело, попробуйте ещё раз через минуту.";

/// The name of the field that holds files.
const FILE: &str = "file";
/// The name of the fields that hold ids of files sent before.
const KEPT: &str = "kept";

/// A form; both kinds of bodies that browsers send. An extractor for routes declared by `post_upload`.
#[derive(Default)]
pub(crate) struct Sent {
    fields: Vec<(String, String)>,
    /// Files of this form that wait for a holder: sent with it, or before it.
    pub(crate) files: Vec<StoredFile>,
    /// Sentences about files that were not taken.
    pub(crate) refused: Vec<String>,
}

impl Sent {
    /// The first value of a field; empty when there is none.
    pub(crate) fn get(&self, name: &'static str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of a field.
    pub(crate) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let found = self.fields.iter().filter(move |(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All fields in the order in which they were sent.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Finds the files that were sent before this form.
    async fn find_kept(&mut self, app: &App, actor: &Actor) -> Result<()> {
        let mut ids: Vec<FileId> = self.all(KEPT).filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let asked = ids.len();
        let mut conn = app.db.acquire().await?;
        let mut kept = actions::uploads(&mut conn, actor, &ids).await?;
        if kept.len() < asked {
            self.refused
                .push("Часть файлов ждала больше суток и удалена. Выберите их ещё раз.".to_owned());
        }
        kept.append(&mut self.files);
        self.files = kept;
        Ok(())
    }
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut parts, app).await;
        let viewer = viewer.map_err(HtmlError::into_response)?;
        let actor = viewer.actor().map_err(|error| HtmlError(error).into_response())?;
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let is_multipart = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let mut sent = if is_multipart {
            let request = Request::from_parts(parts, body);
            let UploadForm(body) = UploadForm::from_request(request, app)
                .await
                .map_err(IntoResponse::into_response)?;
            read(app, &actor, body).await?
        } else {
            // The token of such a body has been looked at on the way here.
            let bytes = to_bytes(body, csrf::FORM_LIMIT).await;
            let bytes = bytes.map_err(|_| Failure::too_large().into_response())?;
            Self {
                fields: form_urlencoded::parse(&bytes).into_owned().collect(),
                ..Self::default()
            }
        };
        let found = sent.find_kept(app, &actor).await;
        found.map_err(|error| HtmlError(error).into_response())?;
        Ok(sent)
    }
}

/// Reads all other parts of a form whose token has been seen.
async fn read(app: &App, actor: &Actor, mut body: Multipart) -> Result<Sent, Response> {
    let mut sent = Sent::default();
    let mut length = 0;
    loop {
        let field = match body.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok(sent),
            Err(error) => {
                sent.refused.push(sentence(&error).to_owned());
                return Ok(sent);
            }
        };
        let name = field.name().unwrap_or_default().to_owned();
        if name == FILE {
            take(app, actor, field, &mut sent)
                .await
                .map_err(|error| HtmlError(error).into_response())?;
            continue;
        }
        let Ok(value) = field.text().await else {
            return Err(Failure::cut_off().into_response());
        };
        length += value.len();
        if length > csrf::FORM_LIMIT {
            return Err(Failure::too_large().into_response());
        }
        sent.fields.push((name, value));
    }
}

/// Takes one file, or says why not; the rest of the form is read on.
async fn take(app: &App, actor: &Actor, mut field: Field<'_>, sent: &mut Sent) -> Result<()> {
    let name = field.file_name().unwrap_or_default().to_owned();
    // A field in which nothing was chosen comes without a name.
    if name.is_empty() {
        return Ok(());
    }
    let is_over = sent.files.len() + sent.all(KEPT).count() >= MOST;
    let begun = if is_over {
        Err(Error::field(
            FILE,
            format!("Можно приложить не больше {MOST} файлов: «{name}» не принят."),
        ))
    } else {
        Receiver::begin(app, actor, &name).await
    };
    let mut receiver = match begun {
        Ok(receiver) => Ok(receiver),
        Err(error) => Err(complain(error, sent)?),
    };
    // A file that is not taken is read to its end too, so that the browser hears the answer.
    loop {
        match field.chunk().await {
            Ok(Some(piece)) => {
                let Ok(open) = receiver.as_mut() else { continue };
                if let Err(error) = open.write(&piece).await {
                    receiver = Err(complain(error, sent)?);
                }
            }
            Ok(None) => break,
            Err(error) => {
                sent.refused.push(sentence(&error).to_owned());
                return Ok(());
            }
        }
    }
    if let Ok(receiver) = receiver {
        match receiver.finish().await {
            Ok(file) => sent.files.push(file),
            Err(error) => complain(error, sent)?,
        }
    }
    Ok(())
}

/// What is wrong with a file is a sentence; the form goes on without it.
fn complain(error: Error, sent: &mut Sent) -> Result<()> {
    match error {
        Error::Invalid(errors) => sent.refused.extend(errors.sentences().map(str::to_owned)),
        Error::StoreUnavailable(cause) => {
            tracing::error!(cause, "a file could not be stored");
            sent.refused.push(STORE_SILENT.to_owned());
        }
        other => return Err(other),
    }
    Ok(())
}

fn sentence(error: &MultipartError) -> &'static str {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        TOO_LARGE
    } else {
        CUT_SHORT
    }
}
