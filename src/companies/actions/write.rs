//! A company as a program sends it: all that it may change, at once or not at all.

use sqlx::PgConnection;
use uuid::Uuid;

use super::change::{STALE, transfer_in, update_in};
use super::create::{Created, create_in};
use super::heads::set_head_in;
use super::read::admit;
use crate::api::Field;
use crate::app::App;
use crate::companies::listed::Listed;
use crate::companies::model::{Fields, Record};
use crate::companies::{paths, queries};
use crate::db::submitted::{self, Key};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, UserId};

/// What a company is to be.
pub(crate) struct Whole {
    /// All of its fields.
    pub(crate) fields: Fields,
    /// Its head organisation.
    pub(crate) head: Field<CompanyId>,
    /// Who is to answer for it; `None`: whoever does.
    pub(crate) responsible: Option<UserId>,
}

/// Makes a company, as the page does, puts it under its head and gives it to its responsible.
///
/// # Errors
/// Those of the three.
pub(crate) async fn make(app: &App, actor: &Actor, wish: Whole, (key, is_wilful): (Key, bool)) -> Result<Created> {
    let mut tx = app.begin().await?;
    if wish.head.is_sent() {
        queries::lock_heads(&mut tx).await?;
    }
    let (created, key) = create_in(&mut tx, app, actor, &wish.fields, (key, is_wilful)).await?;
    if let (Created::At(id), Some(key)) = (&created, key) {
        finish(&mut tx, app, actor, (*id, &wish)).await?;
        submitted::settle(&mut tx, key, &paths::show(*id)).await?;
        tx.commit().await?;
    }
    Ok(created)
}

/// Changes a company; `version: None`: whatever it is now.
///
/// # Errors
/// [`Error::Conflict`] when it no longer has `version`; those of each change.
pub(crate) async fn write(
    app: &App,
    actor: &Actor,
    (id, version): (CompanyId, Option<i32>),
    wish: Whole,
) -> Result<()> {
    let mut tx = app.begin().await?;
    if wish.head.is_sent() {
        queries::lock_heads(&mut tx).await?;
    }
    admit(&mut tx, actor, id, Action::EditCompany).await?;
    let before = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if version.is_some_and(|version| version != before.version) {
        return Err(Error::Conflict(STALE));
    }
    update_in(&mut tx, app, actor, (id, None), &wish.fields).await?;
    finish(&mut tx, app, actor, (id, &wish)).await?;
    tx.commit().await?;
    Ok(())
}

/// The head, and then the responsible: whoever gives a company away may change it no longer.
async fn finish(conn: &mut PgConnection, app: &App, actor: &Actor, (id, wish): (CompanyId, &Whole)) -> Result<()> {
    match &wish.head {
        Field::Kept => (),
        Field::Cleared => set_head_in(conn, app, actor, id, (None, None)).await?,
        Field::Set(head) => set_head_in(conn, app, actor, id, (Some(*head), None)).await?,
    }
    if let Some(to) = wish.responsible {
        transfer_in(conn, app, actor, id, (to, None)).await?;
    }
    Ok(())
}

/// What programs are told of the companies of a page.
pub(crate) async fn records(app: &App, actor: &Actor, listed: &[Listed]) -> Result<Vec<Record>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let ids: Vec<Uuid> = listed.iter().map(|company| company.id.0).collect();
    Ok(queries::records(&mut *app.db.acquire().await?, &ids).await?)
}
