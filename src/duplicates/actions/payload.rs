//! What a merge writes down, so that its cards can be parted again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::db::snapshot::Changed;
use crate::error::Result;
use crate::values::MergeId;
use crate::{companies, contacts, letters, notes, tasks};

/// Columns that grow or are computed: their change is nobody's edit.
pub(super) const OWN: [&str; 2] = ["version", "updated_at"];

/// Of a merge of companies.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Companies {
    /// When it was done.
    pub(super) at: DateTime<Utc>,
    /// When the kept card had been updated before.
    pub(super) updated_at: DateTime<Utc>,
    /// What was chosen for the kept card.
    pub(super) changed: Changed,
    pub(super) joined: companies::Joined,
    /// What came with each card, in the order of the snapshots.
    pub(super) parts: Vec<Part>,
    /// Denials that the kept card took over.
    pub(super) denials: Vec<(Uuid, Uuid)>,
    /// Wishes for deletion that were granted by it.
    pub(super) requests: Vec<i64>,
    /// Contacts that became one along with it.
    pub(super) people: Vec<MergeId>,
}

/// What came with a card.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) contacts: Vec<Uuid>,
    pub(super) notes: Vec<i64>,
    pub(super) unpinned: Option<notes::Unpinned>,
    /// Merges from before there were tasks know of none.
    #[serde(default)]
    pub(super) tasks: tasks::Moved,
    /// Merges from before there were letters know of none.
    #[serde(default)]
    pub(super) letters: letters::Moved,
    /// Companies right under it, and when each had been updated before.
    pub(super) children: Vec<(Uuid, DateTime<Utc>)>,
}

/// Of a merge of contacts.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct People {
    pub(super) at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) changed: Changed,
    pub(super) joined: contacts::Joined,
    /// As [`Part::letters`].
    #[serde(default)]
    pub(super) letters: letters::Passed,
}

/// For the database.
pub(super) fn to_json(payload: &impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(payload).map_err(anyhow::Error::from)?)
}
