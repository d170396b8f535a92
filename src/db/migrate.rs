//! Migrations: inside the binary, run at start under Postgres' advisory lock.

use anyhow::{Context as _, Result, bail};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{PgConnection, PgPool};

use super::role;

static MIGRATOR: Migrator = sqlx::migrate!();

/// Brings the database to this binary's version.
///
/// # Errors
/// One Russian sentence: a newer database, a damaged migration, a server that cannot fold Cyrillic.
pub(crate) async fn migrate(pool: &PgPool) -> Result<()> {
    // Building an index on a large base takes longer than a page may.
    let mut conn = role::owner(pool).await?;
    let folds: bool = sqlx::query_scalar("SELECT lower('ЁЖ') = 'ёж'")
        .fetch_one(&mut conn)
        .await?;
    if !folds {
        bail!(
            "База данных создана с локалью, которая не различает русские буквы. Создайте её заново: \
             CREATE DATABASE crm TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'."
        );
    }
    match MIGRATOR.run(&mut conn).await {
        Ok(()) => guard(pool, &mut conn).await,
        Err(MigrateError::VersionMissing(version)) => bail!(
            "База данных новее этой программы (в ней есть миграция {version}). Запустите более новую версию CRM ПРОФИ."
        ),
        Err(MigrateError::VersionMismatch(version)) => {
            bail!("Миграция {version} в базе отличается от той, что в программе: база и программа из разных сборок.")
        }
        Err(error) => Err(error).context("Миграция базы данных не удалась"),
    }
}

/// After the migrations: the program works without the right to rewrite the audit log, when the server lets it.
async fn guard(pool: &PgPool, conn: &mut PgConnection) -> Result<()> {
    let is_taken = role::ensure(pool, conn).await;
    if !is_taken.context("Права программы в базе данных не удалось проверить")?
    {
        let recipe = role::recipe(conn).await?;
        tracing::warn!(
            recipe,
            "the audit log is guarded by triggers only: this login of the database may not make roles"
        );
    }
    Ok(())
}

/// Whether the database has all migrations of this binary.
pub(crate) async fn is_current(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let newest: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(pool)
        .await?;
    Ok(newest == MIGRATOR.iter().map(|migration| migration.version).max())
}

/// Whether the database was migrated once and lacks some of this binary's migrations.
pub(crate) async fn is_behind(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('public._sqlx_migrations') IS NOT NULL")
        .fetch_one(pool)
        .await?;
    if !exists {
        return Ok(false);
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations")
        .fetch_all(pool)
        .await?;
    Ok(MIGRATOR.iter().any(|migration| !applied.contains(&migration.version)))
}

/// Version and checksum (hex) of each migration of this binary, in order.
pub(crate) fn known_migrations() -> Vec<(i64, String)> {
    let pair = |migration: &sqlx::migrate::Migration| (migration.version, hex::encode(&migration.checksum));
    MIGRATOR.iter().map(pair).collect()
}

/// Applies all migrations that are missing, or only these, inside the caller's transaction.
pub(crate) async fn migrate_within(conn: &mut PgConnection, only: Option<&[i64]>) -> Result<()> {
    let wanted = MIGRATOR
        .iter()
        .filter(|migration| only.is_none_or(|only| only.contains(&migration.version)));
    Migrator::with_migrations(wanted.cloned().collect())
        .run(conn)
        .await
        .context("Миграция базы данных не удалась")
}
