//! Files come to a note and leave it, in the transaction of its change.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::db::snapshot::Part;
use crate::error::{Error, Result};
use crate::files::model::StoredFile;
use crate::files::queries;
use crate::policy::Actor;
use crate::values::{FileId, NoteId};

/// What goes with a note.
pub(crate) const PARTS: [Part; 1] = [Part::new("files", "note_id", "notes")];

/// So long the bytes of a removed file stay: a backup that has just read its row still finds them.
const GRACE: TimeDelta = TimeDelta::hours(1);

const WAITED_TOO_LONG: &str = "Файл ждал больше суток и удалён. Выберите его ещё раз.";

/// Puts files that the actor has sent to a note, behind those it has.
///
/// # Errors
/// [`Error::Invalid`] at `file` when one of them has been cleared away meanwhile, or is not the actor's.
pub(crate) async fn attach(conn: &mut PgConnection, actor: &Actor, note: NoteId, files: &[StoredFile]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = files.iter().map(|file| file.key.clone()).collect();
    let ids: Vec<FileId> = files.iter().map(|file| file.id).collect();
    // First: whoever clears files away holds this row while it takes the file's.
    let kept = queries::keep(conn, &keys).await?;
    let own = queries::lone(conn, actor, &ids).await?;
    let attached = queries::attach(conn, note, &ids).await?;
    let all = files.len() as u64;
    if kept == all && own.len() == files.len() && attached == all {
        Ok(())
    } else {
        Err(Error::field("file", WAITED_TOO_LONG))
    }
}

/// Takes files from a note; their bytes go an hour later.
pub(crate) async fn detach(
    conn: &mut PgConnection,
    note: NoteId,
    files: &[StoredFile],
    now: DateTime<Utc>,
) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let ids: Vec<FileId> = files.iter().map(|file| file.id).collect();
    let keys = queries::detach(conn, note, &ids).await?;
    Ok(queries::dispose(conn, &keys, now + GRACE).await?)
}

/// The bytes under these keys go as soon as may be: whoever erases for good has taken their rows.
pub(crate) async fn dispose_at_once(conn: &mut PgConnection, keys: &[String]) -> Result<()> {
    Ok(queries::dispose(conn, keys, DateTime::UNIX_EPOCH).await?)
}
