//! Tables without what slows a fill down or forbids its order: taken away and put back word for word, in one transaction.

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, PgConnection};

/// Our own things, as `what`: nothing that an extension brought.
const OURS: &str = "NOT EXISTS (SELECT FROM pg_depend WHERE objid = it.oid AND deptype = 'e')";

/// Removes every table, view, sequence, function and type of ours.
pub(super) async fn clear(conn: &mut PgConnection) -> Result<()> {
    let queries = [
        format!(
            "SELECT format('DROP %s IF EXISTS public.%I CASCADE',
                           CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                                        WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname)
             FROM pg_class AS it
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND {OURS}
             -- A sequence that numbers the rows of a table goes with it, and not before it.
             ORDER BY relkind = 'S'"
        ),
        format!(
            "SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
             FROM pg_proc AS it WHERE pronamespace = 'public'::regnamespace AND {OURS}"
        ),
        format!(
            "SELECT format('DROP TYPE IF EXISTS public.%I CASCADE', typname)
             FROM pg_type AS it
             WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') AND {OURS}"
        ),
    ];
    for query in queries {
        let drops: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&mut *conn).await?;
        run(conn, drops).await?;
    }
    Ok(())
}

/// Statements that put back what [`bare`] took away.
pub(super) struct Dressing {
    indexes: Vec<String>,
    foreign_keys: Vec<String>,
    triggers: Vec<String>,
}

/// Takes foreign keys, triggers and indexes that guard nothing away, and every row that migrations wrote.
pub(super) async fn bare(conn: &mut PgConnection) -> Result<Dressing> {
    let (drops, foreign_keys) = pairs(
        conn,
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
                format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
         FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype = 'f' AND conparentid = 0
         ORDER BY conrelid::regclass::text, conname",
    )
    .await?;
    run(conn, drops).await?;
    let (drops, triggers) = pairs(
        conn,
        "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
                format('ALTER TABLE %s ENABLE %s TRIGGER %I', tgrelid::regclass,
                       CASE tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, tgname)
         FROM pg_trigger JOIN pg_class AS class ON class.oid = tgrelid
         WHERE class.relnamespace = 'public'::regnamespace AND NOT tgisinternal AND tgenabled <> 'D'",
    )
    .await?;
    run(conn, drops).await?;
    let (drops, indexes) = pairs(
        conn,
        "SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
         FROM pg_index JOIN pg_class AS class ON class.oid = indexrelid
         WHERE class.relnamespace = 'public'::regnamespace AND NOT indisunique
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
         ORDER BY class.relname",
    )
    .await?;
    run(conn, drops).await?;
    let empties = sqlx::query_scalar(
        "SELECT format('TRUNCATE %s', string_agg(oid::regclass::text, ', ')) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_sqlx_migrations'
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
         HAVING count(*) > 0",
    )
    .fetch_all(&mut *conn)
    .await?;
    run(conn, empties).await?;
    Ok(Dressing {
        indexes,
        foreign_keys,
        triggers,
    })
}

/// Puts everything back; foreign keys are checked for all rows on the way.
pub(super) async fn dress(conn: &mut PgConnection, dressing: Dressing) -> Result<()> {
    sqlx::query("SET LOCAL maintenance_work_mem = '128MB'")
        .execute(&mut *conn)
        .await?;
    run(conn, dressing.indexes).await?;
    run(conn, dressing.foreign_keys).await?;
    run(conn, dressing.triggers).await
}

/// What takes away, and what puts back in the same order.
async fn pairs(conn: &mut PgConnection, query: &'static str) -> Result<(Vec<String>, Vec<String>)> {
    let rows: Vec<(String, String)> = sqlx::query_as(query).fetch_all(conn).await?;
    Ok(rows.into_iter().unzip())
}

/// The texts come out of the catalogue, never from a person.
async fn run(conn: &mut PgConnection, statements: Vec<String>) -> Result<()> {
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement.clone()))
            .execute(&mut *conn)
            .await
            .with_context(|| format!("«{statement}» не выполнено"))?;
    }
    Ok(())
}
