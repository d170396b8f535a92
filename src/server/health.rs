//! `/health/` for whoever watches the service, `/health/live` for whoever restarts it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::app::App;
use crate::config::Config;
use crate::db;
use crate::web::{Guard, Routes};

/// Longest silence of the background jobs, in seconds.
const HEARTBEAT: i64 = 60;

/// `/health/`, `/health/live`
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/health/", Guard::Public, ready)
        .get("/health/live", Guard::Public, live)
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    checks: BTreeMap<&'static str, &'static str>,
}

/// Ready: the database answers and is current, the background jobs are alive. No inner details.
async fn ready(State(app): State<App>) -> Response {
    let database = tokio::time::timeout(Duration::from_secs(2), db::is_current(&app.db)).await;
    let (database, migrations) = match database {
        Ok(Ok(true)) => ("ok", "ok"),
        Ok(Ok(false)) => ("ok", "failed"),
        Ok(Err(_)) | Err(_) => ("failed", "unknown"),
    };
    let jobs = match app.heartbeat.age(app.now()) {
        Some(age) if age <= HEARTBEAT => "ok",
        _ => "failed",
    };
    let checks = BTreeMap::from([("database", database), ("migrations", migrations), ("jobs", jobs)]);
    let is_well = checks.values().all(|check| *check == "ok");
    let (code, status) = if is_well {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "degraded")
    };
    let body = serde_json::to_string(&Health { status, checks }).unwrap_or_default();
    (code, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Alive: the process answers.
async fn live() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response()
}

/// `healthcheck`: asks a server on this machine, for containers without an HTTP client.
///
/// # Errors
/// One sentence when it is not well.
pub(crate) fn check(config: &Config) -> Result<()> {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let time = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&address, time).with_context(|| format!("{address} не отвечает"))?;
    stream.set_read_timeout(Some(time))?;
    write!(
        stream,
        "GET /health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.take(8192).read_to_string(&mut answer)?;
    if !answer.starts_with("HTTP/1.1 200") {
        bail!(
            "Сервер отвечает, но не готов: {}",
            answer.lines().last().unwrap_or_default()
        );
    }
    Ok(())
}
