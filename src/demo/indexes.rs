//! Indexes of the tables that a fill writes to: keeping them row by row costs more than all the rest of a big fill.

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, PgConnection};

/// Takes away every index that guards nothing and answers how to make them again, word for word.
///
/// Only for empty tables and inside a transaction: whoever breaks it off gets the indexes back.
pub(super) async fn drop_all(conn: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let indexes = sqlx::query!(
        r#"
        SELECT format('%I', indexname) AS "name!", indexdef AS "definition!"
        FROM pg_indexes
        WHERE schemaname = current_schema()
            AND tablename IN ('companies', 'company_phones', 'company_emails', 'company_sphere_links',
                'contacts', 'contact_phones', 'contact_emails', 'notes')
            AND indexdef NOT LIKE 'CREATE UNIQUE %'
        ORDER BY tablename, indexname
        "#
    )
    .fetch_all(&mut *conn)
    .await
    .context("reading the definitions of indexes")?;
    let mut definitions = Vec::with_capacity(indexes.len());
    for index in indexes {
        // Both texts come out of pg_indexes, never from a person.
        sqlx::query(AssertSqlSafe(format!("DROP INDEX {}", index.name)))
            .execute(&mut *conn)
            .await
            .with_context(|| format!("dropping {}", index.name))?;
        definitions.push(index.definition);
    }
    Ok(definitions)
}

/// Makes the indexes again.
pub(super) async fn create(conn: &mut PgConnection, definitions: Vec<String>) -> anyhow::Result<()> {
    sqlx::query!("SET LOCAL maintenance_work_mem = '256MB'")
        .execute(&mut *conn)
        .await
        .context("asking for memory to sort in")?;
    for definition in definitions {
        sqlx::query(AssertSqlSafe(definition))
            .execute(&mut *conn)
            .await
            .context("making an index again")?;
    }
    Ok(())
}
