//! Background work on tokio tasks of this process.
//!
//! Words from other processes ([`listen()`]), periodic work of each process or of one of them (`slots`), and a durable
//! queue of what must be done once (`queue::enqueue`). Postgres says who does what (decision 0028).

mod lease;
mod listen;
mod periodic;
mod queue;
mod runner;
mod slots;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

pub(crate) use listen::listen;
pub(crate) use periodic::Periodic;
pub(crate) use queue::{Dead, again, clean, dead, forget, waiting};
pub(crate) use runner::run_now;
pub(crate) use slots::{Scheduled, next_slot, schedule};

/// Beats the heart every few seconds, hears what happens, does periodic and queued work, until cancelled.
pub(crate) async fn run(app: App, works: Vec<Periodic>, stop: CancellationToken) {
    for work in &works {
        app.works.announce(work.name, work.label, work.every, work.is_shared);
    }
    let works = Arc::new(works);
    let me = lease::runner();
    let mut beat = tokio::time::interval(Duration::from_secs(5));
    let beating = async {
        loop {
            beat.tick().await;
            app.heartbeat.beat(app.now());
        }
    };
    let handlers = runner::handlers(&app, &works, &me);
    let repeated = works.iter().map(|work| periodic::repeat(&app, work, &me));
    tokio::select! {
        () = stop.cancelled() => (),
        () = beating => (),
        () = listen(&app) => (),
        () = runner::work(&app, &handlers, &me) => (),
        _ = futures::future::join_all(repeated) => (),
    }
    // Others need not wait until the leases run out.
    if let Err(error) = lease::release(&app, &me).await {
        tracing::warn!(%error, "leases were not given back and will run out");
    }
}
