//! Ways to the companies that have open tasks, or none: what the list costs where next to all companies have tasks, or
//! next to none.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::Sql;
use crate::companies::listed::Due;

/// No more tasks are read for the set of their companies: at 200,000 companies reading so many takes as long as looking for
/// those of each company until a page is full.
const FEW: i64 = 16_000;
/// The tasks of so many companies of the order are looked for one by one, for 2 µs each.
const NEAR: i64 = 8_192;

/// Which companies of an order are asked whether they have open tasks, and how.
#[derive(Clone, Copy, Debug)]
pub(super) enum Among {
    /// The first of them, one by one.
    First,
    /// All others, beside the set of those that have tasks: to read that costs as much as to look for those of a fifth of
    /// the base, so it is done only when the first do not fill a page.
    Others,
}

impl Among {
    /// Goes on with a query that has just told the order of `SELECT id FROM (SELECT …`.
    pub(super) fn push(self, query: &mut QueryBuilder<Postgres>) {
        match self {
            Self::First => {
                query.push(" LIMIT ").push(NEAR);
                query.push(
                    ") AS company WHERE NOT EXISTS (SELECT FROM tasks AS task WHERE task.company_id = company.id",
                );
                query.push(" AND task.status IN ('new', 'in_progress'))");
            }
            Self::Others => {
                query.push(" OFFSET ").push(NEAR);
                query.push(") AS company WHERE id NOT IN (SELECT company_id FROM tasks");
                query.push(" WHERE status IN ('new', 'in_progress') AND company_id IS NOT NULL)");
            }
        }
    }
}

/// Companies with open tasks that are due then, when there are so few that their list costs less than looking for the
/// tasks of all others.
pub(super) async fn due_if_few(conn: &mut PgConnection, (since, before): Due) -> Sql<Option<Vec<Uuid>>> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "tasks!",
                  COALESCE(array_agg(DISTINCT company_id) FILTER (WHERE company_id IS NOT NULL), '{}') AS "companies!"
           FROM (SELECT company_id FROM tasks
                 WHERE status IN ('new', 'in_progress')
                   AND due_key >= COALESCE($3::timestamptz, '-infinity') AND due_key < $1
                 ORDER BY due_key, id LIMIT $2) AS due"#,
        before,
        FEW + 1,
        since,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.tasks <= FEW).then_some(row.companies))
}

/// Whether a page of `rows` out of `found` companies is filled sooner by walking along the order past `all` companies than
/// by looking up each of the found: of the index alone, which has the keys, a walk reads 25 rows in the time of one look.
pub(super) fn is_soon_met(found: usize, rows: i64, all: i64) -> bool {
    let found = i64::try_from(found).unwrap_or(i64::MAX);
    found.saturating_mul(found) > rows.saturating_mul(all) / 25
}
