//! Reading how much people call.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Column, Length, List, Period, Staff, Sums, Whose, sum};
use super::queries::{self, Bounds, CallRow, ColdRow};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Reach, Ties, check, may, reach, roles_that};
use crate::values::UserId;

/// What people without a branch are called together.
pub(super) const NO_BRANCH: &str = "Без филиала";
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
    let bounds = period.bounds(zone);
    let mut conn = app.db.acquire().await?;
    let staff = led(&mut conn, actor, bounds).await?;
    let people: Vec<UserId> = staff.iter().map(|person| person.id).collect();
    let columns = queries::columns(&mut conn, &people, (unit(period), zone.name()), bounds).await?;
    Ok(Overview { staff, columns })
}

/// Those whom the actor leads, with what they called.
///
/// # Errors
/// As [`overview`].
async fn led(conn: &mut PgConnection, actor: &Actor, bounds: Bounds) -> Result<Vec<Staff>> {
    let far = reach(actor.role, Action::ViewAnalytics);
    if far == Reach::Never {
        return Err(Error::Denied(Action::ViewAnalytics));
    }
    // Whoever leads a branch and has none leads nobody.
    if far != Reach::All && actor.branch.is_none() {
        return Ok(Vec::new());
    }
    let branch = actor.branch.filter(|_| far != Reach::All);
    // Administrators are nobody's to be led.
    let roles = roles_that(Action::ManageUsers, Reach::Never);
    Ok(queries::staff(conn, &roles, branch, bounds).await?)
}

fn unit(period: Period) -> &'static str {
    match period.length {
        Length::Day => "hour",
        Length::Month => "day",
    }
}

/// A page of calls: of a person, a branch or everybody.
pub(super) struct Sheet {
    /// «Имя Фамилия», or what the group is called.
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

/// Which part of which list.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) list: List,
    /// Of this hour only; of a day.
    pub(super) hour: Option<i32>,
    /// Rows behind this one; `None`: from the newest.
    pub(super) before: Option<(DateTime<Utc>, Uuid)>,
    /// So many rows.
    pub(super) size: i64,
}

/// Who is counted together.
struct Group {
    name: String,
    people: Vec<UserId>,
    sums: Sums,
}

/// Those people, as far as the actor may see what they call.
///
/// # Errors
/// As [`subject`] and [`overview`]; [`Error::NotFound`] for a branch in which the actor leads nobody.
async fn group(app: &App, actor: &Actor, whose: Whose, bounds: Bounds) -> Result<Group> {
    if let Whose::Person(id) = whose {
        let name = subject(app, actor, id).await?;
        let mut conn = app.db.acquire().await?;
        return Ok(Group {
            name,
            people: vec![id],
            sums: queries::sums(&mut conn, id, bounds).await?,
        });
    }
    let mut conn = app.db.acquire().await?;
    let mut staff = led(&mut conn, actor, bounds).await?;
    staff.retain(|person| whose.holds(person));
    let name = match (whose, staff.first()) {
        (Whose::Branch(_), None) => return Err(Error::NotFound),
        (Whose::Branch(Some(_)), Some(person)) => person.branch.clone(),
        (Whose::Branch(None), _) => NO_BRANCH.to_owned(),
        _ => "Все сотрудники".to_owned(),
    };
    Ok(Group {
        name,
        people: staff.iter().map(|person| person.id).collect(),
        sums: sum(&staff),
    })
}

/// What these people called in a period, and a page of one of the lists. Only a person has a list of events.
///
/// # Errors
/// As [`group`].
pub(super) async fn sheet(
    app: &App,
    actor: &Actor,
    whose: Whose,
    (period, zone): (Period, Tz),
    Wanted {
        list,
        hour,
        before,
        size,
    }: Wanted,
) -> Result<Sheet> {
    let bounds = period.bounds(zone);
    let Group { name, people, sums } = group(app, actor, whose, bounds).await?;
    let mut conn = app.db.acquire().await?;
    let columns = queries::columns(&mut conn, &people, (unit(period), zone.name()), bounds).await?;
    let bounds = period.bounds_of(hour, zone);
    let (mut calls, mut events) = (Vec::new(), Vec::new());
    match (list, whose) {
        (List::Events, Whose::Person(id)) => {
            events = queries::events(&mut conn, id, bounds, before, size + 1).await?;
        }
        _ => calls = queries::calls(&mut conn, (&people, list), bounds, before, size + 1).await?,
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let has_more = calls.len().max(events.len()) > size;
    calls.truncate(size);
    events.truncate(size);
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
