//! The database of a copy: its own migrations, its rows, then the migrations that came later.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use flate2::read::MultiGzDecoder;
use sqlx::PgConnection;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::schema;
use crate::db;
use crate::system::archive::{self, Manifest, Progress, Table};
use crate::system::dump::quoted;

/// A piece of a table on its way, with the place in the archive.
struct Piece {
    table: String,
    text: Vec<u8>,
}

/// Fills a cleared database inside the caller's transaction; answers how many rows there are.
pub(super) async fn fill(
    conn: &mut PgConnection,
    file: &Path,
    manifest: &Manifest,
    progress: Progress<'_>,
) -> Result<u64> {
    let own: Vec<i64> = manifest.migrations.iter().map(|applied| applied.version).collect();
    db::migrate_within(conn, Some(&own)).await?;
    let dressing = schema::bare(conn).await?;
    let (pieces, inbox) = channel(4);
    let file: PathBuf = file.to_owned();
    let reading = tokio::task::spawn_blocking(move || read(&file, &pieces));
    let total = manifest.tables.iter().map(|table| table.rows).sum();
    let filled = copy_in(conn, manifest, inbox, progress, total).await;
    let read = reading.await?;
    // When the database refused, the reader only knows that nobody listens.
    filled?;
    read?;
    for sequence in &manifest.sequences {
        sqlx::query("SELECT setval(to_regclass(quote_ident($1)), $2, $3)")
            .bind(&sequence.name)
            .bind(sequence.last_value)
            .bind(sequence.is_called)
            .execute(&mut *conn)
            .await?;
    }
    schema::dress(conn, dressing).await?;
    db::migrate_within(conn, None).await?;
    Ok(total)
}

/// Unpacks the pieces of tables in their order.
fn read(file: &Path, pieces: &Sender<Piece>) -> Result<()> {
    archive::walk(file, &|_, _| (), |path, data| {
        let Some(rest) = path.strip_prefix(archive::DATABASE) else {
            return Ok(());
        };
        let (table, _) = rest.split_once('/').context("чужой файл в копии")?;
        let mut text = Vec::new();
        MultiGzDecoder::new(data).read_to_end(&mut text)?;
        let piece = Piece {
            table: table.to_owned(),
            text,
        };
        pieces.blocking_send(piece).ok().context("запись в базу прервалась")
    })
}

async fn copy_in(
    conn: &mut PgConnection,
    manifest: &Manifest,
    mut inbox: Receiver<Piece>,
    progress: Progress<'_>,
    total: u64,
) -> Result<()> {
    let mut waiting = inbox.recv().await;
    let mut done = 0;
    for table in &manifest.tables {
        let mut copy = conn.copy_in_raw(&statement(table)).await?;
        while let Some(piece) = waiting.take_if(|piece| piece.table == table.name) {
            copy.send(piece.text).await?;
            waiting = inbox.recv().await;
        }
        let rows = copy.finish().await?;
        ensure!(
            rows == table.rows,
            "Копия не сходится с описью: в таблице {} строк {rows}, а должно быть {}.",
            table.name,
            table.rows
        );
        done += rows;
        progress(done, total);
    }
    ensure!(waiting.is_none(), "Копия не сходится с описью: в ней лишняя таблица.");
    Ok(())
}

fn statement(table: &Table) -> String {
    let columns: Vec<_> = table.columns.iter().map(|name| quoted(name)).collect();
    format!("COPY {} ({}) FROM STDIN", quoted(&table.name), columns.join(", "))
}
