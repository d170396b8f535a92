//! What a company leaves behind when it goes, and takes up again when it comes back.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::values::CompanyId;

/// Locks a company against everybody, also against those who would refer to it; imports wait, too.
pub(in crate::companies) async fn lock_alone(conn: &mut PgConnection, id: CompanyId) -> Sql<bool> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared($1)", crate::companies::IMPORT_LOCK)
        .execute(&mut *conn)
        .await?;
    let row = sqlx::query!("SELECT id FROM companies WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Frees the companies of this head organisation and answers which they were.
pub(in crate::companies) async fn detach(
    conn: &mut PgConnection,
    head: CompanyId,
    now: DateTime<Utc>,
) -> Sql<Vec<CompanyId>> {
    sqlx::query_scalar!(
        r#"UPDATE companies
           SET head_company_id = NULL, version = version + 1, updated_at = $2
           WHERE head_company_id = $1
           RETURNING id AS "id: CompanyId""#,
        head.0,
        now,
    )
    .fetch_all(conn)
    .await
}

/// Puts companies that have no head organisation under this one again, but for those above it. Answers which.
pub(in crate::companies) async fn attach(
    conn: &mut PgConnection,
    head: CompanyId,
    children: &[CompanyId],
    now: DateTime<Utc>,
) -> Sql<Vec<CompanyId>> {
    let children: Vec<_> = children.iter().map(|id| id.0).collect();
    sqlx::query_scalar!(
        r#"WITH RECURSIVE above AS (
               SELECT head_company_id AS id FROM companies WHERE id = $1
               UNION
               SELECT company.head_company_id FROM above JOIN companies AS company ON company.id = above.id
           )
           UPDATE companies
           SET head_company_id = $1, version = version + 1, updated_at = $3
           WHERE id = ANY($2) AND id <> $1 AND head_company_id IS NULL
             AND id NOT IN (SELECT id FROM above WHERE id IS NOT NULL)
           RETURNING id AS "id: CompanyId""#,
        head.0,
        &children,
        now,
    )
    .fetch_all(conn)
    .await
}

/// Which words of a text are among the known ones.
pub(in crate::companies) async fn known_words(conn: &mut PgConnection, text: &str) -> Sql<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT word FROM company_words WHERE word = ANY(text_words($1)) ORDER BY word",
        text
    )
    .fetch_all(conn)
    .await
}

/// Whether any company has this word. Planned anew each time: how frequent the word is decides how to look.
pub(in crate::companies) async fn has_word(conn: &mut PgConnection, word: &str) -> Sql<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM companies WHERE search @@ quote_literal($1)::tsquery)")
        .bind(word)
        .persistent(false)
        .fetch_one(conn)
        .await
}

pub(in crate::companies) async fn delete_words(conn: &mut PgConnection, words: &[String]) -> Sql<()> {
    sqlx::query!("DELETE FROM company_words WHERE word = ANY($1)", words)
        .execute(conn)
        .await?;
    Ok(())
}
