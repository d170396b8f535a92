//! `/calendar/<token>.ics`: what calendars read.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::calendar::actions;
use crate::error::Error;
use crate::values::Origin;
use crate::web::{Html, Path};

/// `GET /calendar/<token>.ics`
pub(super) async fn show(State(app): State<App>, origin: Origin, headers: HeaderMap, Path(name): Path<String>) -> Html {
    let token = name.strip_suffix(".ics").ok_or(Error::NotFound)?;
    let calendar = actions::read(&app, token, &origin).await?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&calendar)[..16]));
    let mut kept = HeaderMap::new();
    kept.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(anyhow::Error::from)?);
    // A calendar program may keep it and has to ask whether it is still the same; nobody between may keep it.
    kept.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    kept.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/calendar; charset=utf-8"),
    );
    kept.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline; filename=\"tasks.ics\""),
    );
    Ok((StatusCode::OK, kept, calendar).into_response())
}

/// Whether whoever asks has this very version. A proxy that packs answers makes tags weak.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
