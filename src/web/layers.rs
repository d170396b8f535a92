//! What every request passes: its id, its log line, limits and security headers.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use ipnet::IpNet;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::timeout::RequestBodyTimeoutLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use super::failure::HtmlError;
use crate::app::App;
use crate::error::Error;
use crate::metrics::Metrics;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                   frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";
/// The longest pause inside a body.
const BODY_PAUSE: Duration = Duration::from_secs(15);

/// The address at the other end of the connection; set by the accept loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Wraps the finished router; failures of the layers themselves get their page too.
pub(crate) fn finish(router: Router, app: &App) -> Router {
    router
        .layer(CatchPanicLayer::custom(|_| {
            HtmlError(Error::Unexpected(anyhow::anyhow!("a handler panicked"))).into_response()
        }))
        .layer(DefaultBodyLimit::max(super::csrf::FORM_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(from_fn_with_state(app.clone(), super::render_failures))
        // A page shrinks to a sixth at once; the best level takes as long as making the page for little more.
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(is_page)),
        )
        .layer(from_fn_with_state(app.metrics.clone(), observe))
}

/// Files that people sent, which alone bring a policy of their own, go out as they are: packed already, with their length.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key("content-security-policy")
}

/// Gives the request its id, logs and counts it once and sets the security headers.
async fn observe(State(metrics): State<Arc<Metrics>>, mut request: Request, next: Next) -> Response {
    // An id from outside could forge log lines: ours always.
    let id = Uuid::now_v7().simple().to_string();
    let id_value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"));
    request.headers_mut().insert(REQUEST_ID, id_value.clone());
    let span = tracing::info_span!("request", id);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let in_flight = metrics.enter();
    // Addresses of single records stay out of the log line's grouping by being only in the path, never the query.
    let path = request.uri().path().to_owned();
    let started = std::time::Instant::now();
    async move {
        let mut response = next.run(request).await;
        secure(&path, response.headers_mut());
        response.headers_mut().insert(REQUEST_ID, id_value);
        let took = started.elapsed();
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        drop(in_flight);
        metrics.answered(method.as_str(), route.as_ref().map(MatchedPath::as_str), status, took);
        if is_quiet(&path) {
            tracing::debug!(%method, path, status, ms, "answered");
        } else {
            tracing::info!(%method, path = without_secrets(&path), status, ms, "answered");
        }
        response
    }
    .instrument(span)
    .await
}

/// What is asked for all the time and says nothing: assets, whoever watches, phones that poll.
fn is_quiet(path: &str) -> bool {
    path.starts_with("/static/") || path.starts_with("/health") || path.ends_with("/phone/calls/pull/")
}

/// Paths that carry a secret are logged without it.
fn without_secrets(path: &str) -> &str {
    if path.starts_with("/setup/") {
        "/setup/…"
    } else if path.starts_with("/calendar/") {
        "/calendar/…"
    } else {
        path
    }
}

fn secure(path: &str, headers: &mut HeaderMap) {
    // A file that somebody sent has a stricter one of its own, and may be kept by the browser that asks again.
    headers
        .entry("content-security-policy")
        .or_insert(HeaderValue::from_static(CSP));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    headers.insert("referrer-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    );
    if !path.starts_with("/static/") {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
}

/// The id that [`observe`] gave.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// Whoever really asks: the last address in `X-Forwarded-For` that is not one of our proxies.
pub(crate) fn client_ip(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpNet]) -> String {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    // A socket for both kinds of addresses names an IPv4 one «::ffff:10.0.0.1».
    let Some(peer) = peer.map(|peer| peer.to_canonical()) else {
        return String::new();
    };
    if !is_proxy(&peer) {
        return peer.to_string();
    }
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let parts = forwarded
        .flat_map(|line| line.split(','))
        .filter_map(|part| part.trim().parse::<IpAddr>().ok());
    let addresses: Vec<IpAddr> = parts.map(|address| address.to_canonical()).collect();
    addresses
        .iter()
        .rev()
        .find(|address| !is_proxy(address))
        .unwrap_or(&peer)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_believed_however_the_socket_names_them_and_others_are_not() {
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().unwrap(),
            "198.51.100.1, 203.0.113.7".parse().unwrap(),
        )]);
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        let ip = |peer: &str| client_ip(Some(peer.parse().unwrap()), &headers, &proxies);
        assert_eq!(ip("10.1.2.3"), "203.0.113.7");
        assert_eq!(ip("::ffff:10.1.2.3"), "203.0.113.7");
        assert_eq!(ip("192.0.2.1"), "192.0.2.1");
    }
}
