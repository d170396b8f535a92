//! A copy of everything: one snapshot of the database, and the attachments it speaks of.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::mpsc::Sender;

use super::archive::{self, Applied, FORMAT, Manifest, Order, Progress, Sequence, Table, Writer};

/// Text of one piece of a table before it is compressed.
const PIECE: usize = 4 << 20;

/// What is to be copied, and where to.
pub(super) struct Job {
    /// The archive; it must not exist.
    pub(super) target: PathBuf,
    /// Why: `manual`, `nightly` …
    pub(super) kind: &'static str,
    /// The folder of attachments.
    pub(super) files: PathBuf,
    /// The secret key, when it is to go along.
    pub(super) secret_key: Option<String>,
    /// Now.
    pub(super) moment: DateTime<Utc>,
}

/// A table before it is copied: columns, and bytes on the disk for the progress.
struct Found {
    name: String,
    columns: Vec<String>,
    bytes: u64,
}

/// How far a copy is.
struct Gauge<'a> {
    told: Progress<'a>,
    done: u64,
    total: u64,
}

impl Gauge<'_> {
    fn tell(&self, more: u64) {
        (self.told)((self.done + more).min(self.total), self.total);
    }

    fn add(&mut self, more: u64) {
        self.done += more;
        self.tell(0);
    }
}

/// Makes a copy; answers its description and its size. The connection must have no limits of time.
pub(super) async fn dump(conn: &mut PgConnection, job: Job, progress: Progress<'_>) -> Result<(Manifest, u64)> {
    let writer = Writer::create(&job.target, job.moment)?;
    let mut tx = conn
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    // The first query takes the snapshot; attachments are read after it, so that all it speaks of are there.
    let mut manifest = describe(&mut tx, &job).await?;
    let tables = tables(&mut tx).await?;
    let files = files(&job.files)?;
    manifest.files = files.len() as u64;
    manifest.absent_files = absent(&mut tx, &files).await?;
    manifest.file_bytes = files.iter().map(|(_, _, bytes)| bytes).sum();
    let mut gauge = Gauge {
        told: progress,
        done: 0,
        total: tables.iter().map(|table| table.bytes).sum::<u64>() + manifest.file_bytes,
    };
    let (orders, inbox) = tokio::sync::mpsc::channel(4);
    let writing = tokio::task::spawn_blocking(move || archive::write_orders(writer, inbox));
    let read = async {
        for (path, file, bytes) in files {
            give(&orders, Order::File(path, file)).await?;
            gauge.add(bytes);
        }
        if let Some(key) = job.secret_key {
            give(&orders, Order::Plain(archive::KEY.to_owned(), key.into_bytes())).await?;
        }
        for table in tables {
            manifest.tables.push(copy(&mut tx, table, &orders, &mut gauge).await?);
        }
        manifest.sequences = sequences(&mut tx).await?;
        Ok::<_, anyhow::Error>(())
    };
    let read = read.await;
    drop(orders);
    // When writing failed, its cause says more than the reader's.
    let writer = writing.await??;
    read?;
    tx.rollback().await?;
    let described = manifest.clone();
    let bytes = tokio::task::spawn_blocking(move || writer.finish(described)).await??;
    Ok((manifest, bytes))
}

async fn give(orders: &Sender<Order>, order: Order) -> Result<()> {
    orders.send(order).await.ok().context("запись копии прервалась")
}

async fn describe(conn: &mut PgConnection, job: &Job) -> Result<Manifest> {
    let known: bool = sqlx::query_scalar("SELECT to_regclass('public._sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *conn)
        .await?;
    if !known {
        bail!("База данных пуста: копировать нечего.");
    }
    let migrations: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(&mut *conn)
            .await?;
    let postgres = sqlx::query_scalar("SELECT current_setting('server_version')")
        .fetch_one(&mut *conn)
        .await?;
    let applied = |(version, checksum): &(i64, Vec<u8>)| Applied {
        version: *version,
        checksum: hex::encode(checksum),
    };
    Ok(Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        postgres,
        schema: migrations.last().map_or(0, |(version, _)| *version),
        created_at: job.moment,
        kind: job.kind.to_owned(),
        migrations: migrations.iter().map(applied).collect(),
        tables: Vec::new(),
        sequences: Vec::new(),
        files: 0,
        file_bytes: 0,
        absent_files: Vec::new(),
        has_secret_key: job.secret_key.is_some(),
        entries: Vec::new(),
    })
}

