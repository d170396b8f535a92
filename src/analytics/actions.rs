//! Reading how much people call.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::model::{Column, Length, Period, Staff, Sums};
use super::queries::{self, CallRow, ColdRow};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Reach, Ties, check, may, reach, roles_that};
use crate::values::UserId;

/// Rows of one page of a list.
pub(super) const PAGE: usize = 50;
/// How many months back the report of cold calls goes, with the present one.
pub(super) const MONTHS: u32 = 3;

/// People that the actor leads, with what they called, and the columns of their chart.
pub(super) struct Overview {
    pub(super) staff: Vec<Staff>,
    pub(super) columns: Vec<Column>,
}

/// Everybody whom the actor leads.
///
/// # Errors
/// [`Error::Denied`] for whoever leads nobody.
pub(super) async fn overview(app: &App, actor: &Actor, period: Period, zone: Tz) -> Result<Overview> {
    let far = reach(actor.role, Action::ViewAnalytics);
    if far == Reach::Never {
        return Err(Error::Denied(Action::ViewAnalytics));
    }
    // Whoever leads a branch and has none leads nobody.
    if far != Reach::All && actor.branch.is_none() {
        return Ok(Overview {
            staff: Vec::new(),
            columns: Vec::new(),
        });
    }
    let branch = actor.branch.filter(|_| far != Reach::All);
    let bounds = period.bounds(zone);
    let mut conn = app.db.acquire().await?;
    // Administrators are nobody's to be led.
    let roles = roles_that(Action::ManageUsers, Reach::Never);
    let staff = queries::staff(&mut conn, &roles, branch, bounds).await?;
    let people: Vec<UserId> = staff.iter().map(|person| person.id).collect();
    let columns = queries::columns(&mut conn, &people, (unit(period), zone.name()), bounds).await?;
    Ok(Overview { staff, columns })
}

fn unit(period: Period) -> &'static str {
    match period.length {
        Length::Day => "hour",
        Length::Month => "day",
    }
}

/// Which of a person's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// All calls.
    Calls,
    /// Cold ones.
    Cold,
    /// What else was done.
    Events,
}

/// A person's page.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) sums: Sums,
    pub(super) columns: Vec<Column>,
    pub(super) calls: Vec<CallRow>,
    pub(super) events: Vec<(Uuid, DateTime<Utc>, String)>,
    /// There are more behind the last one.
    pub(super) has_more: bool,
}

/// Who is looked at: oneself, or somebody whom the actor leads.
///
/// # Errors
/// [`Error::NotFound`] for administrators and those whom the actor does not lead.
async fn subject(app: &App, actor: &Actor, id: UserId) -> Result<String> {
    let mut conn = app.db.acquire().await?;
    let person = accounts::active_person(&mut conn, id).await?.ok_or(Error::NotFound)?;
    if actor.user == Some(id) {
        let ties = Ties {
            own: true,
            branch: false,
        };
        check(actor, Action::UsePhone, ties)?;
        return Ok(person.name);
    }
    let ties = Ties {
        own: false,
        branch: actor.branch.is_some() && person.branch == actor.branch,
    };
    let is_led = reach(person.role, Action::ManageUsers) == Reach::Never;
    if !is_led || !may(actor, Action::ViewAnalytics, ties) {
        return Err(Error::NotFound);
    }
    Ok(person.name)
}

/// What a person called in a period, and a page of one of the lists.
///
/// # Errors
/// As [`subject`].
pub(super) async fn sheet(
    app: &App,
    actor: &Actor,
    id: UserId,
    (period, zone): (Period, Tz),
    (list, before): (List, Option<(DateTime<Utc>, Uuid)>),
) -> Result<Sheet> {
    let name = subject(app, actor, id).await?;
    let bounds = period.bounds(zone);
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut conn = app.db.acquire().await?;
    let sums = queries::sums(&mut conn, id, bounds).await?;
    let columns = queries::columns(&mut conn, &[id], (unit(period), zone.name()), bounds).await?;
    let (mut calls, mut events) = (Vec::new(), Vec::new());
    match list {
        List::Events => events = queries::events(&mut conn, id, bounds, before, limit).await?,
        _ => calls = queries::calls(&mut conn, (id, list == List::Cold), bounds, before, limit).await?,
    }
    let has_more = calls.len().max(events.len()) > PAGE;
    calls.truncate(PAGE);
    events.truncate(PAGE);
    Ok(Sheet {
        name,
        sums,
        columns,
        calls,
        events,
        has_more,
    })
}

/// Whether the actor made cold calls then.
pub(super) async fn has_cold(app: &App, actor: &Actor, (period, zone): (Period, Tz)) -> Result<bool> {
    let user = actor.user.ok_or(Error::NotFound)?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::has_cold(&mut conn, user, period.bounds(zone)).await?)
}

/// The actor's own cold calls.
pub(super) async fn cold(app: &App, actor: &Actor, (period, zone): (Period, Tz)) -> Result<Vec<ColdRow>> {
    let user = actor.user.ok_or(Error::NotFound)?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::cold(&mut conn, user, period.bounds(zone)).await?)
}
