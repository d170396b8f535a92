//! Changing a company.

use sqlx::PgConnection;

use crate::accounts;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::companies::actions::read::admit;
use crate::companies::model::{Fields, Labels};
use crate::companies::{paths, queries};
use crate::dictionaries::{self, Dictionaries, Heirs};
use crate::error::{Error, Result};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor, check};
use crate::values::{CompanyId, RegionId, SphereId, StatusId, UserId};

pub(super) const STALE: &str = "Пока вы правили карточку, её изменил кто-то другой.";
const MARKS_STALE: &str = "Пока карточка была открыта, статус или сферы изменил кто-то другой. Откройте её заново: там то, \
                           что сохранено сейчас. Ваш выбор не записан, ничего не потеряно.";

/// Writes all fields of the full form.
///
/// # Errors
/// [`Error::Conflict`] when the company no longer has `version`; [`Error::Denied`], also for making a warm one cold.
pub(crate) async fn update(app: &App, actor: &Actor, id: CompanyId, version: i32, fields: &Fields) -> Result<()> {
    let mut tx = app.begin().await?;
    update_in(&mut tx, app, actor, (id, Some(version)), fields).await?;
    tx.commit().await?;
    Ok(())
}

/// [`update`] within the caller's transaction; `version: None`: whatever it is now.
pub(super) async fn update_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (id, version): (CompanyId, Option<i32>),
    fields: &Fields,
) -> Result<()> {
    let admitted = admit(conn, actor, id, Action::EditCompany).await?;
    let before = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    if before.fields.lead_state != fields.lead_state {
        let action = if fields.lead_state == "cold" {
            Action::CoolCompany
        } else {
            Action::WarmCompany
        };
        check(actor, action, admitted.ties)?;
    }
    let fields = &fields.clone().keep_typed(&before.fields);
    let dictionaries = dictionaries::all(conn).await?;
    let changes = changes(&before.fields, fields, &dictionaries);
    if changes.is_empty() {
        return Ok(());
    }
    if !queries::update(conn, id, version.unwrap_or(before.version), fields).await? {
        return Err(Error::Conflict(STALE));
    }
    queries::replace_children(conn, id, fields).await?;
    queries::touch(conn, id, app.now()).await?;
    let event = Event::new("update", "company", id, "Изменены данные компании")
        .on(Some(id))
        .with(changes);
    audit::record(conn, actor, event).await?;
    Ok(())
}

/// What the card's quick form wants.
pub(crate) struct Marks {
    /// «Статус»
    pub(crate) status: Option<StatusId>,
    /// «Сферы»
    pub(crate) spheres: Vec<SphereId>,
    /// [`marks`] of the company when the form was drawn; empty: whatever they were.
    pub(crate) seen: String,
}

/// Status and spheres as one text, by which the quick form tells whether somebody else was quicker. The company's
/// version would not do: most of its changes do not touch these two.
pub(crate) fn marks(fields: &Fields) -> String {
    let status = fields.status.map(|id| id.to_string()).unwrap_or_default();
    let mut spheres = fields.spheres.clone();
    spheres.sort_unstable();
    let spheres: Vec<String> = spheres.iter().map(ToString::to_string).collect();
    format!("{status};{}", spheres.join(","))
}

/// What [`marks`] wrote; `None` for anything else.
pub(crate) fn read_marks(marks: &str) -> Option<(Option<StatusId>, Vec<SphereId>)> {
    let (status, spheres) = marks.split_once(';')?;
    let status = match status {
        "" => None,
        status => Some(StatusId(status.parse().ok()?)),
    };
    let spheres = spheres.split(',').filter(|id| !id.is_empty());
    let spheres: Option<Vec<_>> = spheres.map(|id| id.parse().ok().map(SphereId)).collect();
    Some((status, spheres?))
}

/// [`marks`] as they read now: entries that were merged since are the ones that took over.
fn marks_now(seen: &str, heirs: &Heirs) -> String {
    let Some((status, spheres)) = read_marks(seen) else {
        return seen.to_owned();
    };
    let mut fields = Fields {
        status: status.map(|id| heirs.status(id)),
        spheres: spheres.into_iter().map(|id| heirs.sphere(id)).collect(),
        ..Fields::default()
    };
    fields.spheres.sort_unstable();
    fields.spheres.dedup();
    marks(&fields)
}

