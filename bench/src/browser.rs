//! A browser without a screen: one connection that stays open, a cookie, and the token of forms.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderMap, LOCATION, SET_COOKIE};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One question to the server.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    path: String,
    /// A form, encoded; `None` for a page.
    form: Option<String>,
    /// An access token; `None`: the cookie says who asks.
    bearer: Option<String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// An open connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    cookie: String,
    /// Browsers take pages compressed; what is to be read here is not.
    is_compressed: bool,
}

/// Somebody who has signed in.
pub(crate) struct Visitor {
    address: SocketAddr,
    pub(crate) cookie: String,
    /// The token that every form must carry.
    pub(crate) token: String,
}

impl Ask {
    pub(crate) fn page(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            form: None,
            bearer: None,
        }
    }

    /// `GET path?name=value&…`
    pub(crate) fn query(path: &str, pairs: &[(&str, &str)]) -> Self {
        Self::page(format!("{path}?{}", encoded(pairs)))
    }

    pub(crate) fn form(path: &str, pairs: &[(&str, &str)]) -> Self {
        Self {
            path: path.to_owned(),
            form: Some(encoded(pairs)),
            bearer: None,
        }
    }

    /// The same with an access token.
    pub(crate) fn bearing(mut self, access: &str) -> Self {
        self.bearer = Some(access.to_owned());
        self
    }
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr, cookie: &str, is_compressed: bool) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .context("the server does not answer")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its errors reach whoever asks.
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: address.to_string(),
            cookie: cookie.to_owned(),
            is_compressed,
        })
    }

    pub(crate) async fn ask(&mut self, ask: Ask) -> Result<Answer> {
        let mut request = Request::builder()
            .uri(ask.path)
            .header(HOST, &self.host)
            .header(COOKIE, &self.cookie);
        if self.is_compressed {
            request = request.header(ACCEPT_ENCODING, "gzip");
        }
        if let Some(access) = ask.bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {access}"));
        }
        let request = match ask.form {
            None => request.body(Full::default())?,
            Some(form) => {
                let request = request
                    .method(Method::POST)
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
                request.body(Full::from(form))?
            }
        };
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

impl Answer {
    /// The text of a page that was not compressed.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where it leads on.
    pub(crate) fn location(&self) -> Option<String> {
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        Some(location.to_owned())
    }

    fn cookies(&self) -> String {
        let cookies = self
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next());
        cookies.collect::<Vec<_>>().join("; ")
    }
}

impl Visitor {
    /// Signs in for tokens; answers the one that calls of the API carry.
    pub(crate) async fn access_token(&self, username: &str, password: &str) -> Result<String> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        // Neither a login nor a password of the bench has a quote in it.
        let body = format!("{{\"username\":\"{username}\",\"password\":\"{password}\"}}");
        let request = Request::post("/api/token/")
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::<Bytes>::from(body))?;
        let answer = sender
            .send_request(request)
            .await?
            .into_body()
            .collect()
            .await?
            .to_bytes();
        let text = String::from_utf8_lossy(&answer).into_owned();
        let rest = text.split_once("\"access\":\"").map(|(_, rest)| rest);
        let access = rest
            .and_then(|rest| rest.split_once('"'))
            .map(|(access, _)| access.to_owned());
        access.with_context(|| format!("no tokens: {text}"))
    }

    pub(crate) async fn sign_in(address: SocketAddr, username: &str, password: &str) -> Result<Self> {
        let mut stranger = Connection::open(address, "", false).await?;
        let page = stranger.ask(Ask::page("/login/")).await?;
        stranger.cookie = page.cookies();
        let token = token(&page.text())?;
        let form = [
            ("csrf_token", token.as_str()),
            ("username", username),
            ("password", password),
        ];
        let answer = stranger.ask(Ask::form("/login/", &form)).await?;
        ensure!(
            answer.location().is_some(),
            "signing in was refused with {}",
            answer.status
        );
        let mut visitor = Self {
            address,
            cookie: answer.cookies(),
            token: String::new(),
        };
        visitor.token = self::token(&visitor.read("/companies/new/").await?)?;
        Ok(visitor)
    }

    /// The text of a page.
    pub(crate) async fn read(&self, path: &str) -> Result<String> {
        let mut connection = Connection::open(self.address, &self.cookie, false).await?;
        let answer = connection.ask(Ask::page(path)).await?;
        if answer.status != StatusCode::OK {
            bail!("{path} answers {}", answer.status);
        }
        Ok(answer.text())
    }
}

/// The token in a page's first form.
fn token(page: &str) -> Result<String> {
    let (_, rest) = page
        .split_once("name=\"csrf_token\"")
        .context("a page without a form")?;
    let (_, rest) = rest.split_once("value=\"").context("a form without a token")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}
