//! SQL of files and of the disposals of their bytes.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Holder, StoredFile};
use crate::policy::Actor;
use crate::values::FileId;

type Sql<T> = Result<T, sqlx::Error>;

struct Row {
    id: Uuid,
    note_id: Option<i64>,
    comment_id: Option<Uuid>,
    letter_id: Option<Uuid>,
    key: String,
    name: String,
    size: i64,
    content_type: String,
    sha256: String,
}

impl From<Row> for StoredFile {
    fn from(row: Row) -> Self {
        Self {
            id: FileId(row.id),
            holder: Holder::of((row.note_id, row.comment_id, row.letter_id)),
            key: row.key,
            name: row.name,
            size: row.size,
            content_type: row.content_type,
            sha256: row.sha256,
        }
    }
}

fn files(rows: Vec<Row>) -> Vec<StoredFile> {
    rows.into_iter().map(StoredFile::from).collect()
}

fn keys_of(ids: &[FileId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.0).collect()
}

pub(super) async fn insert(conn: &mut PgConnection, actor: &Actor, file: &StoredFile, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO files (id, key, name, size, content_type, sha256, uploaded_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        file.id.0,
        file.key,
        file.name,
        file.size,
        file.content_type,
        file.sha256,
        actor.user.map(|user| user.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn find(conn: &mut PgConnection, id: FileId) -> Sql<Option<StoredFile>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, note_id, comment_id, letter_id, key, name, size, content_type, sha256 FROM files WHERE id = $1",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(StoredFile::from))
}

/// Files of these holders, each one's in their order.
pub(super) async fn of(conn: &mut PgConnection, holders: &[Holder]) -> Sql<Vec<StoredFile>> {
    let columns = holders.iter().map(|holder| holder.columns());
    let (mut notes, mut comments, mut letters) = (Vec::new(), Vec::new(), Vec::new());
    for (note, comment, letter) in columns {
        notes.extend(note);
        comments.extend(comment);
        letters.extend(letter);
    }
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, note_id, comment_id, letter_id, key, name, size, content_type, sha256
         FROM files
         WHERE note_id = ANY($1) OR comment_id = ANY($2) OR letter_id = ANY($3)
         ORDER BY note_id, comment_id, letter_id, position, id",
        &notes,
        &comments,
        &letters,
    )
    .fetch_all(conn)
    .await?;
    Ok(files(rows))
}

/// Of these files, those that the person sent and that nothing holds, in the order in which they came.
pub(super) async fn lone(conn: &mut PgConnection, actor: &Actor, ids: &[FileId]) -> Sql<Vec<StoredFile>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, note_id, comment_id, letter_id, key, name, size, content_type, sha256
         FROM files
         WHERE id = ANY($1) AND uploaded_by = $2 AND is_lone
         ORDER BY id",
        &keys_of(ids),
        actor.user.map(|user| user.0),
    )
    .fetch_all(conn)
    .await?;
    Ok(files(rows))
}

/// How many files of the person nothing holds.
pub(super) async fn count_lone(conn: &mut PgConnection, actor: &Actor) -> Sql<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM files WHERE uploaded_by = $1 AND is_lone"#,
        actor.user.map(|user| user.0),
    );
    count.fetch_one(conn).await
}

