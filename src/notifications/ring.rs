//! Hangs the bell into the frame of every page.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::{actions, paths};
use crate::app::{App, Bell, BellItem};
use crate::values::time;
use crate::web::{BellLine, BellView, Viewer, is_htmx};

/// Addresses that answer with no page.
const BARE: [&str; 4] = ["/static/", "/files/", "/events/", "/notifications/poll/"];

/// Middleware: finds out what the bell of the one who asks shows. Usually that is known; otherwise it costs one look into
/// an index.
pub(crate) async fn ring(State(app): State<App>, request: Request, next: Next) -> Response {
    let viewer = request.extensions().get::<Viewer>().cloned();
    if let Some(viewer) = viewer.filter(|_| is_page(&request)) {
        hang(&app, &viewer).await;
    }
    next.run(request).await
}

fn is_page(request: &Request) -> bool {
    let Some(pattern) = request.extensions().get::<MatchedPath>() else {
        return true;
    };
    !is_htmx(request.headers()) && !BARE.iter().any(|begin| pattern.as_str().starts_with(begin))
}

async fn hang(app: &App, viewer: &Viewer) {
    let Some(user) = viewer.actor.and_then(|actor| actor.user) else {
        return;
    };
    match actions::bell(app, user).await {
        Ok(bell) => {
            let _ = viewer.bell.set(view(app, viewer, &bell));
        }
        // A page without its bell is better than none.
        Err(error) => tracing::warn!(%error, "the bell could not be read"),
    }
}

/// The bell as this person reads it.
pub(super) fn view(app: &App, viewer: &Viewer, bell: &Bell) -> BellView {
    let count = match bell.unread {
        0 => String::new(),
        unread @ 1..=99 => unread.to_string(),
        _ => "99+".to_owned(),
    };
    let newest = bell.items.first();
    BellView {
        count,
        newest: newest.map(|item| item.id.to_string()).unwrap_or_default(),
        until: newest
            .map(|item| item.at.timestamp_micros().to_string())
            .unwrap_or_default(),
        items: bell.items.iter().map(|item| line(app, viewer, item)).collect(),
    }
}

fn line(app: &App, viewer: &Viewer, item: &BellItem) -> BellLine {
    BellLine {
        open: paths::open(item.id),
        icon: item.icon,
        title: item.title.clone(),
        body: item.body.clone(),
        at: time::relative(item.at, app.now(), viewer.zone),
        more: match item.count {
            ..=1 => String::new(),
            count => format!("ещё {}", count - 1),
        },
    }
}
