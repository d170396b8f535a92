//! Finding files.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::app::App;
use crate::error::{Error, Result};
use crate::files::model::{Holder, StoredFile};
use crate::files::queries;
use crate::policy::{Action, Actor, Ties, check};
use crate::store::Reading;
use crate::values::FileId;

/// A file and its bytes. One that nothing holds yet is seen by its sender only.
///
/// # Errors
/// [`Error::NotFound`], also when the bytes are gone; the log says so.
pub(in crate::files) async fn open(app: &App, actor: &Actor, id: FileId) -> Result<(StoredFile, Reading)> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let file = queries::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    if file.holder.is_none() && queries::lone(&mut conn, actor, &[id]).await?.is_empty() {
        return Err(Error::NotFound);
    }
    drop(conn);
    let Some(reading) = app.files.read(&file.key).await? else {
        tracing::error!(%id, "the bytes of a file are not in the store");
        return Err(Error::NotFound);
    };
    Ok((file, reading))
}

/// The files of notes or comments, each one's in their order.
pub(crate) async fn of(conn: &mut PgConnection, holders: &[Holder]) -> Result<BTreeMap<Holder, Vec<StoredFile>>> {
    let mut found: BTreeMap<Holder, Vec<StoredFile>> = BTreeMap::new();
    if holders.is_empty() {
        return Ok(found);
    }
    for file in queries::of(conn, holders).await? {
        if let Some(holder) = file.holder {
            found.entry(holder).or_default().push(file);
        }
    }
    Ok(found)
}

/// Of these files, those that the actor sent and that wait for a holder.
pub(crate) async fn uploads(conn: &mut PgConnection, actor: &Actor, ids: &[FileId]) -> Result<Vec<StoredFile>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(queries::lone(conn, actor, ids).await?)
}

/// How many files there are, and their bytes.
///
/// # Errors
/// The database's.
pub(crate) async fn totals(app: &App, actor: &Actor) -> Result<(i64, i64)> {
    check(actor, Action::ManageSystem, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::totals(&mut conn).await?)
}
