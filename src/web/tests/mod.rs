//! What every answer has, whoever gives it.

mod recurrence;

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, header};
use axum::routing::get;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::app::App;
use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[track_caller]
fn assert_guarded(what: &str, answer: &Answer) {
    for (name, value) in ALWAYS {
        assert_eq!(
            answer.headers.get(name).map(HeaderValue::as_bytes),
            Some(value.as_bytes()),
            "{what}: {name}"
        );
    }
    let csp = answer.headers["content-security-policy"].to_str().expect("a text");
    assert!(!csp.contains("unsafe"), "{what}: {csp}");
    for part in [
        "default-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(csp.contains(part), "{what}: {part}");
    }
    let id = answer.headers["x-request-id"].to_str().expect("a text");
    assert!(
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{what}: {id}"
    );
}

async fn signed_in(app: &TestApp) -> Client {
    app.person("petrov", Role::Manager, None).await;
    app.signed_in("petrov").await
}

/// The finished layers round routes that fail.
fn failing(app: &TestApp) -> Client {
    async fn boom() -> &'static str {
        panic!("пароль от сервера: 12345")
    }
    async fn slip() -> super::Html {
        Err(super::HtmlError(crate::error::Error::Unexpected(anyhow::anyhow!(
            "SELECT secret FROM users"
        ))))
    }
    let router = Router::new().route("/boom/", get(boom)).route("/slip/", get(slip));
    app.browser_of(super::finish(router, &app.app))
}

/// The whole program with a database that nobody answers for.
fn cut_off(app: &TestApp) -> Client {
    let time = Duration::from_secs(2);
    let nowhere = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(9)
        .username("crm")
        .database("crm");
    let db = PgPoolOptions::new().acquire_timeout(time).connect_lazy_with(nowhere);
    app.browser_of(crate::server::router(&App { db, ..app.app.clone() }))
}

#[tokio::test]
async fn every_kind_of_answer_carries_the_headers() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let asset = super::assets::urls().css.clone();
    let asked = [
        ("/companies/?all=1", 200),
        ("/", 200),
        ("/settings/", 403),
        ("/nowhere/", 404),
        ("/companies/new/?x=%FF", 200),
        ("/login/", 303),
        (asset.as_str(), 200),
        ("/static/0/none.css", 404),
        ("/favicon.ico", 308),
        ("/robots.txt", 200),
        ("/health/", 503),
        ("/health/live", 200),
        ("/companies/duplicates/?inn=7707083893", 200),
    ];
    for (path, status) in asked {
        let answer = browser.get(path).await;
        answer.expect(status);
        assert_guarded(path, &answer);
        let is_asset = path.starts_with("/static/");
        let is_stored = answer
            .headers
            .get(header::CACHE_CONTROL)
            .is_none_or(|value| value != "no-store");
        assert_eq!(is_stored, is_asset, "{path}: pages are never kept by a cache");
    }
    assert_guarded("refused form", browser.post("/companies/new/", &[]).await.expect(422));
    assert_guarded(
        "foreign form",
        browser.post_bare("/companies/new/", &[]).await.expect(403),
    );
    assert_guarded(
        "method",
        browser
            .send(Method::DELETE, "/companies/", Body::empty())
            .await
            .expect(405),
    );
    assert_guarded("panic", failing(&app).get("/boom/").await.expect(500));
}

#[tokio::test]
async fn a_request_id_from_outside_is_not_believed() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let forged = "0123456789abcdef0123456789abcdef";
    browser.headers.insert("x-request-id", HeaderValue::from_static(forged));
    let (one, two) = (browser.get("/nowhere/").await, browser.get("/nowhere/").await);
    assert_guarded("page", &one);
    assert_ne!(one.headers["x-request-id"], forged);
    assert_ne!(one.headers["x-request-id"], two.headers["x-request-id"]);
    assert!(!one.text.contains(forged));
}

#[tokio::test]
async fn unknown_paths_and_methods_have_russian_pages() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    for path in [
        "/nowhere/",
        "/companies/nowhere/",
        "/companies/7/edit/",
        "/static/0/../../Cargo.toml",
        "/%FF",
    ] {
        let page = browser.get(path).await;
        page.expect(404).expect_text("Страница не найдена");
        assert_eq!(page.headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
    }
    for (method, path) in [
        (Method::DELETE, "/companies/"),
        (Method::PUT, "/login/"),
        (Method::GET, "/logout/"),
    ] {
        browser
            .send(method, path, Body::empty())
            .await
            .expect(405)
            .expect_text("Эта страница открывается иначе");
    }
}

#[tokio::test]
async fn a_body_over_a_megabyte_is_refused_with_a_page() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.post("/companies/new/", &[("name", &"а".repeat(600_000))]).await;
    page.expect(413).expect_text("Форма больше 1 МБ");
    let token = browser.get("/account/password/").await.csrf();
    browser
        .headers
        .insert("x-csrf-token", HeaderValue::from_str(&token).expect("a token"));
    let page = browser
        .post_bare("/companies/new/", &[("name", &"а".repeat(600_000))])
        .await;
    page.expect(413).expect_text("Форма больше 1 МБ");
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_the_hash_of_their_content() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.get("/login/").await;
    let sheet = page.attribute("link[rel=stylesheet]", "href").expect("a style sheet");
    let answer = browser.get(&sheet).await;
    answer.expect(200);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert_eq!(
        answer.headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    browser
        .headers
        .insert(header::IF_NONE_MATCH, answer.headers[header::ETAG].clone());
    let again = browser.get(&sheet).await;
    again.expect(304);
    assert!(again.text.is_empty());
    browser.headers.remove(header::IF_NONE_MATCH);
    let hash = sheet.split('/').nth(2).expect("a hash");
    let old = browser.get(&sheet.replace(hash, "000000000000")).await;
    old.expect(200);
    assert_eq!(
        old.headers[header::CACHE_CONTROL],
        "no-cache",
        "an older address may not be kept"
    );
    for selector in ["script[src]", "link[href]", "img[src]"] {
        let name = if selector.contains("src") { "src" } else { "href" };
        if let Some(address) = page.attribute(selector, name) {
            browser.get(&address).await.expect(200);
        }
    }
}

