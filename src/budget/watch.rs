//! Every request for a card passes here.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

use super::actions::{self, Closed};
use crate::api::{ApiError, Bearer};
use crate::app::App;
use crate::values::Origin;
use crate::web::{Failure, HtmlError, Viewer};

/// Whatever is asked for below these shows a company or a person, whole or in part; the id is the second part of the
/// path.
const COMPANIES: &str = "/companies/{id}/";
const CONTACTS: &str = "/contacts/{id}/";
/// The page that compares a card with others, which its query names.
const MERGE: &str = "/companies/{id}/merge/";

/// A card that a request shows.
enum Card {
    Company(Uuid),
    Contact(Uuid),
}

/// Counts cards that are opened, and keeps those closed that are too many.
pub(crate) async fn watch(State(app): State<App>, origin: Origin, request: Request, next: Next) -> Response {
    let Some(actor) = request.extensions().get::<Viewer>().and_then(|viewer| viewer.actor) else {
        return next.run(request).await;
    };
    for card in cards(&request) {
        let opened = match card {
            Card::Company(id) => actions::open(&app, &actor, &origin, id).await,
            Card::Contact(id) => actions::open_contact(&app, &actor, &origin, id).await,
        };
        match opened {
            Ok(None) => (),
            Ok(Some(closed)) => return Failure::enough_read(closed.text, closed.seconds).into_response(),
            Err(error) => return HtmlError(error).into_response(),
        }
    }
    next.run(request).await
}

fn cards(request: &Request) -> Vec<Card> {
    let pattern = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(pattern) = pattern.filter(|_| request.method() == Method::GET) else {
        return Vec::new();
    };
    let id = request.uri().path().split('/').nth(2);
    let Some(id) = id.and_then(|id| Uuid::try_parse(id).ok()) else {
        return Vec::new();
    };
    if pattern.starts_with(CONTACTS) {
        return vec![Card::Contact(id)];
    }
    if !pattern.starts_with(COMPANIES) {
        return Vec::new();
    }
    let query = request.uri().query().filter(|_| pattern == MERGE).unwrap_or_default();
    let others = query.split('&').filter_map(|pair| pair.strip_prefix("with="));
    let others = others.filter_map(|id| Uuid::try_parse(id).ok());
    std::iter::once(id).chain(others).map(Card::Company).collect()
}

/// The same of calls of the API, which have a token.
pub(crate) async fn watch_calls(State(app): State<App>, origin: Origin, request: Request, next: Next) -> Response {
    let Some(bearer) = request.extensions().get::<Bearer>().copied() else {
        return next.run(request).await;
    };
    let opened = match called(&request) {
        Some(Card::Company(id)) => actions::open(&app, &bearer.actor, &origin, id).await,
        Some(Card::Contact(id)) => actions::open_contact(&app, &bearer.actor, &origin, id).await,
        None => Ok(None),
    };
    match opened {
        Ok(None) => next.run(request).await,
        Ok(Some(closed)) => enough(closed).into_response(),
        Err(error) => ApiError::Failed(error).into_response(),
    }
}

/// Which card a call shows, whole or in part. Changes answer with the card, too.
fn called(request: &Request) -> Option<Card> {
    let pattern = request.extensions().get::<MatchedPath>()?.as_str();
    let list = ["/api/contacts/", "/api/company-notes/"];
    if list.contains(&pattern) && request.method() == Method::GET {
        let query = form_urlencoded::parse(request.uri().query()?.as_bytes());
        let company = query.filter(|(name, _)| name == "company").last()?.1;
        return Uuid::try_parse(&company).ok().map(Card::Company);
    }
    if request.method() == Method::DELETE {
        return None;
    }
    let id = request.uri().path().split('/').nth(3)?;
    let id = Uuid::try_parse(id).ok()?;
    match pattern {
        "/api/companies/{id}/" => Some(Card::Company(id)),
        "/api/contacts/{id}/" => Some(Card::Contact(id)),
        _ => None,
    }
}

/// Counts these cards, which a call shows parts of.
///
/// # Errors
/// 429 when they are too many.
pub(crate) async fn read(
    app: &App,
    bearer: &Bearer,
    origin: &Origin,
    cards: impl IntoIterator<Item = Uuid>,
) -> Result<(), ApiError> {
    for card in cards {
        if let Some(closed) = actions::open(app, &bearer.actor, origin, card).await? {
            return Err(enough(closed));
        }
    }
    Ok(())
}

fn enough(closed: Closed) -> ApiError {
    ApiError::Other(StatusCode::TOO_MANY_REQUESTS, closed.text, Some(closed.seconds.max(1)))
}
