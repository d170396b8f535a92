//! Leases: who does something now, and until when others believe it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::app::App;
use crate::error::{Error, Result};

/// How long whoever says nothing is believed to be at work.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a lease is renewed.
const RENEW: Duration = Duration::from_secs(20);

/// A name of this process that no other has.
pub(super) fn runner() -> String {
    format!("{}-{}", std::process::id(), Uuid::new_v4().simple())
}

/// When a lease that is taken or renewed now runs out.
pub(super) fn until(now: DateTime<Utc>) -> DateTime<Utc> {
    now + LEASE
}

/// Works while the lease is renewed; whoever has lost it stops, since somebody else may have begun.
pub(super) async fn hold<T>(
    work: impl Future<Output = Result<T>>,
    mut renew: impl FnMut() -> BoxFuture<'static, Result<bool>>,
) -> Result<T> {
    let renewing = async {
        loop {
            tokio::time::sleep(RENEW).await;
            match renew().await {
                Ok(true) => (),
                Ok(false) => return,
                // The lease may hold until the database answers again.
                Err(error) => tracing::warn!(%error, "a lease was not renewed"),
            }
        }
    };
    tokio::select! {
        done = work => done,
        () = renewing => Err(Error::Unexpected(anyhow::anyhow!("задание перешло к другому процессу"))),
    }
}

/// Gives back what this process has begun and not ended.
pub(super) async fn release(app: &App, me: &str) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    sqlx::query!(
        "UPDATE jobs SET state = 'ready', attempts = attempts - 1, locked_by = NULL, locked_until = NULL
         WHERE state = 'running' AND locked_by = $1",
        me,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE job_slots SET locked_until = '-infinity' WHERE finished_at IS NULL AND locked_by = $1",
        me,
    )
    .execute(&mut *conn)
    .await?;
    Ok(())
}
