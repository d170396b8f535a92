//! All companies of a list, for whoever takes them away as they stand.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::readings::readings;
use crate::app::App;
use crate::companies::listed::Filter;
use crate::companies::queries;
use crate::companies::search::Terms;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check};

/// A list with its search text read as the list itself reads it.
#[derive(Debug)]
pub(crate) struct Selected {
    filter: Filter,
    terms: Option<Terms>,
}

impl Selected {
    /// The `WHERE` of a query that calls the table `company`.
    pub(crate) fn push_where(&self, query: &mut QueryBuilder<Postgres>) {
        queries::push_where(query, &self.filter, self.terms.as_ref());
    }

    /// Whether no company is left out.
    pub(crate) fn is_everything(&self) -> bool {
        self.terms.is_none() && self.filter.has_only_order()
    }
}

/// The companies that the list shows for this filter, whatever its order; similar names, which it offers when nothing is
/// found, are not among them.
pub(crate) async fn select(app: &App, conn: &mut PgConnection, actor: &Actor, filter: Filter) -> Result<Selected> {
    check(actor, Action::ViewBase, Ties::default())?;
    let Some(typed) = Terms::read(&filter.q) else {
        return Ok(Selected { filter, terms: None });
    };
    let mut readings = readings(app, typed.clone()).await?;
    while let Some((reading, _)) = readings.next(conn).await? {
        if queries::count_up_to(conn, &filter, Some(&reading), 1).await? > 0 {
            return Ok(Selected {
                filter,
                terms: Some(reading),
            });
        }
    }
    Ok(Selected {
        filter,
        terms: Some(typed),
    })
}
