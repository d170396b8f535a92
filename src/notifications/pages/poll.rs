//! `/notifications/poll/`: the bell as JSON, for browsers to which the stream does not get through.

use anyhow::Context as _;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;

use crate::app::App;
use crate::error::Result;
use crate::notifications::{actions, ring};
use crate::web::{BellView, Html, Viewer};

/// `GET /notifications/poll/`
pub(super) async fn poll(State(app): State<App>, viewer: Viewer) -> Html {
    let body = json(&bell(&app, &viewer).await?)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// What the bell of this person shows now.
pub(super) async fn bell(app: &App, viewer: &Viewer) -> Result<BellView> {
    let Some(user) = viewer.actor()?.user else {
        return Ok(BellView::default());
    };
    Ok(ring::view(app, viewer, &*actions::bell(app, user).await?))
}

/// For the script.
pub(super) fn json(view: &BellView) -> Result<String> {
    Ok(serde_json::to_string(view).context("the bell as JSON")?)
}