/// Writes status and spheres alone, as the card's quick form does. The other fields stay as they are now.
///
/// # Errors
/// [`Error::Conflict`] when one of the two is no longer what the form showed.
pub(crate) async fn update_status(app: &App, actor: &Actor, id: CompanyId, wanted: Marks) -> Result<()> {
    let mut tx = app.begin().await?;
    admit(&mut tx, actor, id, Action::EditCompany).await?;
    let before = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut fields = before.fields.clone();
    let dictionaries = dictionaries::all(&mut tx).await?;
    fields.status = wanted.status.map(|id| dictionaries.heirs.status(id));
    let spheres = wanted.spheres.into_iter();
    fields.spheres = spheres.map(|id| dictionaries.heirs.sphere(id)).collect();
    fields.spheres.sort_unstable();
    fields.spheres.dedup();
    let is_known = fields
        .status
        .is_none_or(|id| dictionaries.statuses.iter().any(|status| status.id == id))
        && fields
            .spheres
            .iter()
            .all(|id| dictionaries.spheres.iter().any(|sphere| sphere.id == *id));
    if !is_known {
        return Err(Error::field(
            "status",
            "Такого статуса или сферы нет: обновите страницу.",
        ));
    }
    let changes = changes(&before.fields, &fields, &dictionaries);
    if changes.is_empty() {
        return Ok(());
    }
    let is_fresh = wanted.seen.is_empty() || marks_now(&wanted.seen, &dictionaries.heirs) == marks(&before.fields);
    if !is_fresh {
        return Err(Error::Conflict(MARKS_STALE));
    }
    if !queries::update(&mut tx, id, before.version, &fields).await? {
        return Err(Error::Conflict(STALE));
    }
    queries::replace_children(&mut tx, id, &fields).await?;
    queries::touch(&mut tx, id, app.now()).await?;
    let event = Event::new("update", "company", id, "Изменены статус и сферы")
        .on(Some(id))
        .with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives a company to another person; its branch becomes that person's, even when that is none. `seen` is the key of the
/// responsible that was on the screen, empty for nobody; `None`: whoever it was.
///
/// # Errors
/// [`Error::Invalid`] at `responsible_id`; [`Error::Conflict`] when somebody else gave it away meanwhile;
/// [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn transfer(app: &App, actor: &Actor, id: CompanyId, to: UserId, seen: Option<&str>) -> Result<()> {
    let mut tx = app.begin().await?;
    transfer_in(&mut tx, app, actor, id, (to, seen)).await?;
    tx.commit().await?;
    Ok(())
}

/// [`transfer`] within the caller's transaction.
pub(super) async fn transfer_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    id: CompanyId,
    (to, seen): (UserId, Option<&str>),
) -> Result<()> {
    admit(conn, actor, id, Action::TransferCompany).await?;
    let target = accounts::owners(conn).await?.into_iter().find(|person| person.id == to);
    let target = target.ok_or_else(|| Error::field("responsible_id", "Выберите действующего сотрудника."))?;
    let before = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    // By key: two people may have one name.
    if before.responsible.as_ref().is_some_and(|person| person.id == to) {
        return Ok(());
    }
    let is = before.responsible.as_ref().map(|person| person.id.to_string());
    if seen.is_some_and(|seen| seen != is.unwrap_or_default()) {
        return Err(Error::Conflict(STALE));
    }
    queries::transfer(conn, id, target.id, target.branch).await?;
    queries::touch(conn, id, app.now()).await?;
    let after = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    let former = before.responsible.as_ref().map(|person| person.id);
    let name = |named: Option<String>| named.unwrap_or_default();
    let mut changes = Changes::default();
    changes.compare(
        "responsible",
        &name(before.responsible.map(|person| person.name)),
        &target.name,
    );
    changes.compare(
        "branch",
        &name(before.branch.map(|branch| branch.name)),
        &name(after.branch.map(|branch| branch.name)),
    );
    let event = Event::new("transfer", "company", id, format!("Компания передана: {}", target.name));
    audit::record(conn, actor, event.on(Some(id)).with(changes)).await?;
    let notice = |kind| {
        Notice::new(kind, app.now())
            .linking(paths::show(id))
            .about("company", id)
    };
    let company = before.fields.name;
    let given = notice(Kind::CompanyGiven).to([to]).saying(&company);
    notifications::tell(conn, actor, given).await?;
    // Whoever gave it away knows.
    let taken = notice(Kind::CompanyTaken).to(former);
    notifications::tell(conn, actor, taken.saying(format!("{company} → {}", target.name))).await
}

pub(super) fn changes(before: &Fields, after: &Fields, dictionaries: &Dictionaries) -> Changes {
    with_labels(dictionaries, |labels| Fields::changes(before, after, labels))
}

/// Lends the names of keys to `work`.
pub(in crate::companies) fn with_labels<T>(dictionaries: &Dictionaries, work: impl FnOnce(&Labels<'_>) -> T) -> T {
    let status = |id: StatusId| {
        let found = dictionaries.statuses.iter().find(|status| status.id == id);
        found.map(|status| status.name.clone()).unwrap_or_default()
    };
    let sphere = |id: SphereId| {
        let found = dictionaries.spheres.iter().find(|sphere| sphere.id == id);
        found.map(|sphere| sphere.name.clone()).unwrap_or_default()
    };
    let contract = |code: &str| {
        let found = dictionaries.contract_types.iter().find(|kind| kind.code == code);
        found.map(|kind| kind.name.clone()).unwrap_or_default()
    };
    let region = |id: RegionId| {
        let found = dictionaries.regions.iter().find(|region| region.id == id);
        found.map(|region| region.name.clone()).unwrap_or_default()
    };
    work(&Labels {
        status: &status,
        sphere: &sphere,
        contract: &contract,
        region: &region,
    })
}
