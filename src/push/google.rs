//! Google's side: the key of a service account is changed for an access token, which is kept until shortly before its end.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};

use super::answer::{Answer, retry_after};
use crate::config::Fcm;
use crate::db::Outward;

/// The right that is asked for.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// For how long: the longest that is given.
const HOUR: i64 = 3600;
/// A token is not used in its last minute.
const MARGIN: Duration = Duration::from_mins(1);
/// Until there is a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Until the answer is read.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const LONGEST: usize = 64 * 1024;

/// Why there was no answer to judge.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Not now, perhaps later; with the pause that was asked for.
    Busy(Option<Duration>, String),
    /// Never with this key.
    Refused(String),
}

/// The service, as one key sees it.
pub(super) struct Google {
    fcm: Fcm,
    client: OnceCell<Client>,
    /// Whoever needs a token waits for whoever fetches it.
    access: Mutex<Option<Access>>,
}

struct Access {
    token: SecretString,
    until: Instant,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

impl Google {
    pub(super) fn new(fcm: Fcm) -> Self {
        Self {
            fcm,
            client: OnceCell::new(),
            access: Mutex::new(None),
        }
    }

    pub(super) fn project(&self) -> &str {
        &self.fcm.project
    }

    /// Sends a message. A token that was taken back early is fetched anew, once.
    pub(super) async fn send(&self, _: &Outward, message: &Value, now: DateTime<Utc>) -> Result<Answer, Trouble> {
        let url = format!("{}/v1/projects/{}/messages:send", self.fcm.url, self.fcm.project);
        let mut is_second = false;
        loop {
            let token = self.token(now).await?;
            let request = self.client().await?.post(&url);
            let request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose_secret()));
            let answer = ask(request
                .header(CONTENT_TYPE, "application/json")
                .body(message.to_string()))
            .await?;
            if answer.status != 401 || is_second {
                return Ok(answer);
            }
            *self.access.lock().await = None;
            is_second = true;
        }
    }

    async fn client(&self) -> Result<&Client, Trouble> {
        let made = self.client.get_or_try_init(|| async {
            // Whoever comes first sets it for the process: always ring, as for the database.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Client::builder()
                .connect_timeout(CONNECT)
                .timeout(PATIENCE)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()
        });
        made.await.map_err(|error| {
            tracing::error!(cause = format!("{error:#}"), "no client for push");
            Trouble::Refused("на этой машине не удаётся открыть защищённое соединение".to_owned())
        })
    }

    async fn token(&self, now: DateTime<Utc>) -> Result<SecretString, Trouble> {
        let mut kept = self.access.lock().await;
        if let Some(access) = kept.as_ref().filter(|access| access.until > Instant::now()) {
            return Ok(access.token.clone());
        }
        let access = self.fetch(now).await?;
        let token = access.token.clone();
        *kept = Some(access);
        Ok(token)
    }

    /// Changes a word signed by the key for a token.
    async fn fetch(&self, now: DateTime<Utc>) -> Result<Access, Trouble> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            .append_pair("assertion", &self.signed(now)?)
            .finish();
        let request = self.client().await?.post(&self.fcm.token_url);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = ask(request.body(body)).await?;
        if answer.is_busy() {
            let why = format!("Google не выдаёт доступ: сервис занят, код {}", answer.status);
            return Err(Trouble::Busy(answer.pause, why));
        }
        let granted = serde_json::from_slice::<Granted>(&answer.body).ok();
        let granted = granted.filter(|granted| answer.is_good() && !granted.access_token.is_empty());
        let granted = granted.ok_or_else(|| {
            let why = format!("Google не принял ключ сервисного аккаунта, код {}", answer.status);
            Trouble::Refused(why)
        })?;
        Ok(Access {
            token: granted.access_token.into(),
            until: Instant::now() + Duration::from_secs(granted.expires_in.min(86_400)).saturating_sub(MARGIN),
        })
    }

    fn signed(&self, now: DateTime<Utc>) -> Result<String, Trouble> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.fcm.key_id.clone()).filter(|id| !id.is_empty());
        let claims = Claims {
            iss: &self.fcm.email,
            scope: SCOPE,
            aud: &self.fcm.token_url,
            iat: now.timestamp(),
            exp: now.timestamp() + HOUR,
        };
        let signing = EncodingKey::from_rsa_pem(self.fcm.key.expose_secret().as_bytes());
        let signed = signing.and_then(|key| jsonwebtoken::encode(&header, &claims, &key));
        signed.map_err(|_| Trouble::Refused("ключом сервисного аккаунта не удаётся подписать запрос".to_owned()))
    }
}

/// Asks, and reads the answer as far as it may matter.
async fn ask(request: RequestBuilder) -> Result<Answer, Trouble> {
    let silent = |error: reqwest::Error| {
        tracing::debug!(cause = format!("{:#}", error.without_url()), "push: no answer");
        Trouble::Busy(None, "сервис Google не отвечает: нет связи".to_owned())
    };
    let response = request.send().await.map_err(silent)?;
    let (status, pause) = (response.status().as_u16(), pause_of(&response));
    let mut response = response;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(silent)? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST {
            break;
        }
    }
    Ok(Answer { status, pause, body })
}

fn pause_of(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    retry_after(value)
}
