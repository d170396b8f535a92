//! Waking phones that do not listen, for a call that waits for them (decision 0034). Beside the way of a click and of a
//! poll, neither of which waits for it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::calls::queries::wake as queries;
use crate::db::Happened;
use crate::error::Result;
use crate::phones::{self, Sleeper};
use crate::push::{Push, Woken};
use crate::values::{CallId, UserId};

/// A phone that listens, on whichever process, has taken its call by then.
const GRACE: Duration = Duration::from_millis(300);
/// People whose phones one process sees to at once; those beyond that are not woken, and ask by themselves.
const MOST: usize = 256;

/// Wakes phones as calls are asked for, until told to stop. Without push there is nothing to do.
pub(crate) async fn wake_phones(app: App, stop: CancellationToken) {
    let Some(push) = app.push.clone() else { return };
    let mut words = app.live.hear();
    let mut people = People::default();
    loop {
        let user = tokio::select! {
            () = stop.cancelled() => return,
            Some(ended) = people.running.join_next() => {
                if let Ok(user) = ended {
                    people.end(&app, &push, user);
                }
                continue;
            }
            word = words.recv() => match word {
                Ok(Happened::Call(user)) => user,
                Ok(Happened::Anything) | Err(RecvError::Lagged(_)) => {
                    for user in waiting(&app).await {
                        people.begin(&app, &push, user);
                    }
                    continue;
                }
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            },
        };
        people.begin(&app, &push, user);
    }
}

/// Whose phones are being seen to.
#[derive(Default)]
struct People {
    running: JoinSet<UserId>,
    busy: HashSet<UserId>,
    /// Something has happened to them meanwhile.
    again: HashSet<UserId>,
}

impl People {
    fn begin(&mut self, app: &App, push: &std::sync::Arc<Push>, user: UserId) {
        if self.busy.contains(&user) {
            self.again.insert(user);
            return;
        }
        if self.busy.len() >= MOST {
            tracing::warn!("too many phones are being woken; some are left to ask by themselves");
            return;
        }
        self.busy.insert(user);
        let (app, push) = (app.clone(), push.clone());
        self.running.spawn(async move {
            tokio::time::sleep(GRACE).await;
            if let Err(error) = wake(&app, &push, user).await {
                tracing::warn!(%error, "phones could not be woken");
            }
            user
        });
    }

    fn end(&mut self, app: &App, push: &std::sync::Arc<Push>, user: UserId) {
        self.busy.remove(&user);
        if self.again.remove(&user) {
            self.begin(app, push, user);
        }
    }
}

/// People whose calls wait and of which no phone was told: words about them may have been lost.
async fn waiting(app: &App) -> Vec<UserId> {
    let found = async {
        let mut conn = app.db.acquire().await?;
        queries::waiting(&mut conn).await
    };
    found.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "calls that wait could not be read");
        Vec::new()
    })
}

/// Wakes a person's phones for the call that waits, when no process has done so. The claim is committed before anything
/// is sent: rather never than twice.
async fn wake(app: &App, push: &Push, user: UserId) -> Result<()> {
    if app.outward().await?.is_none() {
        return Ok(());
    }
    let mut tx = app.begin().await?;
    let Some((call, life)) = queries::claim(&mut tx, user).await? else {
        return Ok(());
    };
    let sleepers = phones::sleepers(&mut tx, user).await?;
    tx.commit().await?;
    let until = Instant::now() + Duration::from_millis(u64::try_from(life).unwrap_or(0));
    let ended = join_all(sleepers.iter().map(|phone| tell(app, push, phone, (call, until)))).await;
    ended.into_iter().collect()
}

/// Tells one phone, again after pauses, for as long as the call waits.
async fn tell(app: &App, push: &Push, phone: &Sleeper, (call, until): (CallId, Instant)) -> Result<()> {
    loop {
        let Some(outward) = app.outward().await? else {
            return Ok(());
        };
        let life = until.saturating_duration_since(Instant::now());
        let woken = push.wake(&outward, &phone.token, life, app.now()).await;
        let mut conn = app.db.acquire().await?;
        match woken {
            Woken::Sent => return phones::note_push(&mut conn, None).await,
            Woken::Gone => return phones::forget_push(&mut conn, phone).await,
            Woken::Refused(why) => return phones::note_push(&mut conn, Some(&why)).await,
            Woken::Later(pause, why) => {
                phones::note_push(&mut conn, Some(&why)).await?;
                drop(conn);
                if Instant::now() + pause >= until {
                    return Ok(());
                }
                tokio::time::sleep(pause).await;
                if !queries::is_waiting(&mut *app.db.acquire().await?, call).await? {
                    return Ok(());
                }
            }
        }
    }
}
