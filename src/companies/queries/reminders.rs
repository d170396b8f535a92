//! Contracts that end soon.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::values::{CompanyId, UserId};

/// A contract whose responsible was not told of its end yet.
#[derive(Debug)]
pub(in crate::companies) struct Ending {
    pub(in crate::companies) company: CompanyId,
    pub(in crate::companies) name: String,
    pub(in crate::companies) until: NaiveDate,
    pub(in crate::companies) responsible: UserId,
    /// From the responsible's today.
    pub(in crate::companies) days: i32,
    /// Under which it is told.
    pub(in crate::companies) key: String,
}

/// Contracts that end within thirty days by the calendar of whoever is responsible, in their order behind `after`; those
/// that were told are left out. `zone` is of people who have none of their own.
pub(in crate::companies) async fn ending(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    zone: &str,
    after: (NaiveDate, Uuid),
    limit: i64,
) -> Sql<Vec<Ending>> {
    let rows = sqlx::query!(
        r#"SELECT company.id AS "id!", company.name AS "name!", company.contract_until AS "until!",
                  person.id AS "person!", term.days AS "days!", term.key AS "key!"
           FROM companies AS company
           JOIN users AS person ON person.id = company.responsible_id AND person.is_active
           CROSS JOIN LATERAL (
               SELECT company.contract_until
                      - ($1::timestamptz AT TIME ZONE COALESCE(NULLIF(person.time_zone, ''), $2))::date AS days
           ) AS own
           CROSS JOIN LATERAL (
               SELECT own.days, format('contract:%s:%s:%s', company.id, company.contract_until,
                                       CASE WHEN own.days > 14 THEN 30 ELSE 14 END) AS key
           ) AS term
           -- A day more on both sides: somewhere it is already tomorrow or still yesterday.
           WHERE company.contract_until BETWEEN ($1::timestamptz AT TIME ZONE 'UTC')::date - 1
                                            AND ($1::timestamptz AT TIME ZONE 'UTC')::date + 31
             AND (company.contract_until, company.id) > ($3, $4)
             AND own.days BETWEEN 0 AND 30
             AND NOT EXISTS (SELECT FROM notifications AS notice
                             WHERE notice.dedup_key = term.key AND notice.user_id = person.id)
           ORDER BY company.contract_until, company.id
           LIMIT $5"#,
        now,
        zone,
        after.0,
        after.1,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Ending {
            company: CompanyId(row.id),
            name: row.name,
            until: row.until,
            responsible: UserId(row.person),
            days: row.days,
            key: row.key,
        })
        .collect())
}
