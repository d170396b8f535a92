//! A server on this machine that plays the service by which phones are woken.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};

use crate::config::Fcm;

/// Made for tests; opens nothing.
const KEY: &str = include_str!("fcm_key.pem");

/// An answer that is not «taken».
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<&'static str>,
    pub(crate) body: &'static str,
}

#[derive(Default)]
struct Heard {
    grants: Vec<String>,
    messages: Vec<(String, Value)>,
    next: Vec<Said>,
}

/// The server; it ends with the test's runtime.
pub(crate) struct Google {
    /// The key by which it is reached.
    pub(crate) fcm: Fcm,
    heard: Arc<Mutex<Heard>>,
}

impl Google {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heard = Arc::<Mutex<Heard>>::default();
        let router = Router::new()
            .route("/token", post(grant))
            .route("/v1/projects/crm-test/messages:send", post(take))
            .with_state(heard.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { fcm: key(&url), heard }
    }

    /// The next answers to messages; after them all are taken.
    pub(crate) fn will_say(&self, answers: &[Said]) {
        self.heard.lock().expect("sane").next = answers.iter().rev().copied().collect();
    }

    /// What was asked for tokens.
    pub(crate) fn grants(&self) -> Vec<String> {
        self.heard.lock().expect("sane").grants.clone()
    }

    /// Messages with the tokens by which they came, whether taken or not.
    pub(crate) fn messages(&self) -> Vec<(String, Value)> {
        self.heard.lock().expect("sane").messages.clone()
    }

    /// Waits until so many messages came.
    pub(crate) async fn wait_for(&self, count: usize) {
        for _ in 0..1_000 {
            if self.messages().len() >= count {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{count} messages did not come: {:?}", self.messages());
    }
}

/// A key for a server at this address.
pub(crate) fn key(url: &str) -> Fcm {
    Fcm {
        project: "crm-test".to_owned(),
        email: "push@crm-test.example".to_owned(),
        key_id: "k1".to_owned(),
        key: KEY.to_owned().into(),
        token_url: format!("{url}/token"),
        url: url.to_owned(),
    }
}

async fn grant(State(heard): State<Arc<Mutex<Heard>>>, body: String) -> String {
    let mut heard = heard.lock().expect("sane");
    heard.grants.push(body);
    let token = format!("access-{}", heard.grants.len());
    json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}).to_string()
}

async fn take(State(heard): State<Arc<Mutex<Heard>>>, headers: HeaderMap, body: String) -> Response {
    let mut heard = heard.lock().expect("sane");
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let message = serde_json::from_str(&body).expect("JSON");
    heard.messages.push((token.unwrap_or_default().to_owned(), message));
    let Some(said) = heard.next.pop() else {
        return json!({"name": "projects/crm-test/messages/1"})
            .to_string()
            .into_response();
    };
    let status = StatusCode::from_u16(said.status).expect("a status");
    let mut response = (status, said.body).into_response();
    if let Some(seconds) = said.retry_after {
        let value = seconds.parse().expect("a value");
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
