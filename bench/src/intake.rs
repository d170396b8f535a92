//! The import of a generated amoCRM file into an empty base.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, PgConnection};

use crate::base::Base;
use crate::machine::{MIB, memory};
use crate::server::Postgres;

/// A database of its own in the same cluster.
const DATABASE: &str = "import";

/// Imports a file twice: the second time must change nothing.
pub(crate) async fn measure(base: &Base, postgres: &Postgres, rows: u64) -> Result<()> {
    let mut conn = PgConnection::connect(&postgres.url("crm")).await?;
    sqlx::raw_sql("DROP DATABASE IF EXISTS import WITH (FORCE)")
        .execute(&mut conn)
        .await?;
    sqlx::raw_sql("CREATE DATABASE import").execute(&mut conn).await?;
    let file = base.path(&format!("amo-{rows}.csv"));
    let file = file.to_str().context("the folder has no readable name")?;
    let mut made = base.command(&["generate-amo", "--rows", &rows.to_string(), "--out", file]);
    ensure!(made.stdout(Stdio::null()).status()?.success(), "generate-amo failed");
    for time in ["first", "second"] {
        let began = Instant::now();
        let mut import = base
            .command(&["import-amo", "--csv", file])
            .env("DATABASE_URL", postgres.url(DATABASE))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut most = 0;
        while import.try_wait()?.is_none() {
            most = most.max(memory(import.id(), "VmHWM"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let seconds = began.elapsed().as_secs_f64();
        let done = import.wait_with_output()?;
        if !done.status.success() {
            println!("Import of {rows} rows: refused, see above");
            return Ok(());
        }
        let rate = f64::from(u32::try_from(rows)?) / seconds;
        println!(
            "Import of {rows} rows, {time} time: {seconds:.1} s, {rate:.0} rows/s, at most {} MiB",
            most / MIB
        );
        print!("  {}", String::from_utf8_lossy(&done.stdout));
    }
    Ok(())
}
