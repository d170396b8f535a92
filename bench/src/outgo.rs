//! Exports of the whole base by the command, which is the code of the page with another end.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::base::Base;
use crate::machine::{MIB, memory};
use crate::server::Postgres;

/// Takes companies, and companies with people, away in both kinds of file.
pub(crate) async fn measure(base: &Base, postgres: &Postgres) -> Result<()> {
    for (what, format) in [
        ("companies", "csv"),
        ("companies", "xlsx"),
        ("both", "csv"),
        ("both", "xlsx"),
    ] {
        let path = base.path(&format!("export-{what}.{format}"));
        let file = path.to_str().context("the folder has no readable name")?;
        let _ = std::fs::remove_file(&path);
        let began = Instant::now();
        let mut export = base
            .command(&[
                "export",
                "--what",
                what,
                "--format",
                format,
                "--out",
                file,
                "--reason",
                "Замер скорости",
            ])
            .env("DATABASE_URL", postgres.url("crm"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut most = 0;
        while export.try_wait()?.is_none() {
            most = most.max(memory(export.id(), "VmHWM"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let seconds = began.elapsed().as_secs_f64();
        let done = export.wait_with_output()?;
        if !done.status.success() {
            println!("Export of {what} as {format}: refused, see above");
            continue;
        }
        println!(
            "Export of {what} as {format}: {seconds:.1} s, at most {} MiB",
            most / MIB
        );
        print!("  {}", String::from_utf8_lossy(&done.stdout));
        std::fs::remove_file(&path)?;
    }
    Ok(())
}
