//! «Не дубликаты»: said once, remembered, taken back.

use sqlx::PgConnection;
use uuid::Uuid;

use super::pass::compare;
use crate::app::App;
use crate::audit::{self, Event};
use crate::companies;
use crate::db::{PAGE, Page, Place};
use crate::duplicates::model::{Denial, LARGEST_GROUP};
use crate::duplicates::queries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::CompanyId;
use crate::values::text::quoted;

/// Says that these companies are all different ones. One of each pair must be the actor's to change.
///
/// # Errors
/// [`Error::Invalid`] at `ids`; [`Error::Denied`]; [`Error::NotFound`] when one is gone.
pub(crate) async fn deny(app: &App, actor: &Actor, ids: &[CompanyId]) -> Result<()> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if !(2..=LARGEST_GROUP).contains(&ids.len()) {
        return Err(Error::field("ids", "Отметьте хотя бы две карточки."));
    }
    let mut tx = app.begin().await?;
    let names = names(&mut tx, actor, &ids).await?;
    let editable = companies::among(&mut tx, actor, &ids, Action::MergeCompanies).await?;
    let mut pairs = Vec::new();
    for (at, one) in ids.iter().enumerate() {
        for two in &ids[at + 1..] {
            if !editable.contains(one) && !editable.contains(two) {
                return Err(Error::Denied(Action::MergeCompanies));
            }
            pairs.push((one.0, two.0));
        }
    }
    queries::lock(&mut tx).await?;
    queries::deny(&mut tx, actor, &pairs, app.now()).await?;
    regroup(&mut tx, &ids).await?;
    let events = names.iter().map(|(id, _)| {
        let others: Vec<_> = names.iter().filter(|(other, _)| other != id).collect();
        let list: Vec<String> = others.iter().map(|(_, name)| quoted(name)).collect();
        let message = format!("Отмечено, что это не дубликат: {}", list.join(", "));
        let event = Event::new("deny_duplicate", "company", *id, message).on(Some(*id));
        others.iter().fold(event, |event, (other, _)| event.mentioning(*other))
    });
    audit::record_many(&mut tx, actor, events.collect(), app.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn names(conn: &mut PgConnection, actor: &Actor, ids: &[CompanyId]) -> Result<Vec<(CompanyId, String)>> {
    let mut names = Vec::new();
    for id in ids {
        names.push((*id, companies::find(conn, actor, *id).await?.fields.name));
    }
    Ok(names)
}

/// Groups these cards anew by the pairs that are known; the caller holds the lock of groups.
async fn regroup(conn: &mut PgConnection, ids: &[CompanyId]) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let kin = queries::kin(conn, &ids).await?;
    Ok(queries::replace(conn, &kin, (&[], crate::duplicates::model::groups)).await?)
}

/// Takes a denial back: the two may look alike again.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] when it was taken back already.
pub(crate) async fn allow(app: &App, actor: &Actor, one: CompanyId, two: CompanyId) -> Result<()> {
    let (one, two) = (one.min(two), one.max(two));
    let mut tx = app.begin().await?;
    let names = names(&mut tx, actor, &[one, two]).await?;
    if companies::among(&mut tx, actor, &[one, two], Action::MergeCompanies)
        .await?
        .is_empty()
    {
        return Err(Error::Denied(Action::MergeCompanies));
    }
    if !queries::allow(&mut tx, one.0, two.0).await? {
        return Err(Error::NotFound);
    }
    compare(&mut tx, &[one.0, two.0]).await?;
    let message = format!(
        "Снята отметка «не дубликат»: {} и {}",
        quoted(&names[0].1),
        quoted(&names[1].1)
    );
    let event = Event::new("allow_duplicate", "company", one, message);
    audit::record(&mut tx, actor, event.on(Some(one)).mentioning(two)).await?;
    tx.commit().await?;
    Ok(())
}

/// A page of denied pairs, the newest first.
pub(crate) async fn denials(app: &App, actor: &Actor, place: &Place) -> Result<Page<Denial>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let rows = queries::denials(&mut conn, place, PAGE).await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    Ok(place.page(rows, limit, Denial::cursor))
}
