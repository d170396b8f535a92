//! What an archive says of itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The layout that this program writes; it reads this one and older ones.
pub(in crate::system) const FORMAT: u32 = 1;

/// The last word of an archive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::system) struct Manifest {
    /// [`FORMAT`] of the writer.
    pub(in crate::system) format: u32,
    /// Version of the program that wrote it.
    pub(in crate::system) program: String,
    /// Version of the database's server.
    pub(in crate::system) postgres: String,
    /// The newest migration.
    pub(in crate::system) schema: i64,
    /// The moment of the snapshot.
    pub(in crate::system) created_at: DateTime<Utc>,
    /// Why it was made: `manual`, `nightly` …
    pub(in crate::system) kind: String,
    /// All migrations of the database.
    pub(in crate::system) migrations: Vec<Applied>,
    /// Tables with their rows.
    pub(in crate::system) tables: Vec<Table>,
    /// Where automatic numbers stand.
    pub(in crate::system) sequences: Vec<Sequence>,
    /// Attachments inside.
    pub(in crate::system) files: u64,
    /// Their bytes.
    pub(in crate::system) file_bytes: u64,
    /// Keys of attachments that the database speaks of and that are not inside: they lie in an object store.
    #[serde(default)]
    pub(in crate::system) absent_files: Vec<String>,
    /// Whether the secret key is inside.
    pub(in crate::system) has_secret_key: bool,
    /// Every entry before the manifest.
    pub(in crate::system) entries: Vec<Entry>,
}

/// A migration of the copied database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::system) struct Applied {
    pub(in crate::system) version: i64,
    /// In hex.
    pub(in crate::system) checksum: String,
}

/// A copied table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::system) struct Table {
    pub(in crate::system) name: String,
    /// In the order of the values; generated ones are left out.
    pub(in crate::system) columns: Vec<String>,
    pub(in crate::system) rows: u64,
}

/// A source of automatic numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::system) struct Sequence {
    pub(in crate::system) name: String,
    pub(in crate::system) last_value: i64,
    pub(in crate::system) is_called: bool,
}

/// One file of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::system) struct Entry {
    pub(in crate::system) path: String,
    pub(in crate::system) bytes: u64,
    /// In hex.
    pub(in crate::system) sha256: String,
}
