//! `/metrics` for Prometheus, on a listener of its own: it asks for no password.

use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::accept;
use crate::app::{App, Work};
use crate::config::Config;
use crate::metrics::{Copies, Database, Job, Traffic};

/// A database that has not answered for so long is down.
const PATIENCE: Duration = Duration::from_secs(2);
/// Whoever watches needs one connection, or a few when several do.
const LIMITS: accept::Limits = accept::Limits {
    connections: 16,
    first_byte: Duration::from_secs(5),
    head: Duration::from_mins(2),
};

/// Takes the address that the configuration names, before anything is started.
///
/// # Errors
/// One sentence when it is taken.
pub(super) async fn bind(config: &Config) -> Result<Option<TcpListener>> {
    let Some(address) = config.metrics_listen else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("CRM_METRICS_LISTEN: адрес {address} занят или недоступен"))?;
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "/metrics asks for no password: let nobody else reach this address");
    }
    Ok(Some(listener))
}

/// Serves until `stop`.
pub(super) fn serve(listener: Option<TcpListener>, app: &App, stop: CancellationToken) -> Option<JoinHandle<()>> {
    let serving = accept::run(listener?, router(app), LIMITS, Traffic::default(), stop);
    Some(tokio::spawn(serving))
}

/// The one page.
pub(super) fn router(app: &App) -> Router {
    Router::new().route("/metrics", get(show)).with_state(app.clone())
}

/// `GET /metrics`
async fn show(State(app): State<App>) -> Response {
    look(&app).await;
    match app.metrics.encode(app.started_at.timestamp()) {
        Ok(text) => {
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What is not counted as it happens is looked at now.
async fn look(app: &App) {
    let answer = tokio::time::timeout(PATIENCE, sqlx::query("SELECT 1").execute(&app.db)).await;
    app.metrics.set_database(Database {
        is_up: matches!(answer, Ok(Ok(_))),
        size: app.db.size(),
        idle: app.db.num_idle(),
        max: app.db.options().get_max_connections(),
    });
    for work in app.works.list() {
        app.metrics.set_job(job(&work));
    }
    let standing = app.standing.read();
    let copies = Copies {
        made_at: standing.copied_at.map(|at| at.timestamp()),
        bytes: standing.copy_bytes,
        is_failed: standing.is_copy_failed,
    };
    app.metrics.set_copies(copies, standing.is_passive);
}

fn job(work: &Work) -> Job {
    Job {
        name: work.name,
        runs: work.runs,
        failures: work.failures,
        succeeded_at: work.succeeded_at.map(|at| at.timestamp()),
        took: work.took,
    }
}
