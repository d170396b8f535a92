//! Background work on tokio tasks of this process.
//!
//! Words from other processes, and periodic work. Each job is idempotent, so several processes on one database may all run it.

mod listen;

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::app::App;

pub(crate) use listen::listen;

/// Work that is done again and again.
pub(crate) struct Periodic {
    /// For the log and the metrics.
    pub(crate) name: &'static str,
    /// As administrators read it.
    pub(crate) label: &'static str,
    /// From one start to the next; the first is at once.
    pub(crate) every: Duration,
    /// The work.
    pub(crate) run: fn(App) -> BoxFuture<'static, crate::error::Result<()>>,
}

/// Beats the heart every few seconds and does the periodic work, until cancelled.
pub(crate) async fn run(app: App, works: Vec<Periodic>, stop: CancellationToken) {
    for work in &works {
        app.works.announce(work.name, work.label, work.every);
    }
    let works = works.into_iter().map(|work| repeat(&app, work));
    let mut beat = tokio::time::interval(Duration::from_secs(5));
    let beating = async {
        loop {
            beat.tick().await;
            app.heartbeat.beat(app.now());
        }
    };
    tokio::select! {
        () = stop.cancelled() => (),
        () = beating => (),
        () = listen(&app) => (),
        _ = futures::future::join_all(works) => (),
    }
}

async fn repeat(app: &App, work: Periodic) {
    let mut interval = tokio::time::interval(work.every);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let began = Instant::now();
        app.works.begin(work.name);
        let ended = (work.run)(app.clone()).await;
        let cause = ended.err().map(|error| format!("{error:#}"));
        app.works.end(work.name, app.now(), began.elapsed(), cause.as_deref());
        if let Some(cause) = cause {
            tracing::warn!(work = work.name, cause, "periodic work failed and will be tried again");
        }
    }
}
