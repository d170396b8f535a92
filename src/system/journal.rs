//! The journal of copies: what was tried, how far it is, how it ended.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Kind, Made, queries};

/// What is said of a copy whose process ended before it.
pub(super) const BROKEN_OFF: &str = "Программа остановилась, не закончив копию.";

/// How a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Being made.
    Running,
    /// Good.
    Done,
    /// Not made.
    Failed,
}

impl State {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub(super) fn from_code(code: &str) -> Self {
        match code {
            "running" => Self::Running,
            "done" => Self::Done,
            _ => Self::Failed,
        }
    }
}

/// One copy, or an attempt at one.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    /// Why it was made.
    pub(crate) kind: Kind,
    /// How it is.
    pub(crate) state: State,
    /// The moment of its snapshot.
    pub(crate) started_at: DateTime<Utc>,
    /// When it ended.
    pub(crate) finished_at: Option<DateTime<Utc>>,
    /// Bytes done and in all; after [`Copy::total`] it is read once more.
    pub(crate) done: i64,
    /// See [`Copy::done`].
    pub(crate) total: i64,
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Its size.
    pub(crate) bytes: i64,
    /// Rows of all tables.
    pub(crate) rows: i64,
    /// Attachments inside.
    pub(crate) files: i64,
    /// Attachments that are not inside.
    pub(crate) absent: i64,
    /// Why it failed; of a good one, what went wrong after it.
    pub(crate) failure: String,
}

/// Writes down that a copy is begun. The caller holds the lock, so whatever seems to run has been broken off.
/// `None`: the database is too old to have a journal.
pub(super) async fn begin(
    conn: &mut PgConnection,
    kind: Kind,
    slot: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, sqlx::Error> {
    if !queries::exists(conn).await? {
        return Ok(None);
    }
    queries::break_off(conn, BROKEN_OFF, now).await?;
    let id = Uuid::now_v7();
    queries::begin(conn, id, kind, slot, now).await?;
    Ok(Some(id))
}

/// Writes down how it ended; a journal that cannot be written must not spoil a good copy.
pub(super) async fn end(
    conn: &mut PgConnection,
    id: Option<Uuid>,
    made: &anyhow::Result<Made>,
    note: &str,
    now: DateTime<Utc>,
) {
    let Some(id) = id else { return };
    let cause = made.as_ref().err().map(|error| format!("{error:#}"));
    let ended = match (made, &cause) {
        (Ok(made), _) => queries::Ended::Well(made),
        (Err(_), cause) => queries::Ended::Badly(cause.as_deref().unwrap_or_default()),
    };
    if let Err(error) = queries::end(conn, id, ended, note, now).await {
        tracing::warn!(%error, "the journal of copies could not be written");
    }
}
