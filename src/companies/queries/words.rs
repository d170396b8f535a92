//! The different words of all cards: what a typing error is compared with.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;

/// A typed word, and a known one that it begins or looks like.
pub(in crate::companies) struct Known {
    pub(in crate::companies) typed: String,
    pub(in crate::companies) known: String,
}

/// In which part of all companies a word stands.
#[derive(Debug)]
pub(in crate::companies) struct Frequencies {
    /// How many companies there are.
    pub(in crate::companies) companies: f64,
    /// By word, from 0 to 1.
    pub(in crate::companies) words: HashMap<String, f64>,
    /// Of any other word, at most.
    pub(in crate::companies) others: f64,
}

/// Of these words, those that begin no known word, each with the known ones that are one error away, and some more.
pub(in crate::companies) async fn near(conn: &mut PgConnection, typed: &[String]) -> Sql<Vec<Known>> {
    sqlx::query_as!(
        Known,
        r#"SELECT typed.word AS "typed!", near.word AS "known!"
           FROM unnest($1::text[]) AS typed (word)
           CROSS JOIN LATERAL (
               SELECT known.word FROM company_words AS known WHERE known.gaps && text_gaps(typed.word) LIMIT 100
           ) AS near
           WHERE NOT EXISTS (SELECT FROM company_words AS known
                             WHERE known.word >= typed.word AND known.word < typed.word || U&'\FFFF')"#,
        typed,
    )
    .fetch_all(conn)
    .await
}

/// Of these words, those that begin no known word, each with up to thirty known ones that look like it: slower than
/// [`near`], and sees more errors and beginnings with errors.
pub(in crate::companies) async fn alike(conn: &mut PgConnection, typed: &[String]) -> Sql<Vec<Known>> {
    sqlx::query_as!(
        Known,
        r#"SELECT typed.word AS "typed!", near.word AS "known!"
           FROM unnest($1::text[]) AS typed (word)
           CROSS JOIN LATERAL (
               SELECT known.word FROM company_words AS known
               WHERE known.word % typed.word
               ORDER BY similarity(known.word, typed.word) DESC, known.word
               LIMIT 30
           ) AS near
           -- No letter sorts behind U+FFFF, so this is the range of a beginning.
           WHERE NOT EXISTS (SELECT FROM company_words AS known
                             WHERE known.word >= typed.word AND known.word < typed.word || U&'\FFFF')"#,
        typed,
    )
    .fetch_all(conn)
    .await
}

/// All known words.
pub(in crate::companies) async fn all(conn: &mut PgConnection) -> Sql<Vec<String>> {
    sqlx::query_scalar!("SELECT word FROM company_words")
        .fetch_all(conn)
        .await
}

/// The words of each of the latest changed companies, so many of them.
pub(in crate::companies) async fn of_newest(conn: &mut PgConnection, companies: i64) -> Sql<Vec<Vec<String>>> {
    sqlx::query_scalar!(
        r#"SELECT tsvector_to_array(search) AS "words!" FROM companies ORDER BY updated_at DESC, id DESC LIMIT $1"#,
        companies,
    )
    .fetch_all(conn)
    .await
}

/// In how many companies the most frequent words stand, as the planner believes; all others stand in fewer.
pub(in crate::companies) async fn frequencies(conn: &mut PgConnection) -> Sql<Frequencies> {
    let row = sqlx::query!(
        r#"SELECT (SELECT greatest(reltuples, 0)::float8 FROM pg_class WHERE oid = 'companies'::regclass) AS "companies!",
                  COALESCE(most_common_elems::text::text[], '{}') AS "words!: Vec<String>",
                  COALESCE(most_common_elem_freqs, '{}') AS "parts!: Vec<f32>"
           FROM (SELECT) AS one
           LEFT JOIN pg_stats ON schemaname = 'public' AND tablename = 'companies' AND attname = 'search'"#
    )
    .fetch_one(conn)
    .await?;
    // Behind the words' own parts stand the least and the greatest of them.
    let others = row.parts.get(row.words.len()).copied();
    let words = row.words.into_iter().zip(row.parts.iter().map(|part| f64::from(*part)));
    Ok(Frequencies {
        companies: row.companies,
        others: others.map_or(1.0, f64::from),
        words: words.collect(),
    })
}

/// Whether gathering is ours until the transaction ends; `false`: another process is at it.
pub(in crate::companies) async fn lock_gathering(conn: &mut PgConnection) -> Sql<bool> {
    // The first time all companies are read.
    sqlx::query("SET LOCAL statement_timeout = '10min'")
        .execute(&mut *conn)
        .await?;
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock(hashtext('company_words')) AS "is_ours!""#)
        .fetch_one(conn)
        .await
}

/// The latest change of a company, and the latest whose words are known.
pub(in crate::companies) async fn progress(
    conn: &mut PgConnection,
) -> Sql<(Option<DateTime<Utc>>, Option<DateTime<Utc>>)> {
    let row = sqlx::query!(
        "SELECT (SELECT max(updated_at) FROM companies) AS latest, (SELECT until FROM company_words_gathered) AS until"
    )
    .fetch_one(conn)
    .await?;
    Ok((row.latest, row.until))
}

/// Adds the words of companies changed since; all when `None`. Numbers are not words.
pub(in crate::companies) async fn gather(conn: &mut PgConnection, since: Option<DateTime<Utc>>) -> Sql<u64> {
    let added = sqlx::query!(
        "INSERT INTO company_words (word)
         SELECT DISTINCT word
         FROM companies AS company, unnest(tsvector_to_array(company.search)) AS word
         WHERE company.updated_at >= COALESCE($1, '-infinity'::timestamptz) AND word ~ '^[a-zа-я]{3,40}$'
         ON CONFLICT DO NOTHING",
        since,
    )
    .execute(conn)
    .await?;
    Ok(added.rows_affected())
}

/// Remembers up to where words are known.
pub(in crate::companies) async fn set_gathered(conn: &mut PgConnection, until: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO company_words_gathered (until) VALUES ($1) ON CONFLICT (is_only) DO UPDATE SET until = $1",
        until,
    )
    .execute(conn)
    .await?;
    Ok(())
}