#[tokio::test]
async fn scripts_are_served_as_scripts() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let urls = super::assets::urls();
    for (address, kind) in [
        (&urls.js, "text/javascript; charset=utf-8"),
        (&urls.htmx, "text/javascript; charset=utf-8"),
        (&urls.icons, "image/svg+xml"),
        (&urls.favicon, "image/svg+xml"),
    ] {
        let answer = browser.get(address).await;
        answer.expect(200);
        assert_eq!(answer.headers[header::CONTENT_TYPE], kind, "{address}");
    }
}

#[tokio::test]
async fn failures_are_pages_without_inner_details() {
    let app = TestApp::new().await;
    for path in ["/boom/", "/slip/"] {
        let page = failing(&app).get(path).await;
        page.expect(500).expect_text("Что-то пошло не так");
        for secret in ["12345", "пароль от", "SELECT", "panicked"] {
            assert!(!page.text.contains(secret), "{path} tells {secret}");
        }
        let id = page.headers["x-request-id"].to_str().expect("a text");
        assert!(
            page.text.contains(id),
            "the page names the request for the one who reads the log"
        );
    }
}

#[tokio::test]
async fn without_a_database_pages_answer_503_within_three_seconds() {
    let app = TestApp::new().await;
    let cookies = signed_in(&app).await;
    for path in ["/companies/", "/login/"] {
        let mut browser = cut_off(&app);
        browser.copy_cookies(&cookies);
        let started = Instant::now();
        let page = browser.get(path).await;
        let time = started.elapsed();
        page.expect(503).expect_text("База данных сейчас не отвечает");
        assert!(time < Duration::from_secs(3), "{path}: {time:?}");
        assert_eq!(page.headers[header::RETRY_AFTER], "5");
        assert_guarded(path, &page);
        for secret in ["127.0.0.1:9", "refused", "pool", "sqlx"] {
            assert!(!page.text.contains(secret), "{path} tells {secret}");
        }
    }
}

#[tokio::test]
async fn without_a_database_health_is_degraded_and_the_process_alive() {
    let app = TestApp::new().await;
    let mut browser = cut_off(&app);
    let started = Instant::now();
    let answer = browser.get("/health/").await;
    assert!(started.elapsed() < Duration::from_secs(3));
    answer.expect(503);
    let health: serde_json::Value = serde_json::from_str(&answer.text).expect("JSON");
    assert_eq!(health["status"], "degraded");
    assert_eq!(health["checks"]["database"], "failed");
    let keys: Vec<_> = health["checks"].as_object().expect("checks").keys().collect();
    assert_eq!(keys, ["database", "jobs", "migrations"]);
    assert!(
        !answer.text.contains("127.0.0.1") && !answer.text.contains("error"),
        "{}",
        answer.text
    );
    assert_guarded("health", &answer);
    assert_eq!(browser.get("/health/live").await.expect(200).text, r#"{"status":"ok"}"#);
}

#[tokio::test]
async fn health_is_well_while_the_jobs_live() {
    let app = TestApp::new().await;
    app.heartbeat.beat(app.now());
    app.browser().get("/health/").await.expect(200);
    app.pass(chrono::TimeDelta::seconds(61));
    let answer = app.browser().get("/health/").await;
    answer.expect(503);
    assert!(answer.text.contains(r#""jobs":"failed""#), "{}", answer.text);
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let token = browser.get("/companies/new/").await.csrf();
    let fields = [("csrf_token", token.as_str()), ("name", "Чужая воля")];
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        browser.headers.insert(name, HeaderValue::from_static(value));
        browser
            .post_bare("/companies/new/", &fields)
            .await
            .expect(403)
            .expect_text("Форма не принята");
        browser.headers.remove(name);
    }
    browser
        .post_bare("/companies/new/", &[("csrf_token", "x"), ("name", "А")])
        .await
        .expect(403);
    let mut other = app.browser();
    let anonymous = other.get("/login/").await.csrf();
    browser
        .post_bare("/companies/new/", &[("csrf_token", &anonymous), ("name", "А")])
        .await
        .expect(403);
    browser.post_bare("/companies/new/", &fields).await.expect_redirect();
}

#[tokio::test]
async fn a_form_that_is_cut_off_half_way_is_told_so() {
    let app = TestApp::new().await;
    let pieces = [Ok("username=maria&pass"), Err(std::io::Error::other("the line broke"))];
    let body = Body::from_stream(futures::stream::iter(pieces));
    let answer = app.browser().send(Method::POST, "/login/", body).await;
    answer.expect(408).expect_text("Форма не дошла до сервера целиком");
}
