//! Deleting companies, and bringing them back: each can be done once only.

use anyhow::Result;
use hyper::StatusCode;
use sqlx::{Connection as _, PgConnection};

use crate::CONCURRENT;
use crate::browser::{Ask, Visitor};
use crate::load::{Target, each_once};
use crate::report::Table;

/// So many companies with people and notes go and come back.
const COMPANIES: i64 = 320;

/// Measures both; the base is then as it was.
pub(crate) async fn measure(url: &str, (target, visitor): (&Target, &Visitor), table: &mut Table) -> Result<()> {
    let mut conn = PgConnection::connect(url).await?;
    for concurrent in CONCURRENT {
        let companies: Vec<String> = sqlx::query_scalar(
            "SELECT id::text
             FROM companies AS company
             WHERE EXISTS (SELECT FROM contacts WHERE company_id = company.id)
               AND EXISTS (SELECT FROM notes WHERE company_id = company.id)
             ORDER BY id
             LIMIT $1",
        )
        .bind(COMPANIES)
        .fetch_all(&mut conn)
        .await?;
        let form = [
            ("csrf_token", visitor.token.as_str()),
            ("reason", "Замер"),
            ("sure", "1"),
        ];
        let gone = companies
            .iter()
            .map(|id| Ask::form(&format!("/companies/{id}/delete/"), &form));
        let gone = each_once(target, (gone.collect(), StatusCode::SEE_OTHER), concurrent).await?;
        table.add("to the trash", concurrent, gone);
        let items: Vec<String> = sqlx::query_scalar("SELECT id::text FROM trash WHERE entity_id = ANY($1::uuid[])")
            .bind(&companies)
            .fetch_all(&mut conn)
            .await?;
        let form = [("csrf_token", visitor.token.as_str())];
        let back = items
            .iter()
            .map(|id| Ask::form(&format!("/settings/trash/{id}/restore/"), &form));
        let back = each_once(target, (back.collect(), StatusCode::SEE_OTHER), concurrent).await?;
        table.add("back from the trash", concurrent, back);
    }
    Ok(())
}
