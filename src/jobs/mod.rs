//! Background work on tokio tasks of this process.
//!
//! Today: periodic cleaning. Each job is idempotent, so several processes on one database may all run it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Beats the heart every few seconds and runs the hourly cleaning, until cancelled.
pub(crate) async fn run(app: App, clean: impl AsyncFn(&App) -> crate::error::Result<()>, stop: CancellationToken) {
    let mut beat = tokio::time::interval(Duration::from_secs(5));
    let mut hour = tokio::time::interval(Duration::from_hours(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => app.heartbeat.beat(app.now()),
            _ = hour.tick() => {
                if let Err(error) = clean(&app).await {
                    tracing::warn!(cause = format!("{error:#}"), "cleaning failed, the next try is in an hour");
                }
            }
        }
    }
}
