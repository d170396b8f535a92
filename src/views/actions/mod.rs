//! Reading and changing one's own view of the list. A preference is no record: it leaves no audit event.

mod saved;

use crate::app::App;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::UserId;
use crate::views::model::{Column, ListSettings, PAGE_SIZES};
use crate::views::queries;

pub(crate) use saved::saved;
pub(super) use saved::{delete_filter, open_with, rename_filter, save_filter};

/// How the actor sees the list.
pub(crate) async fn settings(app: &App, actor: &Actor) -> Result<ListSettings> {
    let user = person(actor)?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::settings(&mut conn, user).await?)
}

/// Chooses columns after the name; `None`: the standard ones.
pub(super) async fn set_columns(app: &App, actor: &Actor, columns: Option<&[Column]>) -> Result<()> {
    let user = person(actor)?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::set_columns(&mut conn, user, columns, app.now()).await?)
}

/// Chooses how many rows a page has.
///
/// # Errors
/// [`Error::Invalid`] for a size that is not offered.
pub(super) async fn set_page_size(app: &App, actor: &Actor, size: &str) -> Result<()> {
    let user = person(actor)?;
    let size = size.parse().ok().filter(|size| PAGE_SIZES.contains(size));
    let size = size.ok_or_else(|| Error::field("size", "Строк на странице может быть 25, 50, 100 или 200."))?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::set_page_size(&mut conn, user, size, app.now()).await?)
}

pub(super) fn person(actor: &Actor) -> Result<UserId> {
    check(actor, Action::ViewBase, Ties::default())?;
    actor.user.ok_or(Error::Denied(Action::ViewBase))
}
