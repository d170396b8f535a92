//! Files come to a note, a comment or a letter and leave it, in the transaction of its change.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::db::snapshot::Part;
use crate::error::{Error, Result};
use crate::files::model::{Holder, StoredFile};
use crate::files::queries;
use crate::policy::Actor;
use crate::values::FileId;

/// What goes with a note, a comment and a letter.
pub(crate) const PARTS: [Part; 3] = [
    Part::new("files", "note_id", "notes"),
    Part::new("files", "comment_id", "task_comments"),
    Part::new("files", "letter_id", "letters"),
];

/// So long the bytes of a removed file stay: a backup that has just read its row still finds them.
const GRACE: TimeDelta = TimeDelta::hours(1);

const WAITED_TOO_LONG: &str = "Файл ждал больше суток и удалён. Выберите его ещё раз.";

/// Puts files that the actor has sent to a holder, behind those it has.
///
/// # Errors
/// [`Error::Invalid`] at `file` when one of them has been cleared away meanwhile, or is not the actor's.
pub(crate) async fn attach(conn: &mut PgConnection, actor: &Actor, holder: Holder, files: &[StoredFile]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = files.iter().map(|file| file.key.clone()).collect();
    let ids: Vec<FileId> = files.iter().map(|file| file.id).collect();
    // First: whoever clears files away holds this row while it takes the file's.
    let kept = queries::keep(conn, &keys).await?;
    let own = queries::lone(conn, actor, &ids).await?;
    let attached = queries::attach(conn, holder, &ids).await?;
    let all = files.len() as u64;
    if kept == all && own.len() == files.len() && attached == all {
        Ok(())
    } else {
        Err(Error::field("file", WAITED_TOO_LONG))
    }
}

/// Takes files from a holder; their bytes go an hour later.
pub(crate) async fn detach(
    conn: &mut PgConnection,
    holder: Holder,
    files: &[StoredFile],
    now: DateTime<Utc>,
) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let ids: Vec<FileId> = files.iter().map(|file| file.id).collect();
    let keys = queries::detach(conn, holder, &ids).await?;
    Ok(queries::dispose(conn, &keys, now + GRACE).await?)
}

/// Forgets files that the actor sent and nobody needs; their bytes go an hour later.
pub(crate) async fn discard(
    conn: &mut PgConnection,
    actor: &Actor,
    files: &[StoredFile],
    now: DateTime<Utc>,
) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let ids: Vec<FileId> = files.iter().map(|file| file.id).collect();
    let keys = queries::drop_lone(conn, actor, &ids).await?;
    Ok(queries::dispose(conn, &keys, now + GRACE).await?)
}

/// The bytes under these keys go as soon as may be: whoever erases for good has taken their rows.
pub(crate) async fn dispose_at_once(conn: &mut PgConnection, keys: &[String]) -> Result<()> {
    Ok(queries::dispose(conn, keys, DateTime::UNIX_EPOCH).await?)
}
