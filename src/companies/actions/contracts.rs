//! Contracts that end soon.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::companies::queries;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, Money, UserId};

/// A company whose contract ends soon.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// The company.
    pub(crate) id: CompanyId,
    /// Its name.
    pub(crate) name: String,
    /// Code of the contract's type, or nothing.
    pub(crate) contract_type: Option<String>,
    /// The last day.
    pub(crate) until: NaiveDate,
    /// What is left of its money.
    pub(crate) amount: Option<Money>,
    /// «Имя Фамилия» of who answers for it.
    pub(crate) responsible: String,
}

/// Contracts of these people's companies that end on one of these days, the nearest first.
pub(crate) async fn ending(
    conn: &mut PgConnection,
    actor: &Actor,
    people: &[UserId],
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> Result<Vec<Ending>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let people: Vec<i64> = people.iter().map(|person| person.0).collect();
    Ok(queries::ending(conn, &people, (from, to), limit).await?)
}
