//! SQL of merges.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::entries::Kind;
use super::heirs::Heirs;
use super::merging::Merge;

type Sql<T> = Result<T, sqlx::Error>;

pub(super) async fn heirs(conn: &mut PgConnection) -> Sql<Heirs> {
    let rows = sqlx::query!("SELECT kind, old_key, old_name, new_key FROM dictionary_replacements")
        .fetch_all(conn)
        .await?;
    let mut heirs = Heirs::default();
    for row in rows {
        if let Some(kind) = Kind::from_code(&row.kind) {
            heirs.add(kind, row.old_key, row.old_name, row.new_key);
        }
    }
    Ok(heirs)
}

pub(super) async fn unfinished(conn: &mut PgConnection) -> Sql<Vec<Merge>> {
    let rows = sqlx::query!(
        "SELECT kind, old_key, old_name, new_key, moved
         FROM dictionary_replacements
         WHERE done_at IS NULL
         ORDER BY begun_at, old_key"
    )
    .fetch_all(conn)
    .await?;
    let merges = rows.into_iter().filter_map(|row| {
        Some(Merge {
            kind: Kind::from_code(&row.kind)?,
            old_key: row.old_key,
            old_name: row.old_name,
            new_key: row.new_key,
            moved: row.moved,
        })
    });
    Ok(merges.collect())
}

/// Enters a merge; what the old entry was the heir of has the new one for an heir.
pub(super) async fn begin(conn: &mut PgConnection, merge: &Merge, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE dictionary_replacements SET new_key = $3 WHERE kind = $1 AND new_key = $2",
        merge.kind.code(),
        merge.old_key,
        merge.new_key,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO dictionary_replacements (kind, old_key, old_name, new_key, begun_at) VALUES ($1, $2, $3, $4, $5)",
        merge.kind.code(),
        merge.old_key,
        merge.old_name,
        merge.new_key,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn count_moved(conn: &mut PgConnection, merge: &Merge, moved: i64) -> Sql<()> {
    sqlx::query!(
        "UPDATE dictionary_replacements SET moved = moved + $3 WHERE kind = $1 AND old_key = $2",
        merge.kind.code(),
        merge.old_key,
        moved,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a merge and answers how many records it moved.
pub(super) async fn end(conn: &mut PgConnection, merge: &Merge, now: DateTime<Utc>) -> Sql<i64> {
    sqlx::query_scalar!(
        "UPDATE dictionary_replacements SET done_at = $3 WHERE kind = $1 AND old_key = $2 RETURNING moved",
        merge.kind.code(),
        merge.old_key,
        now,
    )
    .fetch_one(conn)
    .await
}

/// Nothing means this entry any more.
pub(super) async fn forget(conn: &mut PgConnection, kind: Kind, key: &str) -> Sql<()> {
    sqlx::query!(
        "DELETE FROM dictionary_replacements WHERE kind = $1 AND new_key = $2",
        kind.code(),
        key,
    )
    .execute(conn)
    .await?;
    Ok(())
}
