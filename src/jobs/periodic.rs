//! Work that is done again and again.

use std::time::{Duration, Instant};

use futures::future::BoxFuture;

use super::{lease, slots};
use crate::app::App;
use crate::error::Result;

/// How often a process looks whether shared work is due or was left lying.
const LOOK: Duration = Duration::from_secs(15);

/// Work that is done again and again.
pub(crate) struct Periodic {
    /// For the log, the metrics and the tables.
    pub(crate) name: &'static str,
    /// As administrators read it.
    pub(crate) label: &'static str,
    /// From one start to the next; the first is at once.
    pub(crate) every: Duration,
    /// Done by one of all processes each time; otherwise each process does it for itself.
    pub(crate) is_shared: bool,
    /// The work.
    pub(crate) run: fn(App) -> BoxFuture<'static, Result<()>>,
}

pub(super) async fn repeat(app: &App, work: &Periodic, me: &str) {
    let every = if work.is_shared {
        work.every.min(LOOK)
    } else {
        work.every
    };
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if work.is_shared {
            if let Err(error) = take_turn(app, work, me).await {
                tracing::warn!(work = work.name, %error, "shared work could not be taken");
            }
        } else {
            let _ = perform(app, work, (work.run)(app.clone())).await;
        }
    }
}

/// Does shared work when it is due and nobody else does it.
pub(super) async fn take_turn(app: &App, work: &Periodic, me: &str) -> Result<()> {
    let Some(slot) = slots::claim(app, work, me).await? else {
        return Ok(());
    };
    let began = (app.now(), Instant::now());
    let renew = || {
        let (app, me) = (app.clone(), me.to_owned());
        let name = work.name;
        Box::pin(async move { slots::renew(&app, name, slot, &me).await }) as BoxFuture<'static, _>
    };
    let ended = perform(app, work, lease::hold((work.run)(app.clone()), renew)).await;
    slots::finish(app, (work.name, slot), me).await?;
    slots::note(app, work.name, me, (began, ended.err().as_deref())).await
}

/// Does a work and notes in memory how it went; the cause of a bad end.
pub(super) async fn perform(
    app: &App,
    work: &Periodic,
    running: impl Future<Output = Result<()>>,
) -> std::result::Result<(), String> {
    let began = Instant::now();
    app.works.begin(work.name);
    let ended = running.await;
    let cause = ended.err().map(|error| format!("{error:#}"));
    app.works.end(work.name, app.now(), began.elapsed(), cause.as_deref());
    match cause {
        None => Ok(()),
        Some(cause) => {
            tracing::warn!(work = work.name, cause, "periodic work failed and will be tried again");
            Err(cause)
        }
    }
}
