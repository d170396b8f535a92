//! Choosing one company by a search.

use std::collections::HashMap;

use uuid::Uuid;

use super::read::list;
use crate::app::App;
use crate::companies::listed::{Filter, Listed, Sort};
use crate::companies::model::ties;
use crate::companies::queries;
use crate::db::Place;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, may};
use crate::values::CompanyId;

/// So many are offered; whoever does not see the wanted one types more of it.
const MOST: i64 = 10;

/// A company that can be chosen.
#[derive(Debug)]
pub(crate) struct Choice {
    /// The company.
    pub(crate) company: Listed,
    /// Whether the actor may do to it what it is chosen for.
    pub(crate) may: bool,
}

/// The first companies that a search finds, each with the word whether the actor may do `action` to it.
pub(crate) async fn choose(app: &App, actor: &Actor, q: &str, action: Action) -> Result<Vec<Choice>> {
    if q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter {
        q: q.to_owned(),
        sort: Sort::Updated,
        is_descending: true,
        ..Filter::default()
    };
    let mut found = list(app, actor, &filter, (&Place::First, MOST)).await?.page.rows;
    found.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let ids: Vec<Uuid> = found.iter().map(|company| company.id.0).collect();
    let mut conn = app.db.acquire().await?;
    let stakes = queries::stakes(&mut conn, &ids).await?;
    let stakes: HashMap<CompanyId, Ties> = stakes
        .into_iter()
        .map(|(id, row)| (id, ties(actor, row.created_by, row.responsible, row.leading_branch)))
        .collect();
    let choice = |company: Listed| Choice {
        may: stakes.get(&company.id).is_some_and(|ties| may(actor, action, *ties)),
        company,
    };
    Ok(found.into_iter().map(choice).collect())
}
