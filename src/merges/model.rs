//! A merge as it is remembered.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::db::snapshot::Snapshot;
use crate::values::{Entity, MergeId};

/// How long cards can be parted again.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(30);

/// Cards that were made one.
#[derive(Clone, Debug)]
pub(crate) struct Merge {
    pub(crate) id: MergeId,
    pub(crate) entity: Entity,
    /// The card that was kept.
    pub(crate) kept: Uuid,
    /// Those that became part of it.
    pub(crate) merged: Vec<Uuid>,
    /// As they were called, the kept one first; none once it is erased.
    pub(crate) names: Vec<String>,
    /// «Имя Фамилия»
    pub(crate) merged_by: String,
    pub(crate) merged_at: DateTime<Utc>,
    /// Until when they can be parted.
    pub(crate) until: DateTime<Utc>,
    /// When they were.
    pub(crate) split_at: Option<DateTime<Utc>>,
    /// Whether what parting needs is still there.
    pub(crate) is_whole: bool,
}

impl Merge {
    /// Whether the cards can still be parted.
    pub(crate) fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.is_whole && self.split_at.is_none() && now < self.until
    }

    /// The kept one's name, then those of the others.
    pub(crate) fn names(&self) -> (&str, &[String]) {
        self.names
            .split_first()
            .map_or(("", &[]), |(kept, others)| (kept.as_str(), others))
    }
}

/// A merge that has just been done.
#[derive(Debug)]
pub(crate) struct NewMerge {
    pub(crate) entity: Entity,
    pub(crate) kept: Uuid,
    /// With its number in amoCRM.
    pub(crate) merged: Vec<(Uuid, Option<i64>)>,
    /// The kept one first.
    pub(crate) names: Vec<String>,
    /// The merged cards, each with its rows, in the order in which they went.
    pub(crate) snapshots: Vec<Snapshot>,
    /// What else parting needs.
    pub(crate) payload: Value,
}

/// What is kept until the cards can no longer be parted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// See [`NewMerge`].
    pub(crate) snapshots: Vec<Snapshot>,
    /// See [`NewMerge`].
    pub(crate) payload: Value,
}
