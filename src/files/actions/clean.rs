//! Bytes that nobody needs go.

use chrono::TimeDelta;

use crate::app::App;
use crate::error::Result;
use crate::files::queries;
use crate::system;

/// A key that the store would not give up is tried again so much later.
const LATER: TimeDelta = TimeDelta::hours(1);

/// Removes the bytes whose time has come. Several processes may do it at once; a killed one is taken up by the next.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let mut gone = 0_u32;
    let outward = app.outward().await?;
    if app.files.is_shared() && outward.is_none() {
        // The working installation may have the same keys in the same store.
        return Ok(());
    }
    loop {
        let mut tx = app.begin().await?;
        if !system::may_dispose(&mut tx).await? {
            // A copy is being made: what it speaks of stays until it is ready.
            break;
        }
        let Some(key) = queries::take_due(&mut tx, app.now()).await? else {
            break;
        };
        let is_held = queries::is_held(&mut tx, &key).await?;
        let removed = if is_held {
            Ok(())
        } else {
            app.files.remove(&key, outward.as_ref()).await
        };
        if let Err(error) = removed {
            queries::put_off(&mut tx, &key, app.now() + LATER).await?;
            tracing::warn!(cause = format!("{error:#}"), "bytes of a file could not be removed");
        } else {
            queries::keep(&mut tx, &[key]).await?;
            gone += 1;
        }
        tx.commit().await?;
    }
    if gone > 0 {
        tracing::info!(gone, "bytes of removed files cleared away");
    }
    Ok(())
}
