//! Keys of our own files: what they mean in this base.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use uuid::Uuid;

use super::judge::Judge;
use super::queries;
use super::rows::{CompanyRow, ContactRow};
use crate::error::Result;
use crate::{companies, merges};

/// Finds out which cards stand for those that the rows name by keys, and once which keys are not free.
pub(super) async fn load(
    conn: &mut PgConnection,
    judge: &mut Judge,
    (companies, contacts): (&[&CompanyRow], &[&ContactRow]),
    is_dry_run: bool,
) -> Result<()> {
    let of_contacts = contacts
        .iter()
        .flat_map(|row| [row.common.own_id, row.common.own_company]);
    let of_companies = companies.iter().flat_map(|row| [row.common.own_id, row.own.head_id]);
    let ids: BTreeSet<Uuid> = of_companies.chain(of_contacts).flatten().collect();
    if ids.is_empty() {
        return Ok(());
    }
    if judge.spent.is_none() {
        judge.spent = Some(queries::spent(conn).await?.into_iter().collect());
    }
    if !is_dry_run && companies.iter().any(|row| !row.own.head.is_empty()) {
        companies::bulk::lock_heads(conn).await?;
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    for (merged, heir) in merges::heirs(conn, &ids).await? {
        judge.own.insert(merged, heir);
    }
    for id in ids {
        if let Some(meant) = judge.own.get(&id) {
            judge.base.mean(id, *meant);
        }
    }
    Ok(())
}

/// The companies that the rows name by keys.
pub(super) fn companies(judge: &Judge, companies: &[&CompanyRow], contacts: &[&ContactRow]) -> Vec<Uuid> {
    let of_contacts = contacts.iter().map(|row| row.common.own_company);
    let of_companies = companies.iter().flat_map(|row| [row.common.own_id, row.own.head_id]);
    let ids = of_companies.chain(of_contacts).flatten();
    ids.map(|id| judge.own.get(&id).copied().unwrap_or(id)).collect()
}
