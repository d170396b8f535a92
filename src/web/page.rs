//! Templates and redirects as responses.

use anyhow::Context as _;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;

use super::Html;
use super::flash::Flash;

/// A rendered page, 200.
pub(crate) fn page(template: &impl Template) -> Html {
    page_with(StatusCode::OK, template)
}

/// A rendered page with another status, such as 422 for a refused form.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Html {
    let body = template.render().context("a template failed")?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
}

/// A piece of a page for htmx, 200.
pub(crate) fn fragment(template: &impl Template) -> Html {
    page_with(StatusCode::OK, template)
}

/// 303 to one of our own paths.
pub(crate) fn see_other(path: &str) -> Html {
    let value = HeaderValue::from_str(path).context("a redirect to an unprintable path")?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response())
}

/// [`see_other`] with a word on top of the next page.
pub(crate) fn see_other_with(path: &str, flash: &Flash) -> Html {
    let mut response = see_other(path)?;
    if let Some(cookie) = flash.set_cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
