//! Connections: to the server that `DATABASE_URL` names, or to the embedded cluster.

use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use secrecy::ExposeSecret as _;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::cluster::{Cluster, Settings};
use super::role;
use crate::config::Config;

/// Name of the database inside the embedded cluster.
const NAME: &str = "crm";
/// Connections of one process.
const CONNECTIONS: u32 = 20;
/// How long an idle connection is taken for alive without asking it.
const TRUSTED: Duration = Duration::from_millis(500);
/// A stopped database must be noticed within three seconds.
const ACQUIRE: Duration = Duration::from_secs(2);

/// The pool, and the embedded cluster when there is one. Dropping it stops a cluster that we started.
pub(crate) struct Database {
    /// Connections.
    pub(crate) pool: PgPool,
    cluster: Option<Cluster>,
}

impl Database {
    /// Closes the pool and stops a cluster that we started.
    pub(crate) async fn close(mut self) {
        self.pool.close().await;
        if let Some(cluster) = self.cluster.take() {
            // Waiting for Postgres to checkpoint is blocking work.
            if tokio::task::spawn_blocking(move || cluster.stop()).await.is_err() {
                tracing::warn!("the embedded Postgres was not stopped");
            }
        }
    }
}

/// Connects as the configuration says; starts the embedded cluster when no server is named.
///
/// # Errors
/// One sentence for people; it names `DATABASE_URL` when that is at fault.
pub(crate) async fn connect(config: &Config) -> Result<Database> {
    let (options, cluster) = if let Some(url) = &config.database_url {
        let options = PgConnectOptions::from_str(url.expose_secret());
        (
            options
                .ok()
                .context("DATABASE_URL: не читается как адрес базы данных")?,
            None,
        )
    } else {
        let settings = Settings::new(config.data_dir.clone(), config.pg_bin.clone());
        let cluster = tokio::task::spawn_blocking(move || Cluster::start(settings)).await??;
        tracing::debug!(is_ours = cluster.is_owner(), "the private Postgres is ready");
        let options = PgConnectOptions::from_str(&cluster.database_url(NAME))?;
        (options, Some(cluster))
    };
    let pool = pool(options);
    if let Err(error) = pool.acquire().await {
        anyhow::bail!("DATABASE_URL: база данных не отвечает ({error})");
    }
    Ok(Database { pool, cluster })
}

fn pool(options: PgConnectOptions) -> PgPool {
    role::taken_by(PgPoolOptions::new())
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        // A ping before each use costs a quick page more than its queries. A connection that was alive a moment ago
        // is taken at its word; after a restart of Postgres the first few requests may get 503 for it.
        .test_before_acquire(false)
        .before_acquire(|conn, meta| {
            Box::pin(async move {
                if meta.idle_for < TRUSTED {
                    return Ok(true);
                }
                Ok(conn.ping().await.is_ok())
            })
        })
        .connect_lazy_with(session(options))
}

/// What every session of ours is told.
pub(crate) fn session(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("proficrm").options([
        ("statement_timeout", "20s"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "60s"),
        // Plans of our short queries never win from it.
        ("jit", "off"),
        // Nor does one person's page from a second core, which the next person needs.
        ("max_parallel_workers_per_gather", "0"),
        ("timezone", "UTC"),
        // One wrong letter in a word of six leaves it 0.4 alike; the default of 0.6 would not forgive it.
        ("pg_trgm.word_similarity_threshold", "0.38"),
    ])
}
