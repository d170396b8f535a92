//! Companies that have an entry of a dictionary, when that becomes one with another.

use sqlx::PgConnection;

use crate::companies::model::Named;
use crate::companies::queries::regroup as queries;
use crate::dictionaries::Kind;
use crate::error::Result;
use crate::values::CompanyId;

/// So many change hands in one transaction: whoever edits one of them waits for a moment only.
const CHUNK: i64 = 1_000;
/// So many are shown before that.
const SHOWN: i64 = 5;

/// Who has an entry.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    /// How many companies.
    pub(crate) count: i64,
    /// The newest of them.
    pub(crate) some: Vec<Named<CompanyId>>,
}

/// How many companies have an entry.
pub(crate) async fn count_with(conn: &mut PgConnection, kind: Kind, key: &str) -> Result<i64> {
    Ok(queries::count_with(conn, kind, key).await?)
}

/// The companies that have an entry.
pub(crate) async fn holders(conn: &mut PgConnection, kind: Kind, key: &str) -> Result<Holders> {
    let some = queries::some_with(conn, kind, key, SHOWN).await?.into_iter();
    Ok(Holders {
        count: queries::count_with(conn, kind, key).await?,
        some: some
            .map(|(id, name)| Named {
                id: CompanyId(id),
                name,
            })
            .collect(),
    })
}

/// How many companies have both entries: of spheres there can be several at one.
pub(crate) async fn count_with_both(conn: &mut PgConnection, kind: Kind, one: &str, other: &str) -> Result<i64> {
    if kind != Kind::Sphere {
        return Ok(0);
    }
    Ok(queries::count_with_both(conn, one, other).await?)
}

/// Gives some of the companies that have `old` the entry `new` instead. `None`: no company has it.
pub(crate) async fn regroup(conn: &mut PgConnection, kind: Kind, old: &str, new: &str) -> Result<Option<i64>> {
    let ids = queries::lock_with(conn, kind, old, CHUNK).await?;
    if ids.is_empty() {
        return Ok(None);
    }
    let moved = queries::replace_entry(conn, kind, (old, new), &ids).await?;
    Ok(Some(i64::try_from(moved).unwrap_or(i64::MAX)))
}
