//! Reading the dictionaries. They are small and change rarely: always read whole.

use std::sync::Arc;

use sqlx::PgConnection;

use super::entries::Kind;
use super::model::Dictionaries;
use super::{entry_queries, queries};
use crate::app::{App, Stamp};
use crate::audit::{self, Event};
use crate::error::Result;
use crate::policy::Actor;
use crate::values::text::list_key;

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

/// Keys of these names, each with its name and whether it is new; a name that is written in another way is the same, and
/// names that are missing are added at the end of the list.
pub(crate) async fn ensure(
    conn: &mut PgConnection,
    actor: &Actor,
    kind: Named,
    names: &[String],
) -> Result<Vec<(String, i64, bool)>> {
    let list = match kind {
        Named::Status => Kind::Status,
        Named::Sphere => Kind::Sphere,
    };
    entry_queries::lock(conn, list).await?;
    let known = entry_queries::list(conn, list).await?;
    let known = |name: &String| {
        let mut twins = known.iter().filter(|entry| list_key(&entry.name) == list_key(name));
        twins.next().map_or(name, |entry| &entry.name).clone()
    };
    let names: Vec<String> = names.iter().map(known).collect();
    let found = match kind {
        Named::Status => queries::add_statuses(conn, &names).await?,
        Named::Sphere => queries::add_spheres(conn, &names).await?,
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
    Ok(found)
}

/// Of these entries, removes those that nobody has changed and no company has. Answers all that were there, by name, and
/// whether each is gone.
pub(crate) async fn forget_unused(
    conn: &mut PgConnection,
    actor: &Actor,
    named: Named,
    ids: &[i64],
) -> Result<Vec<(String, bool)>> {
    let (kind, word, entries) = match named {
        Named::Status => (
            Kind::Status,
            "Удалён статус",
            queries::unused_statuses(conn, ids).await?,
        ),
        Named::Sphere => (Kind::Sphere, "Удалена сфера", queries::unused_spheres(conn, ids).await?),
    };
    for (id, name, _) in entries.iter().filter(|(.., is_unused)| *is_unused) {
        entry_queries::delete(conn, kind, &id.to_string()).await?;
        let message = format!("{word} «{name}»: загрузка отменена");
        audit::record(conn, actor, Event::new("delete", kind.entity(), id, message)).await?;
    }
    Ok(entries
        .into_iter()
        .map(|(_, name, is_unused)| (name, is_unused))
        .collect())
}
