//! A copy of the whole base, its check, and its way back into an empty database.

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, PgConnection};

use crate::base::Base;
use crate::machine::MIB;
use crate::server::Postgres;

/// A database of its own in the same cluster.
const DATABASE: &str = "restored";

/// Tells seconds and the most memory of each command, and the size of the copy.
pub(crate) async fn measure(base: &Base, postgres: &Postgres) -> Result<()> {
    let path = base.path("bench-copy");
    let file = path.to_str().context("the folder has no readable name")?;
    let _ = std::fs::remove_file(&path);
    let mut conn = PgConnection::connect(&postgres.url("crm")).await?;
    sqlx::raw_sql("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        .execute(&mut conn)
        .await?;
    sqlx::raw_sql("CREATE DATABASE restored").execute(&mut conn).await?;
    println!("| a copy | seconds | resident, at most |\n|---|---:|---:|");
    for (name, arguments, database) in [
        ("taken", &["backup", "--out", file][..], "crm"),
        ("read and its sums compared", &["backup", "--verify", file], "crm"),
        ("brought back into an empty database", &["restore", file], DATABASE),
    ] {
        let done = base.watch(arguments, &postgres.url(database)).await?;
        let done = done.with_context(|| format!("a copy was not {name}"))?;
        println!("| {name} | {:.1} | {} MiB |", done.seconds, done.most);
    }
    let size = std::fs::metadata(&path)?.len() / MIB;
    ensure!(size > 0, "the copy is empty");
    println!("\nThe copy has {size} MiB\n");
    sqlx::raw_sql("DROP DATABASE restored WITH (FORCE)")
        .execute(&mut conn)
        .await?;
    std::fs::remove_file(&path)?;
    Ok(())
}
