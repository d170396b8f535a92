//! SQL of contracts that end soon.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::Sql;
use crate::companies::actions::Ending;
use crate::values::{CompanyId, Money};

pub(in crate::companies) async fn ending(
    conn: &mut PgConnection,
    people: &[i64],
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> Sql<Vec<Ending>> {
    let rows = sqlx::query!(
        r#"SELECT company.id, company.name, company.contract_type, company.contract_until AS "until!",
                  (company.contract_amount * 100)::bigint AS kopecks, owner.name AS "responsible!"
           FROM companies AS company
           JOIN users AS owner ON owner.id = company.responsible_id
           WHERE company.responsible_id = ANY($1) AND company.contract_until BETWEEN $2 AND $3
           ORDER BY company.contract_until, company.id
           LIMIT $4"#,
        people,
        from,
        to,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Ending {
        id: CompanyId(row.id),
        name: row.name,
        contract_type: row.contract_type,
        until: row.until,
        amount: row.kopecks.map(Money),
        responsible: row.responsible,
    });
    Ok(rows.collect())
}
