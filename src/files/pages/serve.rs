//! Bytes go out: as an attachment that no browser opens as a page of ours, or as a bitmap.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::error::Error;
use crate::files::kinds::is_picture;
use crate::files::model::StoredFile;
use crate::files::{actions, paths};
use crate::values::FileId;
use crate::web::{Html, Path, Viewer};

/// Whatever the bytes are, they are no page of ours: no scripts, no forms, an origin of their own.
const CSP: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// `GET /files/{id}/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<FileId>, headers: HeaderMap) -> Html {
    answer(&app, &viewer, id, &headers, false).await
}

/// `GET /files/{id}/view/`
pub(super) async fn view(State(app): State<App>, viewer: Viewer, Path(id): Path<FileId>, headers: HeaderMap) -> Html {
    answer(&app, &viewer, id, &headers, true).await
}

async fn answer(app: &App, viewer: &Viewer, id: FileId, headers: &HeaderMap, is_shown: bool) -> Html {
    let (file, reading) = actions::open(app, &viewer.actor()?, id).await?;
    if is_shown && !is_picture(&file.content_type) {
        return Err(Error::NotFound.into());
    }
    // Rights are asked for each time, bytes are sent once: those of an id never change.
    let etag = format!("\"{}\"", file.sha256);
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from_stream(reading.pieces));
        let about = response.headers_mut();
        about.insert(header::CONTENT_LENGTH, HeaderValue::from(reading.size));
        about.insert(header::CONTENT_TYPE, value(&file.content_type)?);
        about.insert(header::CONTENT_DISPOSITION, value(&disposition(&file, is_shown))?);
        response
    };
    let about = response.headers_mut();
    about.insert(header::ETAG, value(&etag)?);
    about.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    about.insert(HeaderName::from_static("content-security-policy"), CSP);
    Ok(response)
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(text);
    value.map_err(|error| Error::Unexpected(anyhow::Error::new(error).context("an unprintable header of a file")))
}

/// RFC 6266: a name for the oldest programs, and the real one as RFC 5987 has it.
fn disposition(file: &StoredFile, is_shown: bool) -> String {
    let how = if is_shown { "inline" } else { "attachment" };
    let plain: String = file
        .name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._- ()".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let coded: String = file.name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
        out
    });
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

/// Where a file is fetched.
pub(crate) fn href(file: &StoredFile) -> String {
    paths::show(file.id)
}

/// Where a page shows a file and where it fetches it.
pub(super) fn addresses(file: &StoredFile) -> (String, Option<String>) {
    let view = is_picture(&file.content_type).then(|| paths::view(file.id));
    (paths::show(file.id), view)
}
