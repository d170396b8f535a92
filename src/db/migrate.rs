//! Migrations: inside the binary, run at start under Postgres' advisory lock.

use anyhow::{Context as _, Result, bail};
use sqlx::PgPool;
use sqlx::migrate::{MigrateError, Migrator};

static MIGRATOR: Migrator = sqlx::migrate!();

/// Brings the database to this binary's version.
///
/// # Errors
/// One Russian sentence: a newer database, a damaged migration, a server that cannot fold Cyrillic.
pub(crate) async fn migrate(pool: &PgPool) -> Result<()> {
    let folds: bool = sqlx::query_scalar("SELECT lower('ЁЖ') = 'ёж'").fetch_one(pool).await?;
    if !folds {
        bail!(
            "База данных создана с локалью, которая не различает русские буквы. Создайте её заново: \
             CREATE DATABASE crm TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'."
        );
    }
    // Building an index on a large base takes longer than a page may.
    let mut conn = pool.acquire().await?.detach();
    sqlx::query("SET statement_timeout = 0").execute(&mut conn).await?;
    sqlx::query("SET lock_timeout = 0").execute(&mut conn).await?;
    match MIGRATOR.run(&mut conn).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(version)) => bail!(
            "База данных новее этой программы (в ней есть миграция {version}). Запустите более новую версию CRM ПРОФИ."
        ),
        Err(MigrateError::VersionMismatch(version)) => {
            bail!("Миграция {version} в базе отличается от той, что в программе: база и программа из разных сборок.")
        }
        Err(error) => Err(error).context("Миграция базы данных не удалась"),
    }
}

/// Whether the database has all migrations of this binary.
pub(crate) async fn is_current(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let newest: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(pool)
        .await?;
    Ok(newest == MIGRATOR.iter().map(|migration| migration.version).max())
}
