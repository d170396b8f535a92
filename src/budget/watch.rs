//! Every request for a card passes here.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

use super::actions;
use crate::app::App;
use crate::values::Origin;
use crate::web::{Failure, HtmlError, Viewer};

/// Pages that show all of a company or a person; the id is the second part of their paths.
const CARDS: [&str; 4] = [
    "/companies/{id}/",
    "/companies/{id}/edit/",
    "/contacts/{id}/",
    "/contacts/{id}/edit/",
];

/// Counts cards that are opened, and keeps those closed that are too many.
pub(crate) async fn watch(State(app): State<App>, origin: Origin, request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<Viewer>().and_then(|viewer| viewer.actor);
    let (Some(actor), Some(card)) = (actor, card(&request)) else {
        return next.run(request).await;
    };
    match actions::open(&app, &actor, &origin, card).await {
        Ok(None) => next.run(request).await,
        Ok(Some(closed)) => Failure::enough_read(closed.text, closed.seconds).into_response(),
        Err(error) => HtmlError(error).into_response(),
    }
}

fn card(request: &Request) -> Option<Uuid> {
    let pattern = request.extensions().get::<MatchedPath>()?;
    if request.method() != Method::GET || !CARDS.contains(&pattern.as_str()) {
        return None;
    }
    Uuid::try_parse(request.uri().path().split('/').nth(2)?).ok()
}
