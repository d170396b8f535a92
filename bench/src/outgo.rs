//! Exports of the whole base by the command, which is the code of the page with another end.

use anyhow::{Context as _, Result};

use crate::base::Base;
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
        let reason = ["--reason", "Замер скорости"];
        let arguments = [
            &["export", "--what", what, "--format", format, "--out", file],
            &reason[..],
        ]
        .concat();
        let Some(done) = base.watch(&arguments, &postgres.url("crm")).await? else {
            println!("Export of {what} as {format}: refused, see above");
            continue;
        };
        println!(
            "Export of {what} as {format}: {:.1} s, at most {} MiB",
            done.seconds, done.most
        );
        print!("  {}", done.said);
        std::fs::remove_file(&path)?;
    }
    Ok(())
}
