//! What the machine gives at best: a bare handler with one indexed SELECT, and Postgres alone.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::CONCURRENT;
use crate::base::postgres_program;
use crate::browser::Ask;
use crate::load::{Load, Measured, Row, Target};
use crate::report::{ANCHOR, Table};
use crate::server::{Postgres, free_address};

/// The database of `pgbench`, beside ours in the same cluster.
const DATABASE: &str = "anchor";
/// Rows of its table.
const ROWS: i32 = 200_000;

/// Measures both and puts them into the table.
pub(crate) async fn measure(postgres: &Postgres, load: &Load, table: &mut Table) -> Result<()> {
    make_database(postgres).await?;
    let address = free_address()?;
    // A process of its own, as the measured program is one.
    let mut handler = Command::new(std::env::current_exe()?)
        .args(["anchor", &postgres.url(DATABASE), &address.to_string()])
        .stdin(Stdio::null())
        .spawn()?;
    let measured = measure_handler(address, load, table).await;
    handler.kill()?;
    handler.wait()?;
    measured?;
    let Some(pgbench) = postgres_program("pgbench") else {
        println!("pgbench is not installed: measured without it");
        return Ok(());
    };
    for concurrent in CONCURRENT {
        let measured = run_pgbench(&mut Command::new(&pgbench), postgres, load, concurrent)?;
        table.add("anchor: pgbench -S", concurrent, measured);
    }
    Ok(())
}

async fn measure_handler(address: SocketAddr, load: &Load, table: &mut Table) -> Result<()> {
    for _ in 0..500 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let row = Row {
        name: ANCHOR,
        expected: StatusCode::OK,
        next: Arc::new(|| Ask::page("/")),
    };
    let target = Target {
        address,
        cookie: String::new(),
    };
    for concurrent in CONCURRENT {
        table.add(row.name, concurrent, load.run(&target, &row, concurrent).await?);
    }
    Ok(())
}

/// The bare handler.
pub(crate) async fn serve(database_url: &str, listen: SocketAddr) -> Result<()> {
    let pool = PgPoolOptions::new().max_connections(16).connect(database_url).await?;
    let app = Router::new().route("/", get(balance)).with_state(pool);
    let listener = tokio::net::TcpListener::bind(listen).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn balance(State(pool): State<PgPool>) -> Result<String, StatusCode> {
    let account = rand::random_range(1..=ROWS);
    let found = sqlx::query_scalar::<_, i32>("SELECT abalance FROM pgbench_accounts WHERE aid = $1").bind(account);
    let balance = found
        .fetch_one(&pool)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(balance.to_string())
}

/// `pgbench -i -s 2` in plain SQL, so that the handler has its anchor where pgbench is not installed.
async fn make_database(postgres: &Postgres) -> Result<()> {
    let mut conn = PgConnection::connect(&postgres.url("crm")).await?;
    let exists = sqlx::query_scalar::<_, bool>("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'anchor')");
    if exists.fetch_one(&mut conn).await? {
        return Ok(());
    }
    sqlx::raw_sql("CREATE DATABASE anchor").execute(&mut conn).await?;
    let mut conn = PgConnection::connect(&postgres.url(DATABASE)).await?;
    let tables = "
        CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88));
        CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84));
        INSERT INTO pgbench_branches SELECT branch, 0, '' FROM generate_series(1, 2) AS branch;
        INSERT INTO pgbench_accounts SELECT account, 1, 0, '' FROM generate_series(1, 200000) AS account;";
    sqlx::raw_sql(tables).execute(&mut conn).await?;
    sqlx::raw_sql("VACUUM ANALYZE pgbench_accounts")
        .execute(&mut conn)
        .await?;
    Ok(())
}

fn run_pgbench(program: &mut Command, postgres: &Postgres, load: &Load, concurrent: usize) -> Result<Measured> {
    let (clients, seconds) = (concurrent.to_string(), load.measured.as_secs().to_string());
    let threads = concurrent.min(2).to_string();
    let folder = std::env::temp_dir().join(format!("bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    program.args([
        "-h",
        &postgres.socket,
        "-U",
        "crm",
        "-S",
        "-n",
        "-M",
        "prepared",
        "-s",
        "2",
    ]);
    program.args([
        "-c",
        &clients,
        "-j",
        &threads,
        "-T",
        &seconds,
        "--log",
        "--sampling-rate=0.1",
        DATABASE,
    ]);
    let done = program.current_dir(&folder).output()?;
    let said = String::from_utf8_lossy(&done.stdout);
    ensure!(
        done.status.success(),
        "pgbench failed: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    let mut times = Vec::new();
    for entry in fs::read_dir(&folder)? {
        // «client transaction microseconds script …»
        let text = fs::read_to_string(entry?.path())?;
        times.extend(
            text.lines()
                .filter_map(|line| line.split(' ').nth(2)?.parse::<u64>().ok()),
        );
    }
    fs::remove_dir_all(&folder)?;
    let rate = said
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    Ok(Measured {
        per_second: rate.context("pgbench did not tell its rate")?,
        ..Measured::of(times)
    })
}
