//! Reading calls.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::own;
use crate::app::App;
use crate::calls::queries::read::{self, Row};
use crate::error::{Error, Result};
use crate::phones;
use crate::policy::Actor;
use crate::values::{CallId, CompanyId, UserId};

/// What is going on with a person's calls right now.
pub(in crate::calls) struct Now {
    /// The call on the screen; `None`: none.
    pub(in crate::calls) call: Option<Row>,
    /// Phones that are connected.
    pub(in crate::calls) phones: i64,
    /// Those within reach.
    pub(in crate::calls) online: i64,
}

/// The actor's call that is going on or waits for a word on it.
pub(in crate::calls) async fn now(app: &App, actor: &Actor) -> Result<Now> {
    let user = own(actor)?;
    let mut conn = app.db.acquire().await?;
    let call = read::on_screen(&mut conn, user).await?;
    let (phones, online) = match call {
        Some(_) => read::reach(&mut conn, user, phones::ONLINE).await?,
        None => (0, 0),
    };
    Ok(Now { call, phones, online })
}

/// One of the actor's own calls.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::calls) async fn find(app: &App, actor: &Actor, id: CallId) -> Result<Row> {
    let user = own(actor)?;
    let mut conn = app.db.acquire().await?;
    read::own(&mut conn, id, user).await?.ok_or(Error::NotFound)
}

/// Calls that are shown on a card, newest first: its own and those of all (`cards`, with itself) that have become part of it;
/// whoever sees the card sees them.
pub(in crate::calls) async fn of_cards(
    conn: &mut PgConnection,
    (company, cards): (CompanyId, &[Uuid]),
    by: Option<UserId>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Row>> {
    Ok(read::of_cards(conn, (company, cards), by, before, limit).await?)
}

/// Who called from these cards.
pub(crate) async fn people_of_cards(conn: &mut PgConnection, cards: &[Uuid]) -> Result<Vec<(UserId, String)>> {
    Ok(read::callers(conn, cards).await?)
}
