//! SQL of merges.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{KEPT, Merge};
use crate::policy::Actor;
use crate::values::{Entity, MergeId};

type Sql<T> = Result<T, sqlx::Error>;

/// See [`super::model::NewMerge`].
pub(super) struct Fresh {
    pub(super) entity: Entity,
    pub(super) kept: Uuid,
    pub(super) merged: Vec<(Uuid, Option<i64>)>,
    pub(super) names: Vec<String>,
}

struct Row {
    id: Uuid,
    entity: String,
    kept_id: Uuid,
    merged: Vec<Uuid>,
    names: Vec<String>,
    merged_by: String,
    merged_at: DateTime<Utc>,
    split_until: DateTime<Utc>,
    split_at: Option<DateTime<Utc>>,
    is_whole: bool,
}

impl From<Row> for Merge {
    fn from(row: Row) -> Self {
        Self {
            id: MergeId(row.id),
            entity: Entity::read(&row.entity),
            kept: row.kept_id,
            merged: row.merged,
            names: row.names,
            merged_by: row.merged_by,
            merged_at: row.merged_at,
            until: row.split_until,
            split_at: row.split_at,
            is_whole: row.is_whole,
        }
    }
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    (new, kept): (&Fresh, &Value),
    now: DateTime<Utc>,
) -> Sql<MergeId> {
    let id = MergeId::new();
    let (merged, amo_ids): (Vec<Uuid>, Vec<Option<i64>>) = new.merged.iter().copied().unzip();
    sqlx::query!(
        "INSERT INTO merges (id, entity, kept_id, merged, names, merged_by, merged_at, split_until, kept)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        new.entity.code(),
        new.kept,
        &merged,
        &new.names,
        actor.user.map(|user| user.0),
        now,
        now + KEPT,
        kept,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO merged_records (record_id, entity, merge_id, kept_id, amo_id)
         SELECT record.id, $3, $4, $5, record.amo_id
         FROM unnest($1::uuid[], $2::bigint[]) AS record (id, amo_id)",
        &merged,
        &amo_ids as &[Option<i64>],
        new.entity.code(),
        id.0,
        new.kept,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

pub(super) async fn heir(conn: &mut PgConnection, record: Uuid) -> Sql<Option<Uuid>> {
    sqlx::query_scalar!(r#"SELECT merged_into($1) AS "heir""#, record)
        .fetch_one(conn)
        .await
}

pub(super) async fn heirs(conn: &mut PgConnection, records: &[Uuid]) -> Sql<Vec<(Uuid, Uuid)>> {
    let rows = sqlx::query!(
        r#"SELECT record_id, merged_into(record_id) AS "heir!" FROM merged_records WHERE record_id = ANY($1)"#,
        records,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(rows.map(|row| (row.record_id, row.heir)).collect())
}

pub(super) async fn lineage(conn: &mut PgConnection, kept: &[Uuid]) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"WITH RECURSIVE line AS (
               SELECT record_id AS id FROM merged_records WHERE kept_id = ANY($1)
               UNION
               SELECT record.record_id FROM line JOIN merged_records AS record ON record.kept_id = line.id
           )
           SELECT id AS "id!" FROM line"#,
        kept,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn find(conn: &mut PgConnection, id: MergeId) -> Sql<Option<Merge>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT merge.id, merge.entity, merge.kept_id, merge.merged, merge.names,
                  COALESCE(person.name, '') AS "merged_by!", merge.merged_at, merge.split_until, merge.split_at,
                  merge.kept IS NOT NULL AS "is_whole!"
           FROM merges AS merge
           LEFT JOIN users AS person ON person.id = merge.merged_by
           WHERE merge.id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Merge::from))
}

pub(super) async fn of_record(conn: &mut PgConnection, kept: Uuid, now: DateTime<Utc>) -> Sql<Vec<Merge>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT merge.id, merge.entity, merge.kept_id, merge.merged, merge.names,
                  COALESCE(person.name, '') AS "merged_by!", merge.merged_at, merge.split_until, merge.split_at,
                  true AS "is_whole!"
           FROM merges AS merge
           LEFT JOIN users AS person ON person.id = merge.merged_by
           WHERE merge.kept_id = $1 AND merge.kept IS NOT NULL AND merge.split_until > $2
           ORDER BY merge.merged_at DESC, merge.id DESC
           LIMIT 20"#,
        kept,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Merge::from).collect())
}

pub(super) async fn take(conn: &mut PgConnection, id: MergeId) -> Sql<Option<Value>> {
    let payload = sqlx::query_scalar!("SELECT kept FROM merges WHERE id = $1 FOR UPDATE", id.0);
    Ok(payload.fetch_optional(conn).await?.flatten())
}

pub(super) async fn end(conn: &mut PgConnection, actor: &Actor, id: MergeId, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE merges SET split_by = $2, split_at = $3, kept = NULL WHERE id = $1",
        id.0,
        actor.user.map(|user| user.0),
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM merged_records WHERE merge_id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn aliases(conn: &mut PgConnection, entity: Entity, amo_ids: &[i64]) -> Sql<Vec<(i64, Uuid)>> {
    let rows = sqlx::query!(
        r#"SELECT amo_id AS "amo_id!", merged_into(record_id) AS "heir!"
           FROM merged_records
           WHERE amo_id = ANY($2) AND entity = $1"#,
        entity.code(),
        amo_ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.amo_id, row.heir)).collect())
}

/// Erases names and payloads, and answers the payloads.
pub(super) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Sql<Vec<Value>> {
    let payloads = sqlx::query_scalar!(
        r#"SELECT kept AS "kept!" FROM merges
           WHERE (kept_id = ANY($1) OR merged && $1) AND kept IS NOT NULL
           ORDER BY id
           FOR UPDATE"#,
        records,
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE merges SET kept = NULL, names = '{}' WHERE kept_id = ANY($1) OR merged && $1",
        records,
    )
    .execute(conn)
    .await?;
    Ok(payloads)
}

pub(super) async fn clean(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<u64> {
    let done = sqlx::query!(
        "UPDATE merges SET kept = NULL WHERE kept IS NOT NULL AND split_until <= $1",
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
