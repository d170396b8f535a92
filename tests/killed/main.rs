//! Programs, and their Postgres, are killed as processes in the middle of what they do.

#![expect(
    clippy::disallowed_methods,
    reason = "the rule is for the program; a test has no configuration of its own"
)]

mod calls;
mod imports;
mod phones;
mod postgres;
mod program;
mod repetition;
mod wire;

use sqlx::Connection as _;

/// What a database answers, unless it is not there.
async fn number(url: &str, sql: &'static str) -> Option<i64> {
    let mut conn = sqlx::PgConnection::connect(url).await.ok()?;
    sqlx::query_scalar(sql).fetch_one(&mut conn).await.ok()
}
