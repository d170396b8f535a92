//! The process's one ear on the database: words of all processes, passed on to whoever listens here.

use std::time::Duration;

use sqlx::postgres::PgListener;

use crate::app::App;
use crate::db::{EVENTS, Happened, announce};

/// After so much silence the ear asks itself for a word: a connection that a firewall has forgotten says nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// How long that word may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens for ever. While it cannot, nothing that was heard before is believed.
pub(crate) async fn listen(app: &App) {
    loop {
        if let Err(error) = hear(app).await {
            tracing::warn!(%error, "words of the database are not heard");
        }
        app.live.set_heard(false);
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(app: &App) -> Result<(), sqlx::Error> {
    let mut ear = PgListener::connect_with(&app.db).await?;
    ear.listen(EVENTS).await?;
    app.live.set_heard(true);
    let mut is_asked = false;
    loop {
        let wait = if is_asked { PATIENCE } else { SILENCE };
        match tokio::time::timeout(wait, ear.try_recv()).await {
            Ok(heard) => {
                // `None`: the connection was lost, and words with it.
                let Some(word) = heard? else { return Ok(()) };
                is_asked = false;
                if let Ok(event) = serde_json::from_str(word.payload()) {
                    app.live.tell(event);
                }
            }
            Err(_) if is_asked => return Err(sqlx::Error::PoolTimedOut),
            Err(_) => {
                announce(&mut *app.db.acquire().await?, &[Happened::Pulse]).await?;
                is_asked = true;
            }
        }
    }
}
