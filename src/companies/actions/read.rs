//! Finding companies.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::readings::{Meant, Readings};
use super::words::{self, Known};
use crate::accounts;
use crate::app::App;
use crate::companies::listed::{Channel, Filter, Listed, Sort};
use crate::companies::model::{Company, Twin, ties};
use crate::companies::queries::{self, Most, Order, Wanted};
use crate::companies::search::Terms;
use crate::db::{Page, Place};
use crate::dictionaries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, UserId, text};

/// A company on which the actor may do what was asked; locked until the transaction ends.
pub(crate) struct Admitted {
    /// How the actor is tied to it.
    pub(crate) ties: Ties,
    /// Its name.
    pub(crate) name: String,
    /// Whose it is.
    pub(crate) responsible: Option<UserId>,
}

/// Locks a company and checks the actor's right to do `action` to it.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn admit(conn: &mut PgConnection, actor: &Actor, id: CompanyId, action: Action) -> Result<Admitted> {
    let (row, name) = queries::lock(conn, id).await?.ok_or(Error::NotFound)?;
    let ties = ties(actor, row.created_by, row.responsible, row.leading_branch);
    check(actor, action, ties)?;
    Ok(Admitted {
        ties,
        name,
        responsible: row.responsible,
    })
}

/// After a change of anything on a card: it was updated at `now`, and is found by its present words.
pub(crate) async fn touch(conn: &mut PgConnection, id: CompanyId, now: DateTime<Utc>) -> Result<()> {
    Ok(queries::touch(conn, id, now).await?)
}

/// One company with all that its card shows.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(conn: &mut PgConnection, actor: &Actor, id: CompanyId) -> Result<Company> {
    check(actor, Action::ViewBase, Ties::default())?;
    queries::find(conn, id).await?.ok_or(Error::NotFound)
}

/// A page of the list, and how it was found.
pub(crate) struct Found {
    pub(crate) page: Page<Listed>,
    pub(crate) meant: Meant,
}

/// A page of the list, of so many rows.
pub(crate) async fn list(app: &App, actor: &Actor, filter: &Filter, (place, size): (&Place, i64)) -> Result<Found> {
    check(actor, Action::ViewBase, Ties::default())?;
    let groups = groups(app, filter).await?;
    let mut order = Order {
        place,
        size,
        groups: &groups,
        most: Most::default(),
    };
    let terms = Terms::read(&filter.q);
    let vocabulary = match &terms {
        Some(_) => Some(words::vocabulary(app).await?),
        None => None,
    };
    let _turn = app.turn().await?;
    let mut conn = app.db.acquire().await?;
    let limit = usize::try_from(size).unwrap_or(usize::MAX);
    let found = |rows, meant| Found {
        page: place.page(rows, limit, |row: &Listed| row.cursor(filter.sort)),
        meant,
    };
    let (Some(terms), Some(vocabulary)) = (terms, vocabulary) else {
        let rows = queries::list(&mut conn, filter, None, &order).await?;
        return Ok(found(rows, Meant::AsTyped));
    };
    let mut readings = Readings::of(Arc::clone(&vocabulary), terms.clone());
    while let Some((reading, meant)) = readings.next(&mut conn).await? {
        if reading.has_several_words() {
            order.most = vocabulary.most(&reading);
        }
        let rows = queries::list(&mut conn, filter, Some(&reading), &order).await?;
        if !rows.is_empty() {
            return Ok(found(rows, meant));
        }
    }
    let rows = queries::similar(&mut conn, filter, &terms.name_key(), 20).await?;
    let meant = if rows.is_empty() {
        Meant::AsTyped
    } else {
        Meant::Similar
    };
    let page = Page {
        rows,
        before: None,
        after: None,
    };
    Ok(Found { page, meant })
}

/// The values of a grouped order, in the order in which people read them.
async fn groups(app: &App, filter: &Filter) -> Result<Vec<Option<i64>>> {
    let values: Vec<i64> = match filter.sort {
        Sort::Status => {
            let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
            dictionaries.statuses.iter().map(|status| status.id.0).collect()
        }
        Sort::Responsible => {
            let mut people = accounts::people(app).await?;
            people.sort_by_cached_key(|person| (text::fold(&person.name), person.id));
            people.iter().map(|person| person.id.0).collect()
        }
        Sort::Branch => {
            let branches = accounts::branches(app).await?;
            branches.iter().map(|branch| branch.id.0).collect()
        }
        _ => Vec::new(),
    };
    Ok(queries::groups(filter, values.into_iter()))
}

