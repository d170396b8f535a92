//! Letters go along when cards become one, come back when they are parted, and are erased with their people.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::snapshot::Part;
use crate::error::Result;
use crate::files::{self, Holder};
use crate::letters::queries;
use crate::values::{CompanyId, ContactId};

/// Letters belong to a company.
pub(crate) const PARTS: [Part; 1] = [Part::new("letters", "company_id", "companies")];

/// Letters that came to another card, each with its place among those of one key before.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moved(Vec<(Uuid, i16)>);

impl Moved {
    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// All letters of a company go to another; one that the other has, too, waits behind it. Answers which.
pub(crate) async fn move_all(conn: &mut PgConnection, from: CompanyId, to: CompanyId) -> Result<Moved> {
    Ok(Moved(queries::move_all(conn, from, to).await?))
}

/// Those of these letters that are still at `from` go back to `to`. Answers how many.
pub(crate) async fn move_back(conn: &mut PgConnection, way: (CompanyId, CompanyId), moved: &Moved) -> Result<usize> {
    Ok(queries::move_back(conn, way, &moved.0).await?)
}

/// Letters that were given to another contact, each with the one it had.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Passed(Vec<(Uuid, Uuid)>);

/// Letters with these contacts become letters with another one. Answers which.
pub(crate) async fn pass_on(conn: &mut PgConnection, from: &[ContactId], to: ContactId) -> Result<Passed> {
    Ok(Passed(queries::pass_on(conn, from, to).await?))
}

/// Those of these letters that are still with `from` get their contacts back.
pub(crate) async fn pass_back(conn: &mut PgConnection, from: ContactId, passed: &Passed) -> Result<()> {
    Ok(queries::pass_back(conn, from, &passed.0).await?)
}

/// With how many letters erasing this person takes the words away.
pub(crate) async fn count_with_person(conn: &mut PgConnection, contact: ContactId) -> Result<i64> {
    Ok(queries::count_with(conn, contact).await?)
}

/// Erases the words and files of letters with these people; that there was a letter, which way and when, is all that
/// stays. Other letters of the company lose these addresses.
pub(crate) async fn erase(
    conn: &mut PgConnection,
    people: &[Uuid],
    (company, addresses): (Option<CompanyId>, &[String]),
) -> Result<()> {
    let holders = queries::with(conn, people).await?.into_iter().map(Holder::Letter);
    for (holder, held) in files::of(conn, &holders.collect::<Vec<_>>()).await? {
        // Their bytes go at once.
        files::detach(conn, holder, &held, DateTime::UNIX_EPOCH).await?;
    }
    queries::erase_with(conn, people).await?;
    if let Some(company) = company {
        let addresses: Vec<String> = addresses.iter().map(|address| address.to_lowercase()).collect();
        queries::erase_addresses(conn, company, &addresses).await?;
    }
    Ok(())
}
