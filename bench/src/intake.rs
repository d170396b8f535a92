//! Imports of generated amoCRM files into an empty base, beside a plain `COPY` of the same bytes.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use sqlx::postgres::PgPoolCopyExt as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};

use crate::base::Base;
use crate::server::Postgres;

/// A database of its own in the same cluster.
const DATABASE: &str = "import";

/// Imports a file twice: the second time must change nothing.
pub(crate) async fn measure(base: &Base, postgres: &Postgres, (layout, rows): (&str, u64)) -> Result<()> {
    let mut conn = PgConnection::connect(&postgres.url("crm")).await?;
    sqlx::raw_sql("DROP DATABASE IF EXISTS import WITH (FORCE)")
        .execute(&mut conn)
        .await?;
    sqlx::raw_sql("CREATE DATABASE import").execute(&mut conn).await?;
    let extension = if layout.starts_with("xlsx") { "xlsx" } else { "csv" };
    let path = base.path(&format!("amo-{layout}-{rows}.{extension}"));
    let file = path.to_str().context("the folder has no readable name")?;
    let rows_text = rows.to_string();
    let mut made = base.command(&["generate-amo", "--layout", layout, "--rows", &rows_text, "--out", file]);
    ensure!(made.stdout(Stdio::null()).status()?.success(), "generate-amo failed");
    let copied = copy(&postgres.url(DATABASE), &path).await?;
    for time in ["first", "second"] {
        let Some(done) = base
            .watch(&["import-amo", "--csv", file], &postgres.url(DATABASE))
            .await?
        else {
            println!("Import of {rows} rows ({layout}): refused, see above");
            return Ok(());
        };
        let rate = f64::from(u32::try_from(rows)?) / done.seconds;
        let ratio = copied.map_or_else(String::new, |copied| {
            format!(", {:.0} times a plain COPY ({:.2} s)", done.seconds / copied, copied)
        });
        println!(
            "Import of {rows} rows ({layout}), {time} time: {:.1} s, {rate:.0} rows/s{ratio}, at most {} MiB",
            done.seconds, done.most
        );
        print!("  {}", done.said);
    }
    std::fs::remove_file(&path)?;
    Ok(())
}

/// Seconds that `COPY` takes to bring the bytes into a table of texts without an index, the better of two; `None`: the file
/// is none that `COPY` reads.
async fn copy(url: &str, path: &Path) -> Result<Option<f64>> {
    let bytes = std::fs::read(path)?;
    let Some(head) = std::str::from_utf8(&bytes).ok().and_then(|text| text.lines().next()) else {
        return Ok(None);
    };
    // No heading of the generator has a comma or a quote in it.
    let columns: Vec<String> = (1..=head.split(',').count())
        .map(|number| format!("column_{number} text"))
        .collect();
    let db = PgPool::connect(url).await?;
    let mut best = f64::INFINITY;
    for _ in 0..2 {
        let table = format!(
            "DROP TABLE IF EXISTS plain; CREATE TABLE plain ({})",
            columns.join(", ")
        );
        sqlx::raw_sql(AssertSqlSafe(table)).execute(&db).await?;
        let began = Instant::now();
        let mut copy = db.copy_in_raw("COPY plain FROM STDIN (FORMAT csv, HEADER)").await?;
        for chunk in bytes.chunks(64 * 1024) {
            copy.send(chunk).await?;
        }
        copy.finish().await?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    sqlx::raw_sql("DROP TABLE plain").execute(&db).await?;
    db.close().await;
    Ok(Some(best))
}
