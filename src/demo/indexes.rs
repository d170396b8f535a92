//! The two GIN indexes of the company list, which cost more than all the rest of a big fill.

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, PgConnection};

/// Takes both away and answers how to make them again, word for word.
pub(super) async fn drop_search(conn: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let definitions = sqlx::query_scalar!(
        r#"
        SELECT indexdef AS "definition!"
        FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = 'companies'
            AND indexname IN ('companies_search_idx', 'companies_name_key_trgm_idx')
        ORDER BY indexname
        "#
    )
    .fetch_all(&mut *conn)
    .await
    .context("reading the definitions of indexes")?;
    sqlx::query!("DROP INDEX IF EXISTS companies_search_idx, companies_name_key_trgm_idx")
        .execute(conn)
        .await
        .context("dropping the search indexes")?;
    Ok(definitions)
}

/// Makes the indexes again.
pub(super) async fn create(conn: &mut PgConnection, definitions: Vec<String>) -> anyhow::Result<()> {
    for definition in definitions {
        // The text comes out of pg_indexes, never from a person.
        sqlx::query(AssertSqlSafe(definition))
            .execute(&mut *conn)
            .await
            .context("making a search index again")?;
    }
    Ok(())
}
