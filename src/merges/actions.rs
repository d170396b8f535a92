//! Remembering merges, and forgetting them in time.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Kept, Merge, NewMerge};
use super::queries;
use crate::app::App;
use crate::db::snapshot::Snapshot;
use crate::error::Result;
use crate::policy::Actor;
use crate::values::{Entity, MergeId};

/// Remembers a merge, in its transaction.
pub(crate) async fn remember(
    conn: &mut PgConnection,
    actor: &Actor,
    new: NewMerge,
    now: DateTime<Utc>,
) -> Result<MergeId> {
    let kept = Kept {
        snapshots: new.snapshots,
        payload: new.payload,
    };
    let kept = serde_json::to_value(kept).map_err(anyhow::Error::from)?;
    let merged = queries::Fresh {
        entity: new.entity,
        kept: new.kept,
        merged: new.merged,
        names: new.names,
    };
    Ok(queries::insert(conn, actor, (&merged, &kept), now).await?)
}

/// The card that this one is part of now; `None`: it was never merged, or was parted again.
pub(crate) async fn heir(conn: &mut PgConnection, record: Uuid) -> Result<Option<Uuid>> {
    Ok(queries::heir(conn, record).await?)
}

/// Of these cards those that are part of others now, each with the other one.
pub(crate) async fn heirs(conn: &mut PgConnection, records: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    Ok(queries::heirs(conn, records).await?)
}

/// All that have become part of this card, through however many merges.
pub(crate) async fn lineage(conn: &mut PgConnection, kept: Uuid) -> Result<Vec<Uuid>> {
    Ok(queries::lineage(conn, &[kept]).await?)
}

/// One merge.
pub(crate) async fn find(conn: &mut PgConnection, id: MergeId) -> Result<Option<Merge>> {
    Ok(queries::find(conn, id).await?)
}

/// Merges into this card that can still be taken back, the newest first.
pub(crate) async fn of_record(conn: &mut PgConnection, kept: Uuid, now: DateTime<Utc>) -> Result<Vec<Merge>> {
    Ok(queries::of_record(conn, kept, now).await?)
}

/// Locks a merge, and reads what parting needs, when that is still there.
pub(crate) async fn take(conn: &mut PgConnection, id: MergeId) -> Result<Option<Kept>> {
    let kept = queries::take(conn, id).await?;
    Ok(kept
        .map(serde_json::from_value)
        .transpose()
        .map_err(anyhow::Error::from)?)
}

/// The cards are parted: each stands for itself again.
pub(crate) async fn end(conn: &mut PgConnection, actor: &Actor, id: MergeId, now: DateTime<Utc>) -> Result<()> {
    Ok(queries::end(conn, actor, id, now).await?)
}

/// By the number of a merged card in amoCRM, the card that it is part of now.
pub(crate) async fn aliases(conn: &mut PgConnection, entity: Entity, amo_ids: &[i64]) -> Result<HashMap<i64, Uuid>> {
    if amo_ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(queries::aliases(conn, entity, amo_ids).await?.into_iter().collect())
}

/// What erasing leaves to be erased elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Erased {
    /// Cards that had become part of the erased ones.
    pub(crate) records: Vec<Uuid>,
    /// The cards as they were.
    pub(crate) snapshots: Vec<Snapshot>,
    /// All other texts that were kept.
    pub(crate) words: String,
}

/// Erases what is kept of merges that any of these records had a part in.
pub(crate) async fn erase(conn: &mut PgConnection, records: &[Uuid]) -> Result<Erased> {
    let merged = queries::lineage(conn, records).await?;
    let all: Vec<Uuid> = records.iter().chain(&merged).copied().collect();
    let mut erased = Erased {
        records: merged,
        ..Erased::default()
    };
    for kept in queries::erase(conn, &all).await? {
        let kept: Kept = serde_json::from_value(kept).map_err(anyhow::Error::from)?;
        gather(&kept.payload, &mut erased.words);
        erased.snapshots.extend(kept.snapshots);
    }
    Ok(erased)
}

/// All texts of a value, apart from each other.
fn gather(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            words.push(' ');
            words.push_str(text);
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
        Value::Object(fields) => fields.values().for_each(|field| gather(field, words)),
        _ => (),
    }
}

/// Drops what parting would have needed, of merges whose time is over. Several processes may do it at once.
///
/// # Errors
/// The database's.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let mut conn = app.db.acquire().await?;
    let over = queries::clean(&mut conn, app.now()).await?;
    if over > 0 {
        tracing::info!(over, "merges can no longer be taken back");
    }
    Ok(())
}
