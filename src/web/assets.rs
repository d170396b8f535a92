//! Styles, scripts and icons out of the binary, under addresses that change with their content.

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use super::extract::Path;
use super::routes::{Guard, Routes};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Addresses that templates print.
pub(crate) struct Assets {
    /// The one style sheet.
    pub(crate) css: String,
    /// The entry module.
    pub(crate) js: String,
    /// htmx.
    pub(crate) htmx: String,
    /// The icon sprite.
    pub(crate) icons: String,
    /// The favicon.
    pub(crate) favicon: String,
}

struct Bundle {
    hash: String,
    css: String,
    urls: Assets,
}

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let mut digest = Sha256::new();
    let mut css = String::new();
    for name in &names {
        let Some(file) = Files::get(name) else { continue };
        digest.update(name.as_bytes());
        digest.update(&file.data);
        if name.starts_with("css/") {
            css.push_str(&String::from_utf8_lossy(&file.data));
            css.push('\n');
        }
    }
    let hash = hex::encode(&digest.finalize()[..6]);
    let url = |path: &str| format!("/static/{hash}/{path}");
    let urls = Assets {
        css: url("app.css"),
        js: url("js/app.js"),
        htmx: url("vendor/htmx.min.js"),
        icons: url("icons.svg"),
        favicon: url("favicon.svg"),
    };
    Bundle { hash, css, urls }
});

/// Addresses of the present assets.
pub(crate) fn urls() -> &'static Assets {
    &BUNDLE.urls
}

/// `/static/…` and the favicon.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/static/{hash}/{*path}", Guard::Public, show)
        .get("/favicon.ico", Guard::Public, favicon)
        .get("/robots.txt", Guard::Public, robots)
}

async fn show(Path((hash, path)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let (body, kind) = if path == "app.css" {
        (BUNDLE.css.clone().into_bytes(), "text/css; charset=utf-8")
    } else if let Some(file) = Files::get(&path) {
        (file.data.into_owned(), content_type(&path))
    } else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", BUNDLE.hash);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == etag.as_bytes())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    // A page of an older binary may ask for an older hash: it gets today's file, for a moment only.
    let cache = if hash == BUNDLE.hash {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, cache),
        (header::ETAG, etag.as_str()),
    ];
    (headers, body).into_response()
}

async fn favicon() -> Response {
    (
        StatusCode::PERMANENT_REDIRECT,
        [(header::LOCATION, urls().favicon.as_str())],
    )
        .into_response()
}

async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "css" => "text/css; charset=utf-8",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}