/// Puts lone files to a holder, behind those it has.
pub(super) async fn attach(conn: &mut PgConnection, holder: Holder, ids: &[FileId]) -> Sql<u64> {
    let (note, comment, letter) = holder.columns();
    let done = sqlx::query!(
        "UPDATE files AS file
         SET note_id = $1, comment_id = $2, letter_id = $3, position = wanted.place::int + last.position
         FROM unnest($4::uuid[]) WITH ORDINALITY AS wanted (id, place),
              (SELECT COALESCE(max(position), 0) AS position FROM files
               WHERE note_id = $1 OR comment_id = $2 OR letter_id = $3) AS last
         WHERE file.id = wanted.id AND file.is_lone",
        note,
        comment,
        letter,
        &keys_of(ids),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Takes files from a holder; the answer names their keys in the store.
pub(super) async fn detach(conn: &mut PgConnection, holder: Holder, ids: &[FileId]) -> Sql<Vec<String>> {
    let (note, comment, letter) = holder.columns();
    let keys = sqlx::query_scalar!(
        "DELETE FROM files WHERE (note_id = $1 OR comment_id = $2 OR letter_id = $3) AND id = ANY($4) RETURNING key",
        note,
        comment,
        letter,
        &keys_of(ids),
    );
    keys.fetch_all(conn).await
}

/// Takes files that nothing holds; the answer names their keys in the store.
pub(super) async fn drop_lone(conn: &mut PgConnection, actor: &Actor, ids: &[FileId]) -> Sql<Vec<String>> {
    let keys = sqlx::query_scalar!(
        "DELETE FROM files WHERE id = ANY($1) AND uploaded_by = $2 AND is_lone RETURNING key",
        &keys_of(ids),
        actor.user.map(|user| user.0),
    );
    keys.fetch_all(conn).await
}

/// Says when the bytes under these keys go.
pub(super) async fn dispose(conn: &mut PgConnection, keys: &[String], due: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO file_disposals (key, due_at)
         SELECT key, $2 FROM unnest($1::text[]) AS wanted (key)
         ON CONFLICT (key) DO UPDATE SET due_at = LEAST(file_disposals.due_at, EXCLUDED.due_at)",
        keys,
        due,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets that these bytes were to go; answers for how many that was still so.
pub(super) async fn keep(conn: &mut PgConnection, keys: &[String]) -> Sql<u64> {
    let done = sqlx::query!("DELETE FROM file_disposals WHERE key = ANY($1)", keys)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Locks a key that is due and takes its row, when nothing holds it.
pub(super) async fn take_due(conn: &mut PgConnection, now: DateTime<Utc>) -> Sql<Option<String>> {
    let key = sqlx::query_scalar!(
        "SELECT key FROM file_disposals
         WHERE due_at <= $1
         ORDER BY due_at
         LIMIT 1
         -- Another process has that one in its hands.
         FOR UPDATE SKIP LOCKED",
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(key) = &key {
        sqlx::query!("DELETE FROM files WHERE key = $1 AND is_lone", key)
            .execute(conn)
            .await?;
    }
    Ok(key)
}

/// Whether a file stands under this key.
pub(super) async fn is_held(conn: &mut PgConnection, key: &str) -> Sql<bool> {
    let held = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM files WHERE key = $1) AS "held!""#, key);
    held.fetch_one(conn).await
}

/// Puts a disposal off; `false`: there is none.
pub(super) async fn put_off(conn: &mut PgConnection, key: &str, due: DateTime<Utc>) -> Sql<bool> {
    let done = sqlx::query!("UPDATE file_disposals SET due_at = $2 WHERE key = $1", key, due)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Files in the order of their ids, for a walk through all of them.
pub(super) async fn after(conn: &mut PgConnection, id: FileId, limit: i64) -> Sql<Vec<StoredFile>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, note_id, comment_id, letter_id, key, name, size, content_type, sha256
         FROM files
         WHERE id > $1
         ORDER BY id
         LIMIT $2",
        id.0,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(files(rows))
}

/// How many files there are, and their bytes.
pub(super) async fn totals(conn: &mut PgConnection) -> Sql<(i64, i64)> {
    let row = sqlx::query!(r#"SELECT count(*) AS "files!", COALESCE(sum(size), 0)::bigint AS "bytes!" FROM files"#)
        .fetch_one(conn)
        .await?;
    Ok((row.files, row.bytes))
}

/// Of these keys, those that neither a file nor a disposal names, nor a file in the trash.
pub(super) async fn unknown(conn: &mut PgConnection, keys: &[String]) -> Sql<Vec<String>> {
    let unknown = sqlx::query_scalar!(
        r#"SELECT sent.key AS "key!"
           FROM unnest($1::text[]) AS sent (key)
           WHERE NOT EXISTS (SELECT FROM files WHERE files.key = sent.key)
             AND NOT EXISTS (SELECT FROM file_disposals WHERE file_disposals.key = sent.key)
             AND sent.key NOT IN (
                 SELECT jsonb_path_query(trash.rows, '$[*] ? (@.table == "files").rows[*].key') #>> '{}' FROM trash)"#,
        keys,
    );
    unknown.fetch_all(conn).await
}

/// Some files, by chance.
pub(super) async fn sample(conn: &mut PgConnection, limit: i64) -> Sql<Vec<StoredFile>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, note_id, comment_id, letter_id, key, name, size, content_type, sha256
         FROM files
         ORDER BY random()
         LIMIT $1",
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(files(rows))
}
