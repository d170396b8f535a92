//! What acts on many companies need to know: which companies a filter means, and to whom they may be given.

use sqlx::PgConnection;

use super::readings::readings;
use crate::accounts::{self, Person};
use crate::app::App;
use crate::companies::listed::Filter;
use crate::companies::queries;
use crate::companies::search::Terms;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check, may};
use crate::values::CompanyId;

/// All companies that the list would show for this filter, read in the same way; no more than `most`.
pub(crate) async fn pick(app: &App, actor: &Actor, filter: &Filter, most: usize) -> Result<Vec<CompanyId>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let Some(terms) = Terms::read(&filter.q) else {
        let mut conn = app.db.acquire().await?;
        let picked = queries::pick(&mut conn, filter, None, most).await?;
        return Ok(picked.into_iter().map(CompanyId).collect());
    };
    let mut readings = readings(app, terms).await?;
    let mut conn = app.db.acquire().await?;
    while let Some((reading, _)) = readings.next(&mut conn).await? {
        let picked = queries::pick(&mut conn, filter, Some(&reading), most).await?;
        if !picked.is_empty() {
            return Ok(picked.into_iter().map(CompanyId).collect());
        }
    }
    Ok(Vec::new())
}

/// To whom the actor may give many companies at once.
pub(crate) async fn heirs(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<Person>> {
    let ties = |person: &Person| Ties {
        own: actor.is(Some(person.id)),
        branch: actor.is_of(person.branch),
    };
    let owners = accounts::owners(conn).await?.into_iter();
    Ok(owners
        .filter(|person| may(actor, Action::GiveCompanies, ties(person)))
        .collect())
}
