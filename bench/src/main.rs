//! Measures the program as people meet it: over HTTP, on a filled base, beside anchors of the same run.
//!
//! A machine alone says little, since it varies from hour to hour. So every speed is also told as a part of what a bare
//! handler with one indexed SELECT reaches on the same Postgres in the same run.

mod acts;
mod anchors;
mod base;
mod browser;
mod copies;
mod intake;
mod load;
mod machine;
mod material;
mod outgo;
mod pages;
mod phones;
mod report;
mod server;
mod soak;
mod trash;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::base::Base;
use crate::browser::Visitor;
use crate::load::{Load, Target};
use crate::material::Material;
use crate::report::Table;
use crate::server::{Postgres, Server};

/// How many ask at once.
const CONCURRENT: [usize; 2] = [1, 16];

/// Measures CRM ПРОФИ on a base that is filled once and kept in target/bench.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many companies the base has
    #[arg(long, default_value_t = 200_000)]
    companies: u64,
    /// How long each row is measured with each number of askers, at most 5
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=5))]
    seconds: u64,
    /// Only rows with one of these texts in their names
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How many tasks the base has at least
    #[arg(long, default_value_t = 1_000_000)]
    tasks: i64,
    /// Only the server's memory, each of so many minutes of mixed load
    #[arg(long)]
    soak: Option<u64>,
    /// Rows of the files to import; 0 for none
    #[arg(long, value_delimiter = ',', default_values_t = [20_000, 100_000])]
    import_rows: Vec<u64>,
    /// Layouts of the files to import, as `proficrm generate-amo --help` names them
    #[arg(
        long,
        value_delimiter = ',',
        default_values = ["contacts-and-companies", "contacts-2022", "leads-2022"]
    )]
    import_layouts: Vec<String>,
    /// Nothing but imports
    #[arg(long)]
    imports_only: bool,
    /// No exports and no copies
    #[arg(long)]
    no_exports: bool,
}

#[derive(Subcommand)]
enum Command {
    /// The bare handler that pages are compared with
    #[command(hide = true)]
    Anchor { database_url: String, listen: SocketAddr },
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    if let Some(Command::Anchor { database_url, listen }) = cli.command {
        return anchors::serve(&database_url, listen).await;
    }
    println!("{}\n", machine::describe());
    let base = Base::open(cli.companies)?;
    if cli.imports_only {
        return import_alone(&base, &cli).await;
    }
    base.fill()?;
    let server = Server::start(&base, "")?;
    let crm = server.postgres()?;
    material::make_ready(&crm.url("crm"), cli.tasks).await?;
    println!(
        "First start, with its own Postgres: {} ms",
        server.started_in.as_millis()
    );
    println!("Start beside a ready Postgres: {} ms", start_beside(&base)?.as_millis());
    println!("Resident at rest: {} MiB\n", server.resident());

    let visitor = Visitor::sign_in(server.address, base::USERNAME, &base.password()?).await?;
    let material = Material::gather(&crm.url("crm"), &visitor).await?;
    let target = Target {
        address: server.address,
        cookie: visitor.cookie.clone(),
    };
    let rows = pages::rows(&material, &visitor);
    if let Some(minutes) = cli.soak {
        soak::measure(&server, &target, rows, minutes).await?;
        material::clear(&crm.url("crm")).await?;
        return server.stop();
    }
    let load = Load {
        measured: Duration::from_secs(cli.seconds),
    };
    let mut table = Table::default();
    anchors::measure(&crm, &load, &mut table).await?;
    let is_wanted = |name: &str| cli.only.is_empty() || cli.only.iter().any(|text| name.contains(text.as_str()));
    for row in rows.into_iter().filter(|row| is_wanted(row.name)) {
        for concurrent in CONCURRENT {
            let measured = load.run(&target, &row, concurrent).await?;
            table.add(row.name, concurrent, measured);
        }
    }
    if is_wanted("trash") {
        trash::measure(&crm.url("crm"), (&target, &visitor), &mut table).await?;
    }
    // What was measured is told whatever happens to the rest.
    let phones = if is_wanted("phone") {
        let who = (&*crm.url("crm"), &*base.password()?);
        phones::measure(&server, who, &visitor, (&load, &mut table)).await
    } else {
        Ok(())
    };
    println!("{table}");
    phones?;
    material::clear(&crm.url("crm")).await?;
    if is_wanted("acts") {
        acts::measure(&server, &crm.url("crm"), &visitor).await?;
    }
    and_files(server, (&base, &crm), &cli).await
}

/// What it holds after the load, then exports, copies and imports.
async fn and_files(server: Server, (base, crm): (&Base, &Postgres), cli: &Cli) -> Result<()> {
    println!(
        "Resident after the load: {} MiB, at most: {} MiB\n",
        server.resident(),
        server.most_resident()
    );
    if !cli.no_exports {
        outgo::measure(base, crm).await?;
        copies::measure(base, crm).await?;
    }
    import_all(base, crm, cli).await?;
    server.stop()
}

/// Needs no filled base.
async fn import_alone(base: &Base, cli: &Cli) -> Result<()> {
    let server = Server::start(base, "")?;
    import_all(base, &server.postgres()?, cli).await?;
    server.stop()
}

/// Each layout with each number of rows.
async fn import_all(base: &Base, crm: &Postgres, cli: &Cli) -> Result<()> {
    for layout in &cli.import_layouts {
        for rows in cli.import_rows.iter().filter(|rows| **rows > 0) {
            intake::measure(base, crm, (layout, *rows)).await?;
        }
    }
    Ok(())
}

/// How long a second process takes until it answers, when the database is up already.
fn start_beside(base: &Base) -> Result<Duration> {
    let second = Server::start(base, " (second)")?;
    let took = second.started_in;
    second.stop()?;
    Ok(took)
}
