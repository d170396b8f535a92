//! `/events/`: what happens, as it happens, to one browser (decision 0026).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::Event;
use axum::response::{IntoResponse as _, Response, Sse};
use futures::stream::{self, Stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use uuid::Uuid;

use super::poll::{bell, json};
use crate::accounts;
use crate::app::{App, Seat};
use crate::db::Happened;
use crate::error::Result;
use crate::values::UserId;
use crate::web::{Html, Viewer};

/// How often the other side is asked for a sign of life, and the session whether it is still open. Proxies cut what is
/// silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many milliseconds a browser comes back to a stream that broke.
const COME_BACK: Duration = Duration::from_secs(3);

/// `GET /events/`: first what the bell shows now, then what it shows after each change. Whoever was away has missed
/// nothing.
pub(super) async fn stream(State(app): State<App>, viewer: Viewer) -> Html {
    let (Some(user), Some(session)) = (viewer.actor()?.user, viewer.session) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let Some(seat) = app.live.seat(user) else {
        return Ok(full());
    };
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ear = Ear {
        // Before the first look: what happens between the two is told twice, not never.
        words: app.live.hear(),
        app,
        viewer,
        user,
        session,
        heartbeat,
        is_new: true,
        owes_call: false,
        _seat: seat,
    };
    let mut response = Sse::new(ear.listen()).into_response();
    // nginx would keep the words until it has a page of them.
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    Ok(response)
}

/// Too many streams of one person: that browser asks from time to time instead.
fn full() -> Response {
    let wait = [(header::RETRY_AFTER, "300")];
    (StatusCode::TOO_MANY_REQUESTS, wait, "too many streams").into_response()
}

/// One open stream.
struct Ear {
    app: App,
    viewer: Viewer,
    user: UserId,
    session: Uuid,
    words: Receiver<Happened>,
    heartbeat: Interval,
    is_new: bool,
    /// After the bell the page looks at its calls, too: words on either may have been missed.
    owes_call: bool,
    _seat: Seat,
}

/// What a stream does next.
enum Next {
    Show,
    Call,
    /// Whatever may have happened.
    Both,
    Beat,
    End,
}

/// Calls have changed, or may have: which and how, the page asks itself.
fn call() -> Event {
    Event::default().event("call").data("{}")
}

impl Ear {
    fn listen(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut ear| async {
            let event = ear.next().await?;
            Some((Ok(event), ear))
        })
    }

    /// The next event; `None`: the stream ends, and the browser comes back if it may.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.is_new) {
            return self.show().await;
        }
        if std::mem::take(&mut self.owes_call) {
            return Some(call());
        }
        match self.wait().await {
            Next::Show => self.show().await,
            Next::Call => Some(call()),
            Next::Both => self.show_both().await,
            Next::Beat => self.beat().await,
            Next::End => None,
        }
    }

    async fn wait(&mut self) -> Next {
        loop {
            tokio::select! {
                () = self.app.live.closing() => return Next::End,
                word = self.words.recv() => match word {
                    Ok(Happened::Bell(user)) if user == self.user => return Next::Show,
                    Ok(Happened::Call(user)) if user == self.user => return Next::Call,
                    Ok(Happened::SessionEnded(session)) if session == self.session => return Next::End,
                    Ok(Happened::Anything) | Err(RecvError::Lagged(_)) => return Next::Both,
                    Ok(_) => (),
                    Err(RecvError::Closed) => return Next::End,
                },
                _ = self.heartbeat.tick() => return Next::Beat,
            }
        }
    }

    async fn show(&self) -> Option<Event> {
        match bell(&self.app, &self.viewer).await.and_then(|view| json(&view)) {
            Ok(data) => Some(Event::default().event("bell").retry(COME_BACK).data(data)),
            Err(error) => {
                tracing::warn!(%error, "a stream ends: the bell could not be read");
                None
            }
        }
    }

    async fn show_both(&mut self) -> Option<Event> {
        self.owes_call = true;
        self.show().await
    }

    /// While no words of the database arrive, each beat looks by itself.
    async fn beat(&mut self) -> Option<Event> {
        match accounts::is_session_open(&self.app, self.session).await {
            Ok(true) if self.app.live.is_heard() => Some(Event::default().comment("")),
            Ok(true) => self.show_both().await,
            Ok(false) | Err(_) => None,
        }
    }
}
