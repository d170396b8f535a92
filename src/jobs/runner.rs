//! Doing what stands in the queue.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use sqlx::PgConnection;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

use super::periodic::{Periodic, perform};
use super::queue::{Ended, Queued, Taken, claim, enqueue, reap, renew, settle};
use super::{lease, slots};
use crate::app::App;
use crate::db::Happened;
use crate::error::{Error, Result};

/// Jobs that one process does at once.
const AT_ONCE: usize = 4;
/// How often a process looks by itself: words may be lost, pauses end without a word.
const LOOK: Duration = Duration::from_secs(2);
/// A periodic work that somebody wants to be done now.
const RUN_WORK: &str = "run_work";

/// What does the jobs of one kind: [`Error::NotFound`] means that no try will ever help.
pub(super) type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<()>> + Send + Sync>;
/// By kind.
pub(super) type Handlers = HashMap<&'static str, Handler>;

/// All that this program knows how to do.
pub(super) fn handlers(app: &App, works: &Arc<Vec<Periodic>>, me: &str) -> Handlers {
    let (app, works, me) = (app.clone(), works.clone(), me.to_owned());
    let run_work: Handler = Arc::new(move |payload| {
        let (app, works, me) = (app.clone(), works.clone(), me.clone());
        Box::pin(async move {
            let name = payload["name"].as_str().unwrap_or_default();
            let work = works.iter().find(|work| work.name == name).ok_or(Error::NotFound)?;
            let began = (app.now(), Instant::now());
            let ended = perform(&app, work, (work.run)(app.clone())).await;
            slots::note(&app, work.name, &me, (began, ended.as_ref().err().map(String::as_str))).await?;
            ended.map_err(|cause| Error::Unexpected(anyhow::Error::msg(cause)))
        })
    });
    HashMap::from([(RUN_WORK, run_work)])
}

/// A periodic work will be done at once, by one of the processes. `false`: that is wanted already.
pub(crate) async fn run_now(conn: &mut PgConnection, name: &str, now: DateTime<Utc>) -> Result<bool> {
    let job = Queued {
        kind: RUN_WORK,
        payload: json!({ "name": name }),
        unique_key: Some(name.to_owned()),
        max_attempts: 3,
    };
    enqueue(conn, job, now).await
}

/// Does jobs as they come, for ever.
pub(super) async fn work(app: &App, handlers: &Handlers, me: &str) {
    let mut words = app.live.hear();
    let mut running = JoinSet::new();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        if let Err(error) = take(app, handlers, me, &mut running).await {
            tracing::warn!(%error, "the queue could not be read");
            look.tick().await;
        }
        tokio::select! {
            _ = look.tick() => (),
            Some(_) = running.join_next() => (),
            () = queued(&mut words) => (),
        }
    }
}

/// Waits for a word of something new.
async fn queued(words: &mut tokio::sync::broadcast::Receiver<Happened>) {
    loop {
        match words.recv().await {
            Ok(Happened::Queued | Happened::Anything) | Err(RecvError::Lagged(_)) => return,
            Ok(_) => (),
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Begins as many jobs as there is room for.
async fn take(app: &App, handlers: &Handlers, me: &str, running: &mut JoinSet<()>) -> Result<()> {
    reap(app).await?;
    let room = AT_ONCE.saturating_sub(running.len());
    if room == 0 {
        return Ok(());
    }
    for job in claim(app, me, i64::try_from(room).unwrap_or(1)).await? {
        let (app, me) = (app.clone(), me.to_owned());
        let handler = handlers.get(job.kind.as_str()).cloned();
        running.spawn(async move { carry_out(app, me, handler, job).await });
    }
    Ok(())
}

async fn carry_out(app: App, me: String, handler: Option<Handler>, job: Taken) {
    let ended = match handler {
        None => Ended::Badly("программа не знает таких заданий".to_owned()),
        Some(handler) => {
            let hold = || {
                let (app, me, id) = (app.clone(), me.clone(), job.id);
                Box::pin(async move { renew(&app, id, &me).await }) as BoxFuture<'static, _>
            };
            match lease::hold(handler(job.payload.clone()), hold).await {
                Ok(()) => Ended::Well,
                Err(Error::NotFound) => Ended::Hopelessly("того, о чём было задание, больше нет".to_owned()),
                Err(error) => Ended::Badly(format!("{error:#}")),
            }
        }
    };
    if let Ended::Badly(cause) | Ended::Hopelessly(cause) = &ended {
        tracing::warn!(kind = job.kind, cause, "a job failed");
    }
    if let Err(error) = settle(&app, &job, &me, ended).await {
        tracing::warn!(kind = job.kind, %error, "the end of a job was not written down: it will be done again");
    }
}
