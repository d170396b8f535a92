//! Reading the dictionaries. They are small and change rarely: always read whole.

use std::sync::Arc;

use sqlx::PgConnection;

use super::model::Dictionaries;
use super::queries;
use crate::app::{App, Stamp};
use crate::audit::{self, Event};
use crate::error::Result;
use crate::policy::Actor;

/// Reads all dictionaries.
pub(crate) async fn all(conn: &mut PgConnection) -> Result<Dictionaries> {
    Ok(queries::all(conn).await?)
}

/// All dictionaries as of this stamp, which a request brings with its session.
pub(crate) async fn kept(app: &App, stamp: Stamp) -> Result<Arc<Dictionaries>> {
    let read = async { all(&mut *app.db.acquire().await?).await };
    app.kept.get(stamp, read).await
}

/// Which dictionary a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// «Статусы»
    Status,
    /// «Сферы»
    Sphere,
}

/// Keys of these names, each with its name; names that are missing are added at the end of the list.
pub(crate) async fn ensure(
    conn: &mut PgConnection,
    actor: &Actor,
    kind: Named,
    names: &[String],
) -> Result<Vec<(String, i64)>> {
    let found = match kind {
        Named::Status => queries::add_statuses(conn, names).await?,
        Named::Sphere => queries::add_spheres(conn, names).await?,
    };
    for (name, id, _) in found.iter().filter(|(.., is_new)| *is_new) {
        let (entity, word) = match kind {
            Named::Status => ("company_status", "Добавлен статус"),
            Named::Sphere => ("company_sphere", "Добавлена сфера"),
        };
        audit::record(
            conn,
            actor,
            Event::new("create", entity, id, format!("{word} «{name}»")),
        )
        .await?;
    }
    Ok(found.into_iter().map(|(name, id, _)| (name, id)).collect())
}
