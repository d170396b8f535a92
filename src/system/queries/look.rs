//! SQL of how the installation stands.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::system::overview::{DatabaseFacts, Origin, TableFacts};

/// When the database was migrated first; `None`: it never was.
pub(in crate::system) async fn installed_at(conn: &mut PgConnection) -> Sql<Option<DateTime<Utc>>> {
    // Unchecked at build time: the table is the migrations' own.
    sqlx::query_scalar("SELECT min(installed_on) FROM _sqlx_migrations")
        .fetch_one(conn)
        .await
}

/// Whether this is a passive copy, and of what: its archive and when it was brought back.
pub(in crate::system) async fn origin(conn: &mut PgConnection) -> Sql<Origin> {
    let row = sqlx::query!("SELECT is_passive, restored_from, restored_at FROM system_state")
        .fetch_optional(conn)
        .await?;
    Ok(row.map_or_else(Origin::default, |row| Origin {
        is_passive: row.is_passive,
        restored_from: row.restored_from,
        restored_at: row.restored_at,
    }))
}

pub(in crate::system) async fn database(conn: &mut PgConnection) -> Sql<DatabaseFacts> {
    let (version, bytes, connections, max_connections): (String, i64, i64, i64) = sqlx::query_as(
        "SELECT current_setting('server_version'), pg_database_size(current_database()),
                (SELECT COALESCE(sum(numbackends), 0)::bigint FROM pg_stat_database),
                current_setting('max_connections')::bigint",
    )
    .fetch_one(&mut *conn)
    .await?;
    let (schema, migrations): (i64, i64) =
        sqlx::query_as("SELECT COALESCE(max(version), 0), count(*) FROM _sqlx_migrations WHERE success")
            .fetch_one(conn)
            .await?;
    Ok(DatabaseFacts {
        version,
        bytes,
        connections,
        max_connections,
        schema,
        migrations,
    })
}

/// The tables that take most room, with their indexes; rows as the planner estimates them.
pub(in crate::system) async fn biggest_tables(conn: &mut PgConnection, limit: i64) -> Sql<Vec<TableFacts>> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT class.relname::text, pg_total_relation_size(class.oid), GREATEST(class.reltuples, 0)::bigint
         FROM pg_class AS class
         WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r'
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid AND deptype = 'e')
         ORDER BY pg_total_relation_size(class.oid) DESC, class.relname
         LIMIT $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let facts = |(name, bytes, rows)| TableFacts { name, bytes, rows };
    Ok(rows.into_iter().map(facts).collect())
}
