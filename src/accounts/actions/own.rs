//! What a person does with the own account.

use uuid::Uuid;

use crate::accounts::{password, queries, sessions};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};

/// Changes the own password and ends all other sessions; answers how many ended.
///
/// # Errors
/// [`Error::Invalid`] when the present password is wrong or the new one will not do.
pub(crate) async fn change_password(
    app: &App,
    actor: &Actor,
    session: Option<Uuid>,
    present: &str,
    new: &str,
) -> Result<u64> {
    check(actor, Action::ManageOwnAccount, Ties { own: true, branch: false })?;
    let id = actor.user.ok_or(Error::NotFound)?;
    let mut conn = app.db.acquire().await?;
    let (username, stored) = queries::own_password(&mut conn, id).await?.ok_or(Error::NotFound)?;
    drop(conn);
    if !password::verify(app, present, Some(stored)).await? {
        return Err(Error::field("present", "Нынешний пароль другой."));
    }
    if let Some(sentence) = password::weakness(new, &username) {
        return Err(Error::field("new", sentence));
    }
    let hash = password::hash(app, new).await?;
    let mut tx = app.begin().await?;
    queries::set_password(&mut tx, id, &hash).await?;
    let ended = sessions::end_all(&mut tx, id, session).await?;
    audit::record(&mut tx, actor, Event::new("change_password", "user", id, "Сменил свой пароль")).await?;
    tx.commit().await?;
    Ok(ended)
}
