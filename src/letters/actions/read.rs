//! Finding letters.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{find_in, with_files};
use crate::app::App;
use crate::error::Result;
use crate::letters::address::Mailbox;
use crate::letters::model::Letter;
use crate::letters::queries;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, LetterId, UserId};

/// One letter with its whole text.
///
/// # Errors
/// [`crate::error::Error::NotFound`].
pub(in crate::letters) async fn find(app: &App, actor: &Actor, id: LetterId) -> Result<Letter> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    find_in(&mut conn, id).await
}

/// The newest letters of a company, or all that one person put in; `before`: those older than this one. Of long ones the
/// beginning.
pub(in crate::letters) async fn of_company(
    conn: &mut PgConnection,
    (actor, company): (&Actor, CompanyId),
    by: Option<UserId>,
    (before, limit): (Option<(DateTime<Utc>, LetterId)>, i64),
) -> Result<Vec<Letter>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let letters = queries::of_company(conn, company, by, before, limit).await?;
    with_files(conn, letters).await
}

/// Those who put letters on a company's card: key and name.
pub(crate) async fn authors(conn: &mut PgConnection, company: CompanyId) -> Result<Vec<(UserId, String)>> {
    Ok(queries::authors(conn, company).await?)
}

/// Addresses that a form may offer: the actor's own, and those of the company and its people.
pub(in crate::letters) async fn book(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
) -> Result<(Option<Mailbox>, Vec<Mailbox>)> {
    check(actor, Action::ViewBase, Ties::default())?;
    let own = queries::own_mailbox(conn, actor).await?;
    Ok((own, queries::mailboxes(conn, company).await?))
}
