//! A browser without a screen: keeps cookies, sends forms with their tokens.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use scraper::{Html, Selector};
use tower::ServiceExt as _;

use crate::web::Peer;

/// Cookies and the router they are for.
pub(crate) struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub(crate) headers: HeaderMap,
}

impl Client {
    pub(super) fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            headers: HeaderMap::new(),
        }
    }

    /// Another window of the same browser, on another process.
    pub(crate) fn moved_to(&self, app: &super::TestApp) -> Self {
        let mut moved = app.browser();
        moved.copy_cookies(self);
        if let Some(token) = self.headers.get(header::AUTHORIZATION) {
            moved.headers.insert(header::AUTHORIZATION, token.clone());
        }
        moved
    }

    /// Is whoever `other` is.
    pub(crate) fn copy_cookies(&mut self, other: &Self) {
        self.cookies.clone_from(&other.cookies);
    }

    /// `GET`.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// `GET` as htmx asks for a fragment.
    pub(crate) async fn fragment(&mut self, path: &str) -> Answer {
        self.headers.insert("hx-request", "true".parse().expect("a value"));
        let answer = self.get(path).await;
        self.headers.remove("hx-request");
        answer
    }

    /// `POST` of these fields with the token of the first form on `page`.
    pub(crate) async fn post_from(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.csrf();
        let mut all = vec![("csrf_token", token.as_str())];
        all.extend_from_slice(fields);
        self.post_bare(path, &all).await
    }

    /// `POST` of these fields with a valid token, taken from the page of the own password.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from("/account/password/", path, fields).await
    }

    /// `POST` of a form with files: fields with a valid token first, then each file by its name and bytes.
    pub(crate) async fn post_files(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let token = self.get("/account/password/").await.csrf();
        let mut body = Vec::new();
        for (name, value) in std::iter::once(&("csrf_token", token.as_str())).chain(fields) {
            body.extend(
                format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        for (name, bytes) in files {
            let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
            // The browser's own word on the type, which nobody believes.
            body.extend(format!("--limit\r\n{head}\r\nContent-Type: text/html\r\n\r\n").bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--limit--\r\n");
        let kind = "multipart/form-data; boundary=limit".parse().expect("a value");
        self.headers.insert(header::CONTENT_TYPE, kind);
        let answer = self.send(Method::POST, path, Body::from(body)).await;
        self.headers.remove(header::CONTENT_TYPE);
        answer
    }

    /// `POST` of these fields and nothing else.
    pub(crate) async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(Method::POST, path, Body::from(body)).await
    }

    /// Signs in through the page.
    pub(crate) async fn sign_in(&mut self, username: &str, password: &str) -> Answer {
        self.post_from("/login/", "/login/", &[("username", username), ("password", password)])
            .await
    }

    /// A call of the API with a body of JSON; a token stands in [`Client::headers`].
    pub(crate) async fn call(&mut self, method: Method, path: &str, body: serde_json::Value) -> Answer {
        let kind = "application/json".parse().expect("a value");
        self.headers.insert(header::CONTENT_TYPE, kind);
        let answer = self.send(method, path, Body::from(body.to_string())).await;
        self.headers.remove(header::CONTENT_TYPE);
        answer
    }

    /// Sends this access token from now on.
    pub(crate) fn bear(&mut self, access: &str) {
        let value = format!("Bearer {access}").parse().expect("a value");
        self.headers.insert(header::AUTHORIZATION, value);
    }

    /// Any request; a body is a form unless [`Client::headers`] say otherwise.
    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Body) -> Answer {
        let asked = format!("{method} {path}");
        let (parts, body) = self.begin(method, path, body).await.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: bytes.to_vec(),
            text,
            asked,
        }
    }

    /// `GET` of an answer that has no end; what it says is read as it comes.
    pub(crate) async fn listen(&mut self, path: &str) -> Stream {
        let (parts, body) = self.begin(Method::GET, path, Body::empty()).await.into_parts();
        Stream {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn begin(&mut self, method: Method, path: &str, body: Body) -> Response {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::HOST, "127.0.0.1:8000");
        if method == Method::POST && !self.headers.contains_key(header::CONTENT_TYPE) {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).expect("a request");
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        request.extensions_mut().insert(Peer(([127, 0, 0, 1], 40_000).into()));
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().expect("a cookie"));
        }
        response
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').expect("a cookie has a value");
        if rest.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// An answer that goes on.
pub(crate) struct Stream {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Body,
}

impl Stream {
    /// What comes next; `None`: it has ended.
    ///
    /// Panics when nothing comes for ten seconds.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let next = tokio::time::timeout(std::time::Duration::from_secs(10), self.body.frame());
        let frame = next.await.expect("the stream is silent")?.expect("a frame");
        let data = frame.into_data().expect("data");
        Some(String::from_utf8_lossy(&data).into_owned())
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
    asked: String,
}

impl Answer {
    /// The token of the first form on the page.
    pub(crate) fn csrf(&self) -> String {
        self.attribute("input[name=csrf_token]", "value").unwrap_or_default()
    }

    /// An attribute of the first element that a CSS selector finds.
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let selector = Selector::parse(selector).expect("a selector");
        let page = Html::parse_document(&self.text);
        let element = page.select(&selector).next()?;
        element.value().attr(name).map(str::to_owned)
    }

    /// An attribute of all elements that a CSS selector finds and that have it.
    pub(crate) fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        let page = Html::parse_document(&self.text);
        let found = page.select(&selector).filter_map(|element| element.value().attr(name));
        found.map(str::to_owned).collect()
    }

    /// Texts of all elements that a CSS selector finds, with single spaces.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        let page = Html::parse_document(&self.text);
        let squeeze = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        page.select(&selector)
            .map(|element| squeeze(element.text().collect()))
            .collect()
    }

    /// The text of the whole page, tags off, with single spaces.
    pub(crate) fn page(&self) -> String {
        self.texts("body").join(" ")
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}: no JSON: {}", self.asked, self.text))
    }

    /// Asserts the status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.page());
        self
    }

    /// Asserts a redirect and answers where it leads.
    #[track_caller]
    pub(crate) fn expect_redirect(&self) -> String {
        self.expect(303);
        self.headers[header::LOCATION].to_str().expect("a location").to_owned()
    }

    /// Asserts that the page says so.
    #[track_caller]
    pub(crate) fn expect_text(&self, text: &str) -> &Self {
        assert!(
            self.page().contains(text),
            "{}: «{text}» is not in: {}",
            self.asked,
            self.page()
        );
        self
    }

    /// Asserts that the page does not say so.
    #[track_caller]
    pub(crate) fn expect_no_text(&self, text: &str) -> &Self {
        assert!(
            !self.page().contains(text),
            "{}: «{text}» is in: {}",
            self.asked,
            self.page()
        );
        self
    }
}
