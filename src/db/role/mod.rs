//! The role that the program works as: it writes everything but may not rewrite the audit log (decision 0012).
//!
//! The role cannot sign in: each connection of a pool takes it, and what only an owner can do goes through [`owner`].

#[cfg(test)]
mod tests;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

type Sql<T> = Result<T, sqlx::Error>;

/// The role of whoever signs in to the database, when that one may act as it and its rights in this database are there.
/// A name of its own for each login: several owners may share a server.
const USABLE: &str = "
    FROM pg_roles AS role
    WHERE role.rolname = ('proficrm_app_' || session_user)::name
      AND pg_has_role(session_user, role.oid,
                      CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
      AND has_table_privilege(role.oid, to_regclass('audit_events')::oid, 'INSERT')";

/// Pools whose connections take the role as they are made.
pub(crate) fn taken_by(pool: PgPoolOptions) -> PgPoolOptions {
    pool.after_connect(|conn, _| {
        Box::pin(async move {
            let sql = format!("SELECT set_config('role', role.rolname, false) {USABLE}");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await?;
            Ok(())
        })
    })
}

/// A connection with the rights of the database's owner and without limits of time: for migrations, indexes, copies.
pub(crate) async fn owner(pool: &PgPool) -> Sql<PgConnection> {
    let mut conn = pool.acquire().await?.detach();
    sqlx::raw_sql(
        "SET ROLE NONE;
         SET statement_timeout = 0;
         SET lock_timeout = 0;
         SET idle_in_transaction_session_timeout = 0",
    )
    .execute(&mut conn)
    .await?;
    Ok(conn)
}

/// Whether the log is guarded: this connection may add to it and nothing else.
pub(crate) async fn is_guarded(conn: &mut PgConnection) -> Sql<bool> {
    sqlx::query_scalar(
        "SELECT COALESCE(bool_and(has_table_privilege(log, 'INSERT')
                                  AND NOT has_table_privilege(log, 'UPDATE')
                                  AND NOT has_table_privilege(log, 'DELETE')
                                  AND NOT has_table_privilege(log, 'TRUNCATE')
                                  AND NOT pg_has_role(class.relowner, 'USAGE')), false)
         FROM pg_class AS class, LATERAL (SELECT class.oid AS log) AS named
         WHERE class.oid = to_regclass('audit_events')",
    )
    .fetch_one(conn)
    .await
}

/// What whoever keeps the server runs once when our login may not make roles.
pub(crate) async fn recipe(conn: &mut PgConnection) -> Sql<String> {
    sqlx::query_scalar(
        "SELECT format('CREATE ROLE %I NOLOGIN; GRANT %I TO %I;', name, name, session_user)
         FROM (SELECT ('proficrm_app_' || session_user)::name AS name) AS role",
    )
    .fetch_one(conn)
    .await
}

/// Makes the role and its rights as they should be. Answers whether connections can take it from now on.
pub(super) async fn ensure(pool: &PgPool, conn: &mut PgConnection) -> Sql<bool> {
    let mut tx = conn.begin().await?;
    // Two processes that start at once would change the same rows of the catalogue.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('proficrm_app'))")
        .execute(&mut *tx)
        .await?;
    if make(&mut tx).await? {
        grant(&mut tx).await?;
    }
    tx.commit().await?;
    let found = sqlx::query(AssertSqlSafe(format!("SELECT {USABLE}")))
        .fetch_optional(conn)
        .await?;
    // Connections from before are still the owner's.
    while let Some(idle) = pool.try_acquire() {
        idle.close().await?;
    }
    Ok(found.is_some())
}

/// Whether there is a role that our login may act as; makes it when it may.
async fn make(conn: &mut PgConnection) -> Sql<bool> {
    for step in [
        "DO $$ BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ('proficrm_app_' || session_user)::name) THEN
                 EXECUTE format('CREATE ROLE %I NOLOGIN', ('proficrm_app_' || session_user)::name);
             END IF;
         END $$",
        // Whoever may make roles and is no superuser acts as one only after granting it to oneself.
        "DO $$ BEGIN
             IF NOT pg_has_role(session_user, ('proficrm_app_' || session_user)::name,
                                CASE WHEN current_setting('server_version_num')::int >= 160000
                                     THEN 'SET' ELSE 'MEMBER' END) THEN
                 EXECUTE format('GRANT %I TO %I', ('proficrm_app_' || session_user)::name, session_user);
             END IF;
         END $$",
    ] {
        let mut tx = conn.begin().await?;
        match sqlx::raw_sql(step).execute(&mut *tx).await {
            Ok(_) => tx.commit().await?,
            Err(error) => {
                tx.rollback().await?;
                match error
                    .as_database_error()
                    .and_then(sqlx::error::DatabaseError::code)
                    .as_deref()
                {
                    // Another database of this server was quicker: roles are of the whole server.
                    Some("42710" | "23505") => (),
                    Some("42501") => return Ok(false),
                    _ => return Err(error),
                }
            }
        }
    }
    Ok(true)
}

/// Gives the role what it lacks, so that tables of later migrations and of a restored copy are included.
async fn grant(conn: &mut PgConnection) -> Sql<()> {
    let missing: Vec<String> = sqlx::query_scalar(
        "WITH app AS (
             SELECT oid, rolname FROM pg_roles WHERE rolname = ('proficrm_app_' || session_user)::name
         ), kept (relation, rights) AS (
             -- Written once and read for ever; the second is the migrations' own.
             VALUES (to_regclass('audit_events')::oid, 'SELECT, INSERT'),
                    (to_regclass('_sqlx_migrations')::oid, 'SELECT')
         )
         SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), rolname) FROM app
         UNION ALL
         SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', class.oid::regclass, app.rolname)
         FROM app, pg_class AS class
         WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind IN ('r', 'p')
           AND class.oid NOT IN (SELECT relation FROM kept WHERE relation IS NOT NULL)
           AND NOT (has_table_privilege(app.oid, class.oid, 'SELECT') AND has_table_privilege(app.oid, class.oid, 'INSERT')
                    AND has_table_privilege(app.oid, class.oid, 'UPDATE')
                    AND has_table_privilege(app.oid, class.oid, 'DELETE'))
         UNION ALL
         SELECT format('GRANT USAGE, SELECT, UPDATE ON SEQUENCE %s TO %I', class.oid::regclass, app.rolname)
         FROM app, pg_class AS class
         WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind = 'S'
           AND NOT (has_sequence_privilege(app.oid, class.oid, 'USAGE')
                    AND has_sequence_privilege(app.oid, class.oid, 'UPDATE'))
         UNION ALL
         SELECT format('REVOKE ALL ON %s FROM %I; GRANT %s ON %1$s TO %2$I',
                       kept.relation::regclass, app.rolname, kept.rights)
         FROM app, kept WHERE kept.relation IS NOT NULL
         UNION ALL
         -- Until the next start, for tables that another version of the program makes beside us.
         SELECT format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I; '
                       'ALTER DEFAULT PRIVILEGES IN SCHEMA %1$I GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO %2$I',
                       current_schema(), rolname)
         FROM app",
    )
    .fetch_all(&mut *conn)
    .await?;
    for statement in missing {
        // Names come out of the catalogue and are quoted there.
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *conn).await?;
    }
    Ok(())
}
