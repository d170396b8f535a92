//! Waking phones, as far as phones know of it: where, and how it goes.

use sqlx::PgConnection;

use crate::app::App;
use crate::error::Result;
use crate::phones::model::{PushState, Sleeper};
use crate::phones::queries;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::UserId;

/// Phones of a person that can be woken.
///
/// # Errors
/// The database's.
pub(crate) async fn sleepers(conn: &mut PgConnection, user: UserId) -> Result<Vec<Sleeper>> {
    Ok(queries::sleepers(conn, user).await?)
}

/// This phone is there no more: it will not be woken until it says where.
///
/// # Errors
/// The database's.
pub(crate) async fn forget_push(conn: &mut PgConnection, phone: &Sleeper) -> Result<()> {
    tracing::info!(phone = %phone.id, "a phone is known to the push service no more");
    Ok(queries::forget_push(conn, phone).await?)
}

/// Notes how waking went, for administrators; `None`: well.
///
/// # Errors
/// The database's.
pub(crate) async fn note_push(conn: &mut PgConnection, error: Option<&str>) -> Result<()> {
    match error {
        None => queries::note_sent(conn).await?,
        Some(error) => queries::note_error(conn, error).await?,
    }
    Ok(())
}

/// How waking goes; with it whether this installation may act outside.
///
/// # Errors
/// [`crate::error::Error::Denied`] for all but administrators.
pub(in crate::phones) async fn push_state(app: &App, actor: &Actor) -> Result<(PushState, bool)> {
    check(actor, Action::ManageUsers, Ties::default())?;
    let may_send = app.outward().await?.is_some();
    let mut conn = app.db.acquire().await?;
    Ok((queries::push_state(&mut conn).await?, may_send))
}
