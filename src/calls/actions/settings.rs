//! How calls go here, as administrators set it. Every process reads the row with each click, so nothing is restarted.

use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::calls::model::{LONGEST_LIFE, SHORTEST_LIFE, Settings};
use crate::calls::queries::settings as queries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::text;

/// What is set.
///
/// # Errors
/// [`Error::Denied`] for all but administrators.
pub(in crate::calls) async fn settings(app: &App, actor: &Actor) -> Result<Settings> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::read(&mut conn).await?)
}

/// Sets how long a request lives; those that are under way keep their time.
///
/// # Errors
/// [`Error::Invalid`] at `ttl_seconds`; [`Error::Conflict`] when somebody changed it since it was read.
pub(in crate::calls) async fn set(app: &App, actor: &Actor, typed: &str, version: i32) -> Result<()> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let limits = SHORTEST_LIFE..=LONGEST_LIFE;
    let seconds = typed.trim().parse().ok().filter(|seconds| limits.contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        let sentence = format!("Укажите целое число секунд: от {SHORTEST_LIFE} до {LONGEST_LIFE}.");
        Error::field("ttl_seconds", sentence)
    })?;
    let mut tx = app.begin().await?;
    let saved = queries::lock(&mut tx).await?;
    if saved.version != version {
        return Err(Error::Conflict("Пока вы писали, настройку изменил кто-то другой."));
    }
    if saved.ttl_seconds == seconds {
        return Ok(());
    }
    queries::set_ttl(&mut tx, seconds).await?;
    let words = |seconds: i32| text::count(i64::from(seconds), ["секунда", "секунды", "секунд"]);
    let mut changes = Changes::default();
    changes.compare("ttl_seconds", &words(saved.ttl_seconds), &words(seconds));
    let message = format!("Изменил срок жизни запроса на звонок: {}", words(seconds));
    let event = Event::new("update", "call_settings", 1, message).with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}
