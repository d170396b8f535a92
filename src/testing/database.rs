//! One cluster for the run, one migrated template, one clone for each test.

use std::str::FromStr as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

use crate::db::cluster::{Cluster, throw_away};

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| throw_away("lib").expect("a throw-away cluster"));
static TEMPLATE: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicUsize = AtomicUsize::new(0);

fn options(database: &str) -> PgConnectOptions {
    PgConnectOptions::from_str(&CLUSTER.database_url(database)).expect("a database address")
}

async fn admin() -> PgConnection {
    PgConnection::connect_with(&options("postgres"))
        .await
        .expect("a connection")
}

fn lazy_pool(database: &str) -> PgPool {
    pool_of(options(database))
}

fn pool_of(options: PgConnectOptions) -> PgPool {
    let time = std::time::Duration::from_mins(1);
    crate::db::taken_by(PgPoolOptions::new())
        .max_connections(6)
        .acquire_timeout(time)
        .connect_lazy_with(crate::db::session(options))
}

/// An empty database with nothing applied.
pub(crate) async fn blank() -> PgPool {
    let name = next_name();
    admin()
        .await
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .expect("a database");
    lazy_pool(&name)
}

/// An empty database that belongs to a login of its own with these rights and is used by it.
pub(crate) async fn blank_of(login: &str, rights: &str) -> PgPool {
    let name = next_name();
    for sql in [
        format!("CREATE ROLE {login} LOGIN {rights}"),
        format!("CREATE DATABASE {name} OWNER {login}"),
    ] {
        admin().await.execute(AssertSqlSafe(sql)).await.expect("made");
    }
    // The schema of a new database belongs to whoever owns the database.
    pool_of(options(&name).username(login))
}

/// A migrated database of the test's own.
pub(crate) async fn migrated() -> PgPool {
    // Starting the cluster blocks; other tests of this runtime must not stand still for it.
    tokio::task::spawn_blocking(|| LazyLock::force(&CLUSTER))
        .await
        .expect("the cluster");
    TEMPLATE
        .get_or_init(|| async {
            admin()
                .await
                .execute("CREATE DATABASE template_crm")
                .await
                .expect("the template");
            let pool = lazy_pool("template_crm");
            crate::db::migrate(&pool).await.expect("migrations");
            // Nobody may be connected to a template.
            pool.close().await;
        })
        .await;
    let name = next_name();
    let sql = format!("CREATE DATABASE {name} TEMPLATE template_crm");
    admin().await.execute(AssertSqlSafe(sql)).await.expect("a database");
    lazy_pool(&name)
}

fn next_name() -> String {
    format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