/// Our tables and those of their columns that hold what somebody wrote.
async fn tables(conn: &mut PgConnection) -> Result<Vec<Found>> {
    let rows: Vec<(String, Vec<String>, i64)> = sqlx::query_as(
        "SELECT class.relname::text,
                ARRAY(SELECT attname::text FROM pg_attribute
                      WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                      ORDER BY attnum),
                pg_table_size(class.oid)
         FROM pg_class AS class
         WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r'
           AND class.relname <> '_sqlx_migrations'
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid AND deptype = 'e')
         ORDER BY class.relname",
    )
    .fetch_all(conn)
    .await?;
    let found = |(name, columns, bytes): (_, _, i64)| Found {
        name,
        columns,
        bytes: bytes.unsigned_abs(),
    };
    Ok(rows.into_iter().map(found).collect())
}

/// Sequences stand outside of snapshots: read last, they are never behind.
async fn sequences(conn: &mut PgConnection) -> Result<Vec<Sequence>> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' ORDER BY relname",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut sequences = Vec::new();
    for name in names {
        let sql = format!("SELECT last_value, is_called FROM {}", quoted(&name));
        let (last_value, is_called) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut *conn).await?;
        sequences.push(Sequence {
            name,
            last_value,
            is_called,
        });
    }
    Ok(sequences)
}

/// `COPY`'s text has one line for each row, whatever stands in it.
async fn copy(conn: &mut PgConnection, found: Found, orders: &Sender<Order>, gauge: &mut Gauge<'_>) -> Result<Table> {
    let columns: Vec<_> = found.columns.iter().map(|name| quoted(name)).collect();
    let statement = format!("COPY {} ({}) TO STDOUT", quoted(&found.name), columns.join(", "));
    let mut stream = conn.copy_out_raw(&statement).await?;
    let (mut piece, mut number, mut rows, mut read) = (Vec::new(), 0, 0, 0);
    let path = |number: u32| format!("{}{}/{number:06}.copy.gz", archive::DATABASE, found.name);
    while let Some(bytes) = stream.try_next().await? {
        rows += bytes.split(|byte| *byte == b'\n').count() as u64 - 1;
        read += bytes.len() as u64;
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            number += 1;
            give(orders, Order::Piece(path(number), std::mem::take(&mut piece))).await?;
            gauge.tell(read.min(found.bytes));
        }
    }
    if !piece.is_empty() {
        give(orders, Order::Piece(path(number + 1), piece)).await?;
    }
    gauge.add(found.bytes);
    Ok(Table {
        name: found.name,
        columns: found.columns,
        rows,
    })
}

/// Entry's path, place and size of each attachment.
fn files(folder: &Path) -> Result<Vec<(String, PathBuf, u64)>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(place) = folders.pop() {
        if !place.exists() {
            continue;
        }
        for entry in fs::read_dir(&place).with_context(|| format!("{}: не читается", place.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let path = entry.path();
            // Hidden ones and those with a number («…#1») are still being written.
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            if name.starts_with(b".") || name.contains(&b'#') {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let inside = path.strip_prefix(folder)?.to_str().context("имя файла не читается")?;
                let name = format!("{}{inside}", archive::FILES);
                found.push((name, path.clone(), entry.metadata().map_or(0, |file| file.len())));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Keys of attachments that are not among these files; what waits for a note or a comment may go. An older database has no attachments at all.
async fn absent(conn: &mut PgConnection, files: &[(String, PathBuf, u64)]) -> Result<Vec<String>> {
    let has_files: bool = sqlx::query_scalar("SELECT to_regclass('public.files') IS NOT NULL")
        .fetch_one(&mut *conn)
        .await?;
    if !has_files {
        return Ok(Vec::new());
    }
    let held = "SELECT key FROM files WHERE NOT EXISTS (SELECT FROM file_disposals WHERE key = files.key) ORDER BY key";
    let keys: Vec<String> = sqlx::query_scalar(held).fetch_all(conn).await?;
    let inside: HashSet<&str> = files
        .iter()
        .filter_map(|(name, _, _)| name.rsplit('/').next())
        .collect();
    Ok(keys.into_iter().filter(|key| !inside.contains(key.as_str())).collect())
}

/// Bytes of all attachments in a folder.
pub(super) fn size_of(folder: &Path) -> Result<u64> {
    Ok(files(folder)?.into_iter().map(|(_, _, bytes)| bytes).sum())
}

/// A name for SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
