//! Looking at acts.

use super::{names, plan};
use crate::accounts::Person;
use crate::app::App;
use crate::bulk::model::{BulkAct, NamedRow, Names, Plan, State, Verdict, Wish};
use crate::bulk::queries::{self, Summary};
use crate::companies;
use crate::db::{PAGE, Page, Place};
use crate::dictionaries::{self, Dictionaries};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check, may};
use crate::values::BulkActId;

/// To whom companies may be given, which statuses and spheres there are.
pub(crate) async fn offers(app: &App, actor: &Actor) -> Result<(Vec<Person>, Dictionaries)> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok((
        companies::heirs(&mut conn, actor).await?,
        dictionaries::all(&mut conn).await?,
    ))
}

/// An act with one page of its companies.
pub(crate) struct Looked {
    /// The act.
    pub(crate) act: BulkAct,
    /// What it would make of each company.
    pub(crate) plan: Plan,
    /// How many companies have each verdict.
    pub(crate) counts: Vec<(Verdict, i64)>,
    /// The page.
    pub(crate) page: Page<NamedRow>,
    /// What keys are called.
    pub(crate) names: Names,
    /// Why it cannot be done any longer; empty: it can.
    pub(crate) obstacle: String,
}

/// One act, and those of its companies that have this verdict.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn look(
    app: &App,
    actor: &Actor,
    id: BulkActId,
    (verdict, place): (Option<Verdict>, &Place),
) -> Result<Looked> {
    let names = names(app).await?;
    let mut conn = app.db.acquire().await?;
    let act = queries::find(&mut conn, id, false).await?.ok_or(Error::NotFound)?;
    check(actor, act.right(), act.ties(actor))?;
    let mut obstacle = String::new();
    if act.state == State::Draft
        && let Err(Error::Invalid(errors)) = plan(&mut conn, actor, &act.wish).await
    {
        obstacle = errors.sentences().collect::<Vec<_>>().join(" ");
    }
    let branch = match act.wish {
        Wish::Give(to) => names
            .people
            .iter()
            .find(|person| person.id == to)
            .and_then(|person| person.branch),
        _ => None,
    };
    let rows = queries::page(&mut conn, id, verdict, (place, PAGE + 1)).await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    Ok(Looked {
        plan: Plan {
            wish: act.wish.clone(),
            branch,
        },
        counts: queries::counts(&mut conn, id).await?,
        page: place.page(rows, limit, NamedRow::cursor),
        act,
        names,
        obstacle,
    })
}

/// Done acts of the last days: one's own, or everybody's for those who may take them back.
pub(crate) async fn list(app: &App, actor: &Actor) -> Result<(Vec<Summary>, bool)> {
    let user = actor.user.ok_or(Error::Denied(Action::RunBulkAct))?;
    let is_everybodys = may(actor, Action::UndoBulkAct, Ties::default());
    let mut conn = app.db.acquire().await?;
    let acts = queries::list(&mut conn, (!is_everybodys).then_some(user)).await?;
    Ok((acts, is_everybodys))
}