/// The first phone and the first e-mail of these companies.
pub(crate) async fn channels(app: &App, actor: &Actor, listed: &[Listed]) -> Result<HashMap<CompanyId, Channel>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let ids: Vec<Uuid> = listed.iter().map(|company| company.id.0).collect();
    let mut conn = app.db.acquire().await?;
    Ok(queries::channels(&mut conn, &ids).await?.into_iter().collect())
}

/// How many open tasks of these companies are of days that were over at this moment; those without any are left out.
pub(crate) async fn overdue(
    app: &App,
    actor: &Actor,
    listed: &[Listed],
    before: DateTime<Utc>,
) -> Result<HashMap<CompanyId, i64>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let ids: Vec<Uuid> = listed.iter().map(|company| company.id.0).collect();
    let mut conn = app.db.acquire().await?;
    Ok(queries::overdue(&mut conn, &ids, before).await?.into_iter().collect())
}

/// How many companies this person answers for.
pub(crate) async fn count_of(app: &App, actor: &Actor, person: UserId) -> Result<i64> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::count_of(&mut conn, person).await?)
}

/// How many companies the filter lets through: `Ok` counted, or `Err` at least so many.
pub(crate) async fn count(app: &App, actor: &Actor, filter: &Filter) -> Result<Result<i64, i64>> {
    const MOST: i64 = 10_000;
    /// Each row is read to be compared with the words, so that ten times as many take ten times as long.
    const MOST_FOUND: i64 = 1_000;
    check(actor, Action::ViewBase, Ties::default())?;
    let mut terms = Terms::read(&filter.q);
    let known = match &terms {
        Some(terms) => {
            let vocabulary = words::vocabulary(app).await?;
            Some(Known::of(&vocabulary, terms))
        }
        None => None,
    };
    let mut conn = app.db.acquire().await?;
    if filter.has_only_order() {
        let about = queries::estimate(&mut conn).await?;
        if about > MOST {
            return Ok(Err(about / 100 * 100));
        }
    }
    if let (Some(read), Some(known)) = (&terms, &known) {
        // Counted as the list finds: by another reading when this one finds nothing.
        if queries::count_up_to(&mut conn, filter, Some(read), 1).await? == 0 {
            terms = Some(other_reading(&mut conn, filter, (read, known)).await?);
        }
    }
    let most = if terms.is_some() { MOST_FOUND } else { MOST };
    let count = queries::count_up_to(&mut conn, filter, terms.as_ref(), most + 1).await?;
    Ok(if count > most { Err(most) } else { Ok(count) })
}

/// What a search that finds nothing is read as, in the order in which [`list`] tries.
async fn other_reading(conn: &mut PgConnection, filter: &Filter, (terms, known): (&Terms, &Known)) -> Result<Terms> {
    let swapped = terms.swapped();
    let is_preferred = swapped.as_ref().is_some_and(|swapped| known.prefers(swapped, terms));
    let corrected = words::corrected(conn, terms).await?;
    let readings = if is_preferred {
        [swapped, corrected]
    } else {
        [corrected, swapped]
    };
    for reading in readings.into_iter().flatten() {
        if queries::count_up_to(conn, filter, Some(&reading), 1).await? > 0 {
            return Ok(reading);
        }
    }
    Ok(terms.clone())
}

/// Companies that look like the one being typed: the first ten, and how many more there are (counted to fifty).
pub(crate) async fn duplicates(app: &App, actor: &Actor, wanted: &Wanted) -> Result<(Vec<Twin>, usize)> {
    check(actor, Action::ViewBase, Ties::default())?;
    let _turn = app.turn().await?;
    let mut conn = app.db.acquire().await?;
    let mut twins = queries::duplicates(&mut conn, wanted, 50).await?;
    let hidden = twins.len().saturating_sub(10);
    twins.truncate(10);
    Ok((twins, hidden))
}
